//! How the values of a domain are written and shown, where that is not how they are stored
//! (PostgREST, `docs/references/api/domain_representations.rst`).

use super::QualifiedName;

/// The functions of one domain: at least one of them.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Representation {
    /// Makes the JSON that answers show.
    pub shown: Option<QualifiedName>,
    /// Reads the text of a filter.
    pub from_text: Option<QualifiedName>,
    /// Reads a value of a body.
    pub from_json: Option<QualifiedName>,
}
