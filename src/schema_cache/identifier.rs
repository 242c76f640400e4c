//! Names and types as the database spells them.

use std::fmt;

/// A schema-qualified name, unquoted.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct QualifiedName {
    pub schema: String,
    pub name: String,
}

impl QualifiedName {
    #[must_use]
    pub fn new(schema: &str, name: &str) -> Self {
        Self {
            schema: schema.to_owned(),
            name: name.to_owned(),
        }
    }
}

/// `schema.name`, for people: it is not quoted.
impl fmt::Display for QualifiedName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}.{}", self.schema, self.name)
    }
}

/// A type as `format_type` spelt it with an empty search path: qualified, quoted where needed, safe
/// to stand in SQL as it is. Only the schema cache makes one, so no request text can pass for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SqlType(String);

impl SqlType {
    pub(crate) fn from_catalog(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn as_sql(&self) -> &str {
        &self.0
    }

    /// `json` itself, no domain over it.
    #[must_use]
    pub fn is_json(&self) -> bool {
        self.0 == "json"
    }

    /// `jsonb` itself, no domain over it.
    #[must_use]
    pub fn is_jsonb(&self) -> bool {
        self.0 == "jsonb"
    }

    /// The most characters that `character varying(n)` takes.
    #[must_use]
    pub fn most_characters(&self) -> Option<usize> {
        let limit = self.0.strip_prefix("character varying(")?;
        limit.strip_suffix(')')?.parse().ok()
    }

    /// For tests of the pure rooms, which have no catalog.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn for_test(text: &str) -> Self {
        Self(text.to_owned())
    }
}

/// An expression as `pg_get_expr` spelt it with the search path that is in force where it stands, the empty one of
/// the schema cache or that of the same request: a column's default, a policy's condition. It is safe to stand in SQL
/// as it is; no request text can pass for it.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct SqlExpression(String);

impl SqlExpression {
    pub(crate) fn from_catalog(text: String) -> Self {
        Self(text)
    }

    #[must_use]
    pub fn as_sql(&self) -> &str {
        &self.0
    }

    /// For tests of the pure rooms, which have no catalog.
    #[cfg(any(test, fuzzing))]
    pub(crate) fn for_test(text: &str) -> Self {
        Self(text.to_owned())
    }
}
