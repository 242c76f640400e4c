//! Fields, conditions and directions of an order.

use super::fragment::{Sql, array_literal};
use crate::plan::{Conversion, ResolvedField};
use crate::request::query_string::filter::{
    Filter, FullTextOperator, IsValue, JsonKey, LogicOperator, LogicTree, Operation, Operator,
    Quantifier,
};
use crate::request::query_string::order::{Direction, Nulls};
use crate::schema_cache::QualifiedName;

/// Renders the relation (or alias) that a field belongs to.
pub(super) type Owner<'a> = &'a dyn Fn(&mut Sql);

/// A field as it is shown or searched: `function(owner."name")` where one stands between.
pub(super) fn field(sql: &mut Sql, owner: Owner, field: &ResolvedField) {
    match &field.conversion {
        Some(Conversion::Shown(function)) => {
            sql.qualified(function).push("(");
            stored(sql, owner, field);
            sql.push(")");
        }
        Some(Conversion::Read(_) | Conversion::Searched) | None => stored(sql, owner, field),
    }
}

/// `owner."name"`, with its JSON path; `owner.*` for the field `*`.
fn stored(sql: &mut Sql, owner: Owner, field: &ResolvedField) {
    if field.to_jsonb {
        sql.push("pg_catalog.to_jsonb(");
        column(sql, owner, &field.name);
        sql.push(")");
    } else {
        column(sql, owner, &field.name);
    }
    for step in &field.json_path {
        sql.push(if step.as_text { "->>" } else { "->" });
        match &step.key {
            // Its type is left to the operator: Postgres' errors speak of an unknown one.
            JsonKey::Key(key) => sql.param(key),
            JsonKey::Index(index) => sql.param(index).push("::int"),
        };
    }
}

fn column(sql: &mut Sql, owner: Owner, name: &str) {
    owner(sql);
    sql.push(".");
    if name == "*" {
        sql.push("*");
    } else {
        sql.ident(name);
    }
}

/// A tree, its leaves rendered by `leaf`.
pub(super) fn logic_tree<L>(sql: &mut Sql, tree: &LogicTree<L>, leaf: &dyn Fn(&mut Sql, &L)) {
    match tree {
        LogicTree::Leaf(one) => leaf(sql, one),
        LogicTree::Branch {
            negated,
            operator,
            children,
        } => {
            let separator = match operator {
                LogicOperator::And => " and ",
                LogicOperator::Or => " or ",
            };
            sql.push(if *negated { "not (" } else { "(" });
            sql.join(children, separator, |sql, child| {
                logic_tree(sql, child, leaf);
            });
            sql.push(")");
        }
    }
}

/// What a condition speaks of.
struct Operand<'a> {
    render: &'a dyn Fn(&mut Sql),
    /// The function that reads what it is compared with.
    reader: Option<&'a QualifiedName>,
    /// The `tsvector` of it is searched.
    is_searched: bool,
}

/// A condition on a field.
pub(super) fn filter(sql: &mut Sql, owner: Owner, filter: &Filter<ResolvedField>) {
    let operand = Operand {
        render: &|sql| field(sql, owner, &filter.field),
        reader: reader(&filter.field),
        is_searched: filter.field.conversion == Some(Conversion::Searched),
    };
    condition(sql, &operand, filter.negated, &filter.operation);
}

/// A condition on whatever is rendered.
pub(super) fn filter_of<F>(sql: &mut Sql, render: &dyn Fn(&mut Sql), filter: &Filter<F>) {
    let operand = Operand {
        render,
        reader: None,
        is_searched: false,
    };
    condition(sql, &operand, filter.negated, &filter.operation);
}

fn condition(sql: &mut Sql, of: &Operand, negated: bool, operation: &Operation) {
    if negated {
        sql.push("not ");
    }
    match operation {
        Operation::Compare {
            operator,
            quantifier,
            value,
        } => {
            (of.render)(sql);
            compare(sql, *operator, *quantifier, value, of.reader);
        }
        Operation::In(values) => {
            (of.render)(sql);
            sql.push(" = any (");
            let values = array_literal(values.iter().map(String::as_str));
            elements(sql, values, of.reader);
            sql.push(")");
        }
        Operation::Is(value) => {
            (of.render)(sql);
            sql.push(match value {
                IsValue::Null => " is null",
                IsValue::NotNull => " is not null",
                IsValue::True => " is true",
                IsValue::False => " is false",
                IsValue::Unknown => " is unknown",
            });
        }
        Operation::IsDistinctFrom(value) => {
            (of.render)(sql);
            sql.push(" is distinct from ").param(value);
        }
        Operation::FullText {
            operator,
            config,
            value,
        } => full_text(sql, of, *operator, config.as_deref(), value),
    }
}

/// The function that reads what the field is compared with.
fn reader(field: &ResolvedField) -> Option<&QualifiedName> {
    match &field.conversion {
        Some(Conversion::Read(function)) => Some(function),
        Some(Conversion::Shown(_) | Conversion::Searched) | None => None,
    }
}

fn compare(
    sql: &mut Sql,
    operator: Operator,
    quantifier: Option<Quantifier>,
    value: &str,
    reader: Option<&QualifiedName>,
) {
    sql.push(match operator {
        Operator::Equal => " = ",
        Operator::NotEqual => " <> ",
        Operator::GreaterThan => " > ",
        Operator::GreaterThanEqual => " >= ",
        Operator::LessThan => " < ",
        Operator::LessThanEqual => " <= ",
        Operator::Like => " like ",
        Operator::ILike => " ilike ",
        Operator::Match => " ~ ",
        Operator::IMatch => " ~* ",
        Operator::Contains => " @> ",
        Operator::ContainedIn => " <@ ",
        Operator::Overlaps => " && ",
        Operator::StrictlyLeft => " << ",
        Operator::StrictlyRight => " >> ",
        Operator::NotExtendsRight => " &< ",
        Operator::NotExtendsLeft => " &> ",
        Operator::Adjacent => " -|- ",
    });
    // `*` stands for `%`, which a URL would have to escape (PostgREST, "Pattern Matching").
    let value = match operator {
        Operator::Like | Operator::ILike => value.replace('*', "%"),
        _ => value.to_owned(),
    };
    match quantifier {
        None => match reader {
            Some(function) => {
                sql.qualified(function).push("(");
                sql.param(value).push("::text)");
            }
            None => {
                sql.param(value);
            }
        },
        Some(quantifier) => {
            sql.push(match quantifier {
                Quantifier::Any => "any (",
                Quantifier::All => "all (",
            });
            elements(sql, value, reader);
            sql.push(")");
        }
    }
}

/// An array, or the rows of its elements as the function reads them.
fn elements(sql: &mut Sql, array: String, reader: Option<&QualifiedName>) {
    match reader {
        Some(function) => {
            sql.push("select ").qualified(function);
            sql.push("(pg_catalog.unnest(").param(array);
            sql.push("::text[]))");
        }
        None => {
            sql.param(array);
        }
    }
}

fn full_text(
    sql: &mut Sql,
    of: &Operand,
    operator: FullTextOperator,
    config: Option<&str>,
    value: &str,
) {
    let function = match operator {
        FullTextOperator::Plain => " @@ pg_catalog.to_tsquery(",
        FullTextOperator::PlainTo => " @@ pg_catalog.plainto_tsquery(",
        FullTextOperator::PhraseTo => " @@ pg_catalog.phraseto_tsquery(",
        FullTextOperator::WebSearch => " @@ pg_catalog.websearch_to_tsquery(",
    };
    let in_config = |sql: &mut Sql| {
        if let Some(config) = config {
            sql.param(config).push("::regconfig, ");
        }
    };
    if of.is_searched {
        // Unqualified: the schema may define it for types that Postgres cannot search by itself.
        sql.push("to_tsvector(");
        in_config(sql);
        (of.render)(sql);
        sql.push(")");
    } else {
        (of.render)(sql);
    }
    sql.push(function);
    in_config(sql);
    sql.param(value).push("::text)");
}

/// ` desc nulls last`, each where given.
pub(super) fn direction(sql: &mut Sql, direction: Option<Direction>, nulls: Option<Nulls>) {
    sql.push(match direction {
        Some(Direction::Asc) => " asc",
        Some(Direction::Desc) => " desc",
        None => "",
    });
    sql.push(match nulls {
        Some(Nulls::First) => " nulls first",
        Some(Nulls::Last) => " nulls last",
        None => "",
    });
}
