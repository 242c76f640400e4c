//! The grammar of conditions, as patterns.

use serde_json::{Value, json};

use crate::schema_cache::{Details, FilterType, Operand, TypeKind, spell};

/// Any value can be compared, but JSON, which has no order and no equality.
const COMPARISONS: [&str; 7] = ["eq", "neq", "gt", "gte", "lt", "lte", "isdistinct"];
const TEXT: [&str; 4] = ["like", "ilike", "match", "imatch"];
const SEARCH: [&str; 4] = ["fts", "plfts", "phfts", "wfts"];
const SETS: [&str; 3] = ["cs", "cd", "ov"];
const RANGES: [&str; 5] = ["sl", "sr", "nxr", "nxl", "adj"];

/// What a column's conditions may be, by its type.
pub struct Operators {
    names: Vec<&'static str>,
    /// `in.(…)` compares.
    takes_lists: bool,
}

impl Operators {
    pub fn of(details: &Details, oid: i64) -> Self {
        let Some(base) = details.base(oid) else {
            return Self::new(&[&COMPARISONS]);
        };
        match (&base.kind, base.name.as_str()) {
            (TypeKind::Array(_), _) => Self::new(&[&COMPARISONS, &SETS]),
            (TypeKind::Plain, "json") => Self {
                names: Vec::new(),
                takes_lists: false,
            },
            (TypeKind::Plain, "jsonb") => Self::new(&[&COMPARISONS, &["cs", "cd"], &SEARCH]),
            (TypeKind::Plain, "text" | "character varying" | "character") => {
                Self::new(&[&COMPARISONS, &TEXT, &SEARCH])
            }
            (TypeKind::Plain, "tsvector") => Self::new(&[&COMPARISONS, &SEARCH]),
            (TypeKind::Plain, name) if name.ends_with("range") => {
                Self::new(&[&COMPARISONS, &SETS, &RANGES])
            }
            _ => Self::new(&[&COMPARISONS]),
        }
    }

    fn new(groups: &[&[&'static str]]) -> Self {
        Self {
            names: groups.concat(),
            takes_lists: true,
        }
    }

    /// The operators in words.
    pub fn words(&self) -> String {
        let lists = self.takes_lists.then_some("in");
        let names = self.names.iter().copied().chain(lists).chain(["is"]);
        let names: Vec<&str> = names.collect();
        format!("Operators: {}; each after not., too.", names.join(", "))
    }

    /// Conditions that must all hold.
    pub fn schema(&self) -> Value {
        let mut forms = Vec::new();
        if !self.names.is_empty() {
            let names = self.names.join("|");
            // fts(german), eq(any)
            forms.push(format!("({names})(\\([A-Za-z_]+\\))?\\..*"));
        }
        if self.takes_lists {
            forms.push("in\\.\\(.*\\)".to_owned());
        }
        forms.push("is\\.(null|not_null|true|false|unknown)".to_owned());
        json!({
            "type": "array",
            "items": { "type": "string", "pattern": format!("^(not\\.)?({})$", forms.join("|")) },
        })
    }
}

/// Conditions on a parameter of a filter type.
pub fn conditions(filter_type: &FilterType) -> Value {
    let forms: Vec<String> = filter_type
        .operators
        .iter()
        .map(|(name, operand)| {
            let name = spell(name).replace('.', "\\.");
            match operand {
                Operand::None => name,
                Operand::One => format!("{name}\\..*"),
                Operand::Many => format!("{name}\\.[({{].*[)}}]"),
            }
        })
        .collect();
    let mut schema = json!({
        "type": "array",
        "items": { "type": "string", "pattern": format!("^({})$", forms.join("|")) },
    });
    if !filter_type.combines
        && let Some(object) = schema.as_object_mut()
    {
        object.insert("maxItems".to_owned(), 1.into());
    }
    schema
}

/// The operators of a filter type in words, after its comment.
pub fn words(filter_type: &FilterType) -> String {
    let operators = filter_type.operator_names().join(", ");
    match &filter_type.comment {
        Some(comment) => format!("{comment}\n\nOperators: {operators}."),
        None => format!("Operators: {operators}."),
    }
}
