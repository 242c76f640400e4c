//! SQL text with its parameters, put together so that request text cannot become SQL: [`Sql::push`]
//! takes only literals of this program, everything else goes through quoting or a parameter.

use std::error::Error;

use bytes::BytesMut;
use tokio_postgres::types::{Format, IsNull, ToSql, Type};

use super::literal::literal;
use crate::schema_cache::{QualifiedName, SqlExpression, SqlType};

/// A finished statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    pub sql: String,
    pub params: Vec<TextParam>,
}

/// A parameter in text format, whatever type Postgres infers for it: it is read by that type's input
/// function, exactly as a quoted literal would be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextParam(pub String);

impl ToSql for TextParam {
    fn to_sql(&self, _: &Type, out: &mut BytesMut) -> Result<IsNull, Box<dyn Error + Sync + Send>> {
        out.extend_from_slice(self.0.as_bytes());
        Ok(IsNull::No)
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    fn encode_format(&self, _: &Type) -> Format {
        Format::Text
    }

    tokio_postgres::types::to_sql_checked!();
}

/// SQL under construction.
#[derive(Debug, Default)]
pub(super) struct Sql {
    text: String,
    params: Vec<TextParam>,
}

impl Sql {
    pub fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// A quoted identifier.
    pub fn ident(&mut self, name: &str) -> &mut Self {
        quote_into(&mut self.text, name);
        self
    }

    /// `"schema"."name"`.
    pub fn qualified(&mut self, name: &QualifiedName) -> &mut Self {
        self.ident(&name.schema).push(".").ident(&name.name)
    }

    /// `schema.name` of a setting; a name without a schema is looked for in the search path.
    pub fn dotted(&mut self, name: &str) -> &mut Self {
        match name.split_once('.') {
            Some((schema, name)) => self.ident(schema).push(".").ident(name),
            None => self.ident(name),
        }
    }

    /// A quoted string, where no parameter can stand.
    pub fn string(&mut self, text: &str) -> &mut Self {
        literal(&mut self.text, text);
        self
    }

    /// `$n` for bytes. Parameters travel as text, so they are spelt.
    pub fn bytes(&mut self, bytes: &[u8]) -> &mut Self {
        self.param(hex(bytes)).push("::bytea")
    }

    /// A type as the catalog spells it.
    pub fn sql_type(&mut self, sql_type: &SqlType) -> &mut Self {
        self.text.push_str(sql_type.as_sql());
        self
    }

    /// An expression as the catalog spells it.
    pub fn expression(&mut self, expression: &SqlExpression) -> &mut Self {
        self.text.push_str(expression.as_sql());
        self
    }

    /// `$n` for a new parameter.
    pub fn param(&mut self, value: impl Into<String>) -> &mut Self {
        self.params.push(TextParam(value.into()));
        self.text.push('$');
        self.text.push_str(&self.params.len().to_string());
        self
    }

    /// The number of a column, as `group by` and `order by` take it.
    pub fn column_number(&mut self, number: usize) -> &mut Self {
        self.text.push_str(&number.to_string());
        self
    }

    /// Renders each item, with `separator` between.
    pub fn join<T>(
        &mut self,
        items: impl IntoIterator<Item = T>,
        separator: &'static str,
        mut render: impl FnMut(&mut Self, T),
    ) -> &mut Self {
        for (index, item) in items.into_iter().enumerate() {
            if index > 0 {
                self.push(separator);
            }
            render(self, item);
        }
        self
    }

    pub fn finish(self) -> Statement {
        Statement {
            sql: self.text,
            params: self.params,
        }
    }
}

/// `\x00ff`, as Postgres reads a `bytea`.
fn hex(bytes: &[u8]) -> String {
    const DIGITS: [char; 16] = [
        '0', '1', '2', '3', '4', '5', '6', '7', '8', '9', 'a', 'b', 'c', 'd', 'e', 'f',
    ];
    let digit = |nibble: u8| DIGITS[usize::from(nibble & 15)];
    let digits = bytes
        .iter()
        .flat_map(|byte| [digit(byte >> 4), digit(*byte)]);
    "\\x".chars().chain(digits).collect()
}

/// Appends `name` as a quoted identifier. NUL cannot occur in a Postgres identifier and is dropped.
fn quote_into(text: &mut String, name: &str) {
    text.push('"');
    for character in name.chars().filter(|c| *c != '\0') {
        if character == '"' {
            text.push('"');
        }
        text.push(character);
    }
    text.push('"');
}

/// A list of quoted identifiers, for `search_path`.
pub(super) fn quoted_list<'a>(names: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::new();
    for (index, name) in names.into_iter().enumerate() {
        if index > 0 {
            text.push_str(", ");
        }
        quote_into(&mut text, name);
    }
    text
}

/// An array literal that any array type's input function reads: every element quoted, so that `NULL`,
/// commas and braces are themselves.
pub(super) fn array_literal<'a>(values: impl IntoIterator<Item = &'a str>) -> String {
    let mut text = String::from("{");
    for (index, value) in values.into_iter().enumerate() {
        if index > 0 {
            text.push(',');
        }
        text.push('"');
        for character in value.chars() {
            if matches!(character, '"' | '\\') {
                text.push('\\');
            }
            text.push(character);
        }
        text.push('"');
    }
    text.push('}');
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn quotes_in_identifiers_are_doubled() {
        let mut sql = Sql::default();
        sql.ident(r#"a"; drop table x; --"#);
        assert_eq!(sql.finish().sql, r#""a""; drop table x; --""#);
    }

    #[test]
    fn array_elements_stay_themselves() {
        assert_eq!(
            array_literal(["NULL", "a,b", r#"q"\"#, "{}", ""]),
            r#"{"NULL","a,b","q\"\\","{}",""}"#
        );
    }

    proptest! {
        /// Between the outer quotes every quote is doubled: nothing can end the identifier early.
        #[test]
        fn no_name_escapes_its_quotes(name in ".*") {
            let mut sql = Sql::default();
            sql.ident(&name);
            let text = sql.finish().sql;
            let inner = text.strip_prefix('"').and_then(|t| t.strip_suffix('"')).unwrap();
            prop_assert_eq!(inner.replace("\"\"", ""), name.replace(['"', '\0'], ""));
        }
    }
}
