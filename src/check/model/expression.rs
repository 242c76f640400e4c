//! A condition of a policy: its text, and what a parser reads in it.

use serde::Deserialize;
use sqlparser::ast::{Expr, Value};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// A condition, from a file or from `pg_get_expr`.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "String")]
pub struct Expression {
    /// As it was found.
    pub text: String,
    /// `None`: no parser of ours reads it, and rules have nothing to say of it.
    pub parsed: Option<Box<Expr>>,
}

impl From<String> for Expression {
    fn from(text: String) -> Self {
        let parsed = Parser::new(&PostgreSqlDialect {})
            .try_with_sql(&text)
            .and_then(|mut parser| parser.parse_expr())
            .ok();
        Self {
            text,
            parsed: parsed.map(Box::new),
        }
    }
}

impl From<&Expr> for Expression {
    fn from(expression: &Expr) -> Self {
        Self {
            text: expression.to_string(),
            parsed: Some(Box::new(expression.clone())),
        }
    }
}

impl Expression {
    /// Whether it holds for every row, whatever that is: `true`, `(1 = 1)`, `x or true`.
    ///
    /// `(true)` → yes, `owner = 'a'` → no
    pub fn is_always_true(&self) -> bool {
        self.parsed.as_deref().is_some_and(is_true)
    }
}

fn is_true(expression: &Expr) -> bool {
    use sqlparser::ast::BinaryOperator::{And, Eq, Or};
    match expression {
        Expr::Nested(inner) => is_true(inner),
        Expr::Value(value) => value.value == Value::Boolean(true),
        Expr::Cast { expr, .. } => is_true(expr) || is_text(expr, "true"),
        Expr::BinaryOp {
            left,
            op: Or,
            right,
        } => is_true(left) || is_true(right),
        Expr::BinaryOp {
            left,
            op: And,
            right,
        } => is_true(left) && is_true(right),
        Expr::BinaryOp {
            left,
            op: Eq,
            right,
        } => matches!((literal(left), literal(right)), (Some(one), Some(other)) if one == other),
        // `(select true)` hides nothing.
        Expr::Subquery(query) => match query.body.as_ref() {
            sqlparser::ast::SetExpr::Select(select) if select.from.is_empty() => {
                matches!(
                    select.projection.as_slice(),
                    [sqlparser::ast::SelectItem::UnnamedExpr(only)
                        | sqlparser::ast::SelectItem::ExprWithAlias { expr: only, .. }] if is_true(only)
                )
            }
            _ => false,
        },
        _ => false,
    }
}

fn is_text(expression: &Expr, text: &str) -> bool {
    matches!(literal(expression), Some(Value::SingleQuotedString(found)) if found == text)
}

/// NULL is equal to nothing, itself included.
fn literal(expression: &Expr) -> Option<&Value> {
    match expression {
        Expr::Nested(inner) => literal(inner),
        Expr::Value(value) if value.value != Value::Null => Some(&value.value),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::Expression;

    #[test]
    fn what_holds_for_every_row_is_seen_in_every_disguise() {
        for (text, expected) in [
            ("true", true),
            ("(TRUE)", true),
            ("1 = 1", true),
            ("('a'::text = 'a'::text) or true", true),
            ("true and (2 = 2)", true),
            ("(select true)", true),
            ("( SELECT true AS bool)", true),
            ("'true'::boolean", true),
            ("false", false),
            ("1 = 2", false),
            ("null = null", false),
            ("id = id", false),
            ("true and owner = 'a'", false),
            ("(select is_open from shop)", false),
            ("a sentence that is no sql", false),
        ] {
            let expression = Expression::from(text.to_owned());
            assert_eq!(expression.is_always_true(), expected, "{text}");
        }
    }
}
