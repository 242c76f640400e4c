//! `column=operator.value`: horizontal filtering (PostgREST, `tables_views.rst`, "Horizontal Filtering").

use crate::request::RequestError;

use super::{
    cursor::Cursor,
    field,
    operation::{self, operation},
};

/// A column, with the steps into its JSON: `data->a->>0`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Field {
    pub name: String,
    pub json_path: Vec<JsonStep>,
}

/// One `->` or `->>` step.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct JsonStep {
    /// `->>`: the result is text.
    pub as_text: bool,
    pub key: JsonKey,
}

/// What a JSON step picks. An index keeps its text: Postgres reads the number.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum JsonKey {
    Key(String),
    Index(String),
}

/// The names of the embedded resources above a filter, order or limit: `clients.projects.name`.
pub type EmbedPath = Vec<String>;

/// One condition on one field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Filter<F = Field> {
    pub field: F,
    pub negated: bool,
    pub operation: Operation,
}

/// An operator with its value. Values are raw text: they become parameters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Operation {
    /// `eq`, `gte`, `cs`, …; `eq(any)`, `like(all)` carry a quantifier and an array literal.
    Compare {
        operator: Operator,
        quantifier: Option<Quantifier>,
        value: String,
    },
    /// `in.(a,b)`. Of no values, `in.()`: nothing is in it.
    In(Vec<String>),
    /// `is.null`, `is.true`, …
    Is(IsValue),
    /// `isdistinct.x`.
    IsDistinctFrom(String),
    /// `fts(english).word` and its kin.
    FullText {
        operator: FullTextOperator,
        config: Option<String>,
        value: String,
    },
}

/// Operators that compare with one value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Operator {
    Equal,
    NotEqual,
    GreaterThan,
    GreaterThanEqual,
    LessThan,
    LessThanEqual,
    Like,
    ILike,
    Match,
    IMatch,
    Contains,
    ContainedIn,
    Overlaps,
    StrictlyLeft,
    StrictlyRight,
    NotExtendsRight,
    NotExtendsLeft,
    Adjacent,
}

/// `eq(any).{a,b}`, `eq(all).{a,b}`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Quantifier {
    Any,
    All,
}

/// The right side of `is`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum IsValue {
    Null,
    NotNull,
    True,
    False,
    Unknown,
}

/// `fts`, `plfts`, `phfts`, `wfts`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FullTextOperator {
    Plain,
    PlainTo,
    PhraseTo,
    WebSearch,
}

/// `and=(…)`, `or=(…)`, nested and negated.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum LogicTree<L = Filter> {
    Branch {
        negated: bool,
        operator: LogicOperator,
        children: Vec<LogicTree<L>>,
    },
    Leaf(L),
}

impl<L> LogicTree<L> {
    /// Every leaf, from left to right.
    pub fn leaves(&self) -> Vec<&L> {
        match self {
            Self::Branch { children, .. } => children.iter().flat_map(Self::leaves).collect(),
            Self::Leaf(one) => vec![one],
        }
    }

    /// The same tree with other leaves.
    pub fn map<M>(self, leaf: &impl Fn(L) -> M) -> LogicTree<M> {
        match self {
            Self::Branch {
                negated,
                operator,
                children,
            } => LogicTree::Branch {
                negated,
                operator,
                children: children.into_iter().map(|child| child.map(leaf)).collect(),
            },
            Self::Leaf(one) => LogicTree::Leaf(leaf(one)),
        }
    }
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogicOperator {
    And,
    Or,
}

/// What a parameter of a function's URL can be: see [`parse_for_call`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CallParameter {
    Argument { name: String, value: String },
    Filter(EmbedPath, Filter),
}

/// Reads one filter.
///
/// ```
/// use rowdesk::request::query_string::filter::{self, Operation, Operator};
///
/// let (path, filter) = filter::parse("clients.data->>name", "not.eq.x").unwrap();
/// assert_eq!(path, ["clients"]);
/// assert_eq!(filter.field.name, "data");
/// assert!(filter.negated);
///
/// let error = filter::parse("a.b", "noop.0").unwrap_err();
/// assert_eq!(error.to_string(), r#""failed to parse filter (noop.0)" (line 1, column 1)"#);
/// ```
pub fn parse(key: &str, value: &str) -> Result<(EmbedPath, Filter), RequestError> {
    let (path, field) = Cursor::run(key, "tree path", key, field::tree_path)?;
    let (negated, operation) = Cursor::run(value, "filter", value, |cursor| {
        operation(cursor, operation::whole_value)
    })?;
    Ok((
        path,
        Filter {
            field,
            negated,
            operation,
        },
    ))
}

/// Reads a list in parentheses, as `in` takes it: `None` where it is none, or where more stands
/// behind it.
///
/// ```
/// use rowdesk::request::query_string::filter::parse_list;
///
/// assert_eq!(parse_list(r#"(3,"a,b")"#), Some(vec!["3".into(), "a,b".into()]));
/// assert_eq!(parse_list("()"), Some(vec![]));
/// assert_eq!(parse_list("3,7"), None);
/// ```
#[must_use]
pub fn parse_list(text: &str) -> Option<Vec<String>> {
    if text.trim() == "()" {
        return Some(Vec::new());
    }
    let mut cursor = Cursor::quick(text);
    let elements = operation::list(&mut cursor).ok()?;
    cursor.rest().is_empty().then_some(elements)
}

/// Reads a parameter of a GET or HEAD on a function as PostgREST does: what does not begin with an
/// operator is an argument. What begins with one but goes wrong later is an error all the same.
///
/// ```
/// use rowdesk::request::query_string::filter::{self, CallParameter};
///
/// let argument = filter::parse_for_call("id", "5").unwrap();
/// assert_eq!(argument, CallParameter::Argument { name: "id".into(), value: "5".into() });
/// assert!(matches!(
///     filter::parse_for_call("id", "eq.5"),
///     Ok(CallParameter::Filter(path, _)) if path.is_empty()
/// ));
/// assert!(filter::parse_for_call("id", "in.5").is_err());
/// ```
pub fn parse_for_call(key: &str, value: &str) -> Result<CallParameter, RequestError> {
    let (path, field) = Cursor::run(key, "tree path", key, field::tree_path)?;
    let parsed = Cursor::run(value, "filter", value, |cursor| {
        cursor.optional(|cursor| operation(cursor, operation::whole_value))
    })?;
    Ok(match parsed {
        Some((negated, operation)) => CallParameter::Filter(
            path,
            Filter {
                field,
                negated,
                operation,
            },
        ),
        None => CallParameter::Argument {
            name: field.name,
            value: value.to_owned(),
        },
    })
}
