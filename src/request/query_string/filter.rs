//! `column=operator.value`: horizontal filtering (PostgREST, `tables_views.rst`, "Horizontal Filtering").

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
pub struct Filter {
    pub field: Field,
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
    /// `in.(a,b)`.
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
pub enum LogicTree {
    Branch {
        negated: bool,
        operator: LogicOperator,
        children: Vec<LogicTree>,
    },
    Leaf(Filter),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum LogicOperator {
    And,
    Or,
}
