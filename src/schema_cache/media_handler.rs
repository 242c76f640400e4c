//! What can make another media type than the built-in ones
//! (PostgREST, `docs/references/api/media_type_handlers.rst`).

use std::collections::HashMap;

use super::QualifiedName;

/// The domain of a handler that answers to every media type.
const ANY: &str = "*/*";

/// An aggregate that makes a whole answer of rows.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct MediaHandler {
    pub aggregate: QualifiedName,
    pub makes: HandledType,
}

/// A media type that a domain stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HandledType {
    /// As the domain is called.
    name: String,
}

/// Every aggregate of the exposed schemas that is a handler.
#[derive(Debug, Default)]
pub struct MediaHandlers {
    of_relations: HashMap<QualifiedName, Vec<MediaHandler>>,
    of_any: Vec<MediaHandler>,
    /// Makes a GeoJSON feature of a row, where PostGIS is installed.
    pub geo_json: Option<QualifiedName>,
}

impl HandledType {
    /// Nothing of a domain whose name is no media type (RFC 6838, 4.2).
    ///
    /// ```
    /// use rowdesk::schema_cache::HandledType;
    ///
    /// assert!(HandledType::of_domain("application/vnd.twkb").is_some());
    /// assert!(HandledType::of_domain("*/*").is_some());
    /// assert!(HandledType::of_domain("image/*").is_none());
    /// assert!(HandledType::of_domain("positive").is_none());
    /// ```
    #[must_use]
    pub fn of_domain(name: &str) -> Option<Self> {
        let is_part = |part: &str, signs: &str| {
            let mut characters = part.chars();
            !part.is_empty() && characters.all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
        };
        let is_type = name
            .split_once('/')
            .is_some_and(|(main, sub)| is_part(main, ".-") && is_part(sub, ".+-"));
        (is_type || name == ANY).then(|| Self {
            name: name.to_owned(),
        })
    }

    /// Whether it answers to every media type.
    #[must_use]
    pub fn is_any(&self) -> bool {
        self.name == ANY
    }

    /// Whether it answers to `media_type`, by name; a domain may be called by capital letters.
    #[must_use]
    pub fn is(&self, media_type: &str) -> bool {
        self.name.to_ascii_lowercase() == media_type
    }

    /// The name of what comes out, unless the handler says otherwise in a header.
    #[must_use]
    pub fn media_type(&self) -> &str {
        if self.is_any() {
            "application/octet-stream"
        } else {
            &self.name
        }
    }
}

impl MediaHandlers {
    /// Adds one for the rows of `target`, or for those of any relation.
    pub fn add(&mut self, target: Option<QualifiedName>, handler: MediaHandler) {
        match target {
            Some(relation) => self.of_relations.entry(relation).or_default().push(handler),
            None => self.of_any.push(handler),
        }
    }

    /// What the rows of a relation can become.
    #[must_use]
    pub fn of_relation(&self, relation: &QualifiedName) -> &[MediaHandler] {
        self.of_relations.get(relation).map_or(&[], Vec::as_slice)
    }

    /// What any rows can become.
    #[must_use]
    pub fn of_any(&self) -> &[MediaHandler] {
        &self.of_any
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.of_any.len() + self.of_relations.values().map(Vec::len).sum::<usize>()
    }
}
