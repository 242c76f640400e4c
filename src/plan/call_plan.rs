//! The plan of a function call: data only.

use std::sync::Arc;

use bytes::Bytes;

use super::Rows;
use crate::schema_cache::{FilterType, QualifiedName, SqlType};

/// A call of one overload, chosen, with a value for each argument that is given.
#[derive(Debug)]
pub struct CallPlan {
    pub routine: QualifiedName,
    pub arguments: Vec<Argument>,
    /// The JSON whose members are the [`ArgumentValue::Body`] arguments.
    pub body: Option<CallBody>,
    pub shape: ResultShape,
    /// What its rows are called: as the relation that they are of, else as the function.
    pub result_name: String,
    /// Fields of the rows that come back, beside their columns. A computed one is found only where they
    /// still are rows of their relation: on any other record its name may be that of several functions.
    pub named: Vec<String>,
    /// To call it twice is to read the tables twice, in one snapshot (see
    /// [`Routine::inlined`](crate::schema_cache::Routine::inlined)).
    pub inlined: bool,
    /// Volatile and not asked by GET or HEAD.
    pub writes: bool,
    /// The function's own settings that hold for the whole transaction: name and value.
    pub settings: Vec<(String, String)>,
    pub isolation: Option<Isolation>,
    /// Tells how many rows there are, called with the same arguments, but for [`ArgumentValue::Top`]: nothing is
    /// counted.
    pub total: Option<QualifiedName>,
    pub rows: Rows,
}

/// A JSON body with the arguments in it.
#[derive(Debug, PartialEq, Eq)]
pub enum CallBody {
    Object(String),
    /// Of an array the first object counts.
    Array(String),
}

/// How far the transaction stands apart from others.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Isolation {
    #[default]
    ReadCommitted,
    RepeatableRead,
    Serializable,
}

impl Isolation {
    /// A value of `default_transaction_isolation`. Postgres treats "read uncommitted" as read committed.
    #[must_use]
    pub fn parse(text: &str) -> Self {
        match text.to_ascii_lowercase().as_str() {
            "serializable" => Self::Serializable,
            "repeatable read" => Self::RepeatableRead,
            _ => Self::ReadCommitted,
        }
    }
}

#[derive(Debug)]
pub struct Argument {
    /// Empty where the function left it unnamed: then it is the only one.
    pub name: String,
    pub sql_type: SqlType,
    pub variadic: bool,
    pub value: ArgumentValue,
}

/// Where an argument's value comes from.
#[derive(Debug)]
pub enum ArgumentValue {
    /// Text from the query string, read by the type's input function.
    Text(String),
    /// `a=1&a=2` for a variadic parameter.
    List(Vec<String>),
    /// A member of the JSON body, by the parameter's name.
    Body,
    /// The body as it came: text, XML, JSON or, for a `bytea`, any bytes.
    Whole(Bytes),
    /// How many rows, from the first, the page is about.
    Top(u64),
    /// Conditions on a parameter of a filter type.
    Filter(Conditions),
    /// One entry an attribute of the composite, in its order.
    Spread(Vec<Given>),
}

/// An attribute of a spread composite.
#[derive(Debug)]
pub enum Given {
    Conditions(Conditions),
    /// Not in the URL: a NULL of its type.
    Absent(Arc<FilterType>),
}

/// Everything that the URL says of one filter; all must hold.
#[derive(Debug)]
pub struct Conditions {
    /// The query parameter's name.
    pub name: String,
    pub filter_type: Arc<FilterType>,
    /// Never empty; several only where the type combines.
    pub conditions: Vec<Condition>,
}

/// One condition: its operator exists on the type, its operand has the operator's form.
#[derive(Debug, PartialEq, Eq)]
pub struct Condition {
    /// As in the function's name: `not_in`.
    pub operator: String,
    pub value: ConditionValue,
}

/// What an operator is given.
#[derive(Debug, PartialEq, Eq)]
pub enum ConditionValue {
    Nothing,
    One(String),
    Many(Vec<String>),
}

/// What the function gives back, as far as the body's shape depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ResultShape {
    Void,
    Scalar,
    SetOfScalar,
    Composite,
    SetOfComposite,
}

impl CallPlan {
    #[must_use]
    pub fn returns_void(&self) -> bool {
        self.shape == ResultShape::Void
    }

    /// Every filter that the URL gave.
    pub fn conditions(&self) -> impl Iterator<Item = &Conditions> {
        self.arguments.iter().flat_map(|argument| {
            let list: Vec<&Conditions> = match &argument.value {
                ArgumentValue::Filter(conditions) => vec![conditions],
                ArgumentValue::Spread(attributes) => attributes
                    .iter()
                    .filter_map(|given| match given {
                        Given::Conditions(conditions) => Some(conditions),
                        Given::Absent(_) => None,
                    })
                    .collect(),
                ArgumentValue::Text(_)
                | ArgumentValue::List(_)
                | ArgumentValue::Body
                | ArgumentValue::Top(_)
                | ArgumentValue::Whole(_) => Vec::new(),
            };
            list
        })
    }
}
