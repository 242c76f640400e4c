//! `create view`, `create materialized view`, `create foreign table`, `create index`.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::visit_relations;
use sqlparser::ast::{CreateIndex, Expr, Ident, IndexColumn, ObjectName, Statement as Parsed};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

use super::cursor::{Cursor, is_name, items};
use super::defaults;
use super::fold::Fold;
use crate::check::model::{Index, Place, Qualified, Relation, RelationKind};
use crate::migrate::{Statement, Token};

pub(super) fn view(
    fold: &mut Fold,
    mut cursor: Cursor<'_>,
    statement: &Statement<'_>,
    is_materialized: bool,
) {
    let Some(name) = cursor.qualified(&fold.schema) else {
        return;
    };
    let kind = if is_materialized {
        RelationKind::Materialized
    } else {
        RelationKind::View
    };
    let mut view = new(fold, name, kind, statement);
    let parsed = parsed(without_data(statement));
    let mut options = Cursor::new(cursor.until(|token| token.is_word("as")));
    options.until(|token| token.is_word("with"));
    options.words("with");
    view.is_invoker = options
        .parentheses()
        .and_then(security_invoker)
        .unwrap_or_default();
    view.reads = read(fold, statement, parsed.as_ref());
    view.columns = parsed
        .as_ref()
        .map_or_else(Vec::new, super::table::view_columns);
    if parsed.is_none() {
        fold.unread(statement);
    }
    fold.catalog.relations.insert(view.name.clone(), view);
}

/// What a list of options says of it, in any of the words that PostgreSQL takes for a boolean, or none.
pub(super) fn security_invoker(options: &[Token<'_>]) -> Option<bool> {
    let mut option = items(options).into_iter().map(Cursor::new).find(|option| {
        let name = option.rest.first().and_then(Token::name);
        name.is_some_and(|name| name == "security_invoker")
    })?;
    option.next();
    option.symbol("=");
    let Some(value) = option.next() else {
        return Some(true);
    };
    let value = value.inside().unwrap_or(value.text).to_lowercase();
    let means = |word: &str| !value.is_empty() && word.starts_with(&value);
    // `o` may be either.
    Some(value == "on" || ["true", "yes", "1"].into_iter().any(means))
}

pub(super) fn foreign(fold: &mut Fold, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
    if let Some(name) = cursor.qualified(&fold.schema) {
        let table = new(fold, name, RelationKind::Foreign, statement);
        fold.catalog.relations.insert(table.name.clone(), table);
    }
}

/// With what a new relation has from the start, or has kept: `create or replace` takes no rights.
pub(super) fn new(
    fold: &Fold,
    name: Qualified,
    kind: RelationKind,
    statement: &Statement<'_>,
) -> Relation {
    let mut relation = Relation::new(name, kind);
    if let Some(old) = fold.catalog.relations.get(&relation.name) {
        relation.grants.clone_from(&old.grants);
        relation.owner.clone_from(&old.owner);
    } else {
        relation.owner = fold.maker();
        relation.grants = defaults::of_new(fold, "tables", &relation.name.schema);
    }
    relation.place = Some(fold.place(statement));
    relation
}

/// What stands before `with no data`, which no parser knows.
fn without_data<'a>(statement: &Statement<'a>) -> &'a str {
    let start = statement.tokens.first().map_or(0, |first| first.start);
    let tail = [&["with", "no", "data"] as &[_], &["with", "data"]];
    let cut = tail.into_iter().find_map(|words| {
        let at = statement.tokens.len().checked_sub(words.len())?;
        let last = statement.tokens.get(at..)?;
        let is_tail = last
            .iter()
            .zip(words)
            .all(|(token, word)| token.is_word(word));
        is_tail.then(|| last.first().map(|first| first.start - start))?
    });
    cut.and_then(|end| statement.text.get(..end))
        .unwrap_or(statement.text)
}

pub(super) fn parsed(sql: &str) -> Option<Parsed> {
    Parser::parse_sql(&PostgreSqlDialect {}, sql).ok()?.pop()
}

pub(super) fn index(fold: &mut Fold, statement: &Statement<'_>) {
    let Some(Parsed::CreateIndex(parsed)) = parsed(statement.text) else {
        fold.unread(statement);
        return;
    };
    let Some(relation) = qualified(&parsed.table_name, &fold.schema) else {
        return;
    };
    let columns: Vec<_> = parsed.columns.iter().map(column).collect();
    let name = parsed.name.as_ref().and_then(|name| qualified(name, ""));
    let name = name.map_or_else(
        || made_up(fold, &relation, &columns, "idx"),
        |name| Qualified::new(relation.schema.clone(), name.name),
    );
    if is_taken(fold, &name) {
        return;
    }
    fold.index_names.insert(name.clone());
    fold.catalog.indexes.push(Index {
        definition: definition(&parsed),
        predicate: parsed.predicate.as_ref().map(ToString::to_string),
        is_unique: parsed.unique,
        is_constraint: false,
        place: Some(fold.place(statement)),
        name,
        relation,
        columns,
    });
}

/// The index of a primary key or unique constraint.
pub(super) fn constraint_index(
    fold: &mut Fold,
    relation: &Qualified,
    name: Option<&Ident>,
    columns: &[Option<String>],
    suffix: &str,
    place: Place,
) {
    let name = match name {
        Some(name) => Qualified::new(relation.schema.clone(), ident(name)),
        None if suffix == "pkey" => made_up(fold, relation, &[], suffix),
        None => made_up(fold, relation, columns, suffix),
    };
    // Of one statement Postgres keeps the primary key alone.
    let is_same = |index: &Index| {
        index.relation == *relation
            && index.is_constraint
            && index.columns == columns
            && index.place.as_ref() == Some(&place)
    };
    let is_earlier = |index: &Index| index.place.as_ref() != Some(&place);
    let indexes = &mut fold.catalog.indexes;
    let first = indexes.iter().rposition(is_earlier).map_or(0, |at| at + 1);
    if suffix == "pkey" {
        let of_statement = indexes.split_off(first).into_iter();
        indexes.extend(of_statement.filter(|index| !is_same(index)));
    } else if indexes.iter().skip(first).any(is_same) {
        return;
    }
    fold.index_names.insert(name.clone());
    let keys: Vec<_> = columns.iter().flatten().cloned().collect();
    fold.catalog.indexes.push(Index {
        name,
        relation: relation.clone(),
        columns: columns.to_vec(),
        definition: format!("btree ({}) include () where ", keys.join(", ")),
        predicate: None,
        is_unique: true,
        is_constraint: true,
        place: Some(place),
    });
}

/// The name that Postgres gives what has none, as long as it is not too long.
fn made_up(
    fold: &Fold,
    relation: &Qualified,
    columns: &[Option<String>],
    suffix: &str,
) -> Qualified {
    let columns = columns
        .iter()
        .map(|column| format!("_{}", column.as_deref().unwrap_or("expr")));
    let base = format!("{}{}_{suffix}", relation.name, columns.collect::<String>());
    let in_schema = |name: String| Qualified::new(relation.schema.clone(), name);
    let name = std::iter::once(base.clone())
        .chain((1..1000).map(|number| format!("{base}{number}")))
        .map(in_schema)
        .find(|name| !is_taken(fold, name));
    name.unwrap_or_else(|| in_schema(base))
}

/// Looks through all indexes only where one was ever called so: most names are new.
fn is_taken(fold: &Fold, name: &Qualified) -> bool {
    fold.index_names.contains(name) && fold.catalog.indexes.iter().any(|index| index.name == *name)
}

fn definition(index: &CreateIndex) -> String {
    let method = index
        .using
        .as_ref()
        .map_or_else(|| "btree".to_owned(), |of| of.to_string().to_lowercase());
    let keys: Vec<_> = index
        .columns
        .iter()
        .map(|key| {
            key.to_string()
                .trim_end_matches(" ASC")
                .trim_end_matches(" NULLS LAST")
                .to_owned()
        })
        .collect();
    let include: Vec<_> = index.include.iter().map(ToString::to_string).collect();
    let predicate = index.predicate.as_ref().map(ToString::to_string);
    format!(
        "{method} ({}) include ({}) where {}",
        keys.join(", "),
        include.join(", "),
        predicate.unwrap_or_default()
    )
}

pub(super) fn column(key: &IndexColumn) -> Option<String> {
    match &key.column.expr {
        Expr::Identifier(name) => Some(ident(name)),
        _ => None,
    }
}

/// A name as Postgres keeps it.
pub(super) fn ident(name: &Ident) -> String {
    if name.quote_style.is_some() {
        name.value.clone()
    } else {
        name.value.to_lowercase()
    }
}

pub(super) fn qualified(name: &ObjectName, schema: &str) -> Option<Qualified> {
    let parts: Option<Vec<String>> = name
        .0
        .iter()
        .map(|part| part.as_ident().map(ident))
        .collect();
    match parts?.as_slice() {
        [name] => Some(Qualified::new(schema, name)),
        [schema, name] => Some(Qualified::new(schema, name)),
        _ => None,
    }
}

/// Relations that a query names, of those that there are: an alias or a CTE is none.
fn read(fold: &Fold, statement: &Statement<'_>, parsed: Option<&Parsed>) -> BTreeSet<Qualified> {
    let mut found = BTreeSet::new();
    if let Some(Parsed::CreateView(view)) = parsed {
        let _ = visit_relations(&view.query, |name| {
            found.extend(qualified(name, "").and_then(|name| fold.known(name)));
            ControlFlow::<()>::Continue(())
        });
    } else {
        // Whatever is written `a.b` and is a relation of that name.
        let names = statement
            .tokens
            .windows(3)
            .filter(|three| three[1].is_symbol(".") && is_name(&three[0]) && is_name(&three[2]));
        found.extend(
            names.filter_map(|three| Some(Qualified::new(three[0].name()?, three[2].name()?))),
        );
    }
    found.retain(|name| fold.catalog.relations.contains_key(name));
    found
}
