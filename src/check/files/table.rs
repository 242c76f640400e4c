//! `create table` and `alter table`.

use sqlparser::ast::{
    AlterTableOperation, ColumnDef, ColumnOption, CreateTable, Ident, RenameTableNameKind,
    SelectItem, SetExpr, Statement as Parsed, TableConstraint,
};

use super::cursor::{Cursor, items};
use super::fold::Fold;
use super::relation::{column, constraint_index, ident, new, parsed, qualified, security_invoker};
use super::types::canonical;
use crate::check::model::{Column, ForeignKey, Place, Qualified, Relation, RelationKind, Switch};
use crate::migrate::{Statement, tokens};

pub(super) fn create(fold: &mut Fold, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
    let Some(name) = cursor.qualified(&fold.schema) else {
        return;
    };
    if fold.catalog.relations.contains_key(&name) {
        return;
    }
    let kind = if cursor.words("partition of") {
        RelationKind::Partition
    } else {
        RelationKind::Table
    };
    let table = new(fold, name.clone(), kind, statement);
    let place = fold.place(statement);
    fold.catalog.relations.insert(name.clone(), table);
    match parsed(statement.text) {
        Some(Parsed::CreateTable(parsed)) => {
            for column in &parsed.columns {
                add_column(fold, &name, column, &place);
            }
            constraints(fold, &name, &parsed, &place);
        }
        _ => fold.unread(statement),
    }
}

fn constraints(fold: &mut Fold, name: &Qualified, parsed: &CreateTable, place: &Place) {
    for constraint in &parsed.constraints {
        add_constraint(fold, name, constraint, place);
    }
}

pub(super) fn alter(fold: &mut Fold, mut cursor: Cursor<'_>, statement: &Statement<'_>) {
    let Some(name) = fold.existing(&mut cursor) else {
        return;
    };
    cursor.symbol("*");
    for item in items(cursor.rest) {
        if let Some(relation) = fold.relation(&name) {
            switch(relation, Cursor::new(item));
        }
    }
    match parsed(statement.text) {
        Some(Parsed::AlterTable(parsed)) => {
            let place = fold.place(statement);
            for operation in &parsed.operations {
                change(fold, &name, operation, &place);
            }
        }
        _ if cursor.contains("add") => fold.unread(statement),
        _ => {}
    }
}

/// What stands in tokens that no dialect writes differently.
fn switch(relation: &mut Relation, mut item: Cursor<'_>) {
    if item.words("enable row level security") {
        relation.row_security = Switch::On;
    } else if item.words("disable row level security") {
        relation.row_security = Switch::Off;
    } else if item.words("force row level security") {
        relation.is_forced = Switch::On;
    } else if item.words("no force row level security") {
        relation.is_forced = Switch::Off;
    } else if item.words("owner to") {
        relation.owner = item.name();
    } else if item.words("set") {
        if let Some(is_invoker) = item.parentheses().and_then(security_invoker) {
            relation.is_invoker = is_invoker;
        }
    } else if item.words("reset") {
        let reset = item.parentheses().and_then(security_invoker);
        relation.is_invoker &= reset.is_none();
    }
}

/// Something may have switched it that cannot be followed.
pub(super) fn forget(relation: &mut Relation) {
    relation.row_security = Switch::Unknown;
    relation.is_forced = Switch::Unknown;
}

fn change(fold: &mut Fold, name: &Qualified, operation: &AlterTableOperation, place: &Place) {
    match operation {
        AlterTableOperation::AddConstraint { constraint, .. } => {
            add_constraint(fold, name, constraint, place);
        }
        AlterTableOperation::AddColumn { column_def, .. } => {
            add_column(fold, name, column_def, place);
        }
        AlterTableOperation::DropConstraint { name: dropped, .. } => {
            let dropped = ident(dropped);
            let catalog = &mut fold.catalog;
            catalog
                .foreign_keys
                .retain(|key| key.relation != *name || key.name != dropped);
            catalog.indexes.retain(|index| {
                index.relation != *name || !index.is_constraint || index.name.name != dropped
            });
        }
        AlterTableOperation::DropColumn { column_names, .. } => {
            for dropped in column_names {
                drop_column(fold, name, &ident(dropped));
            }
        }
        AlterTableOperation::RenameTable { table_name } => {
            let (RenameTableNameKind::To(to) | RenameTableNameKind::As(to)) = table_name;
            if let Some(to) = qualified(to, &name.schema) {
                rename(fold, name, &to);
            }
        }
        AlterTableOperation::RenameColumn {
            old_column_name,
            new_column_name,
        } => rename_column(fold, name, &ident(old_column_name), &ident(new_column_name)),
        _ => {}
    }
}

fn add_column(fold: &mut Fold, name: &Qualified, column: &ColumnDef, place: &Place) {
    let column_name = ident(&column.name);
    let written = column.data_type.to_string();
    if let Some(relation) = fold.relation(name) {
        relation.columns.push(Column {
            name: column_name.clone(),
            sql_type: canonical(&tokens(&written)),
        });
    }
    for option in &column.options {
        let keys = [Some(column_name.clone())];
        let named = option.name.as_ref();
        match &option.option {
            ColumnOption::PrimaryKey(_) => primary_key(fold, name, named, &keys, place),
            ColumnOption::Unique(_) => {
                constraint_index(fold, name, named, &keys, "key", place.clone());
            }
            ColumnOption::ForeignKey(key) => {
                let columns = vec![column_name.clone()];
                let target = qualified(&key.foreign_table, &fold.schema);
                foreign_key(fold, name, named, columns, target, place);
            }
            _ => {}
        }
    }
}

fn add_constraint(fold: &mut Fold, name: &Qualified, constraint: &TableConstraint, place: &Place) {
    match constraint {
        TableConstraint::PrimaryKey(key) => {
            let keys: Vec<_> = key.columns.iter().map(column).collect();
            primary_key(fold, name, key.name.as_ref(), &keys, place);
        }
        TableConstraint::Unique(key) => {
            let keys: Vec<_> = key.columns.iter().map(column).collect();
            constraint_index(fold, name, key.name.as_ref(), &keys, "key", place.clone());
        }
        TableConstraint::ForeignKey(key) => {
            let columns = key.columns.iter().map(ident).collect();
            let target = qualified(&key.foreign_table, &fold.schema);
            foreign_key(fold, name, key.name.as_ref(), columns, target, place);
        }
        _ => {}
    }
}

fn primary_key(
    fold: &mut Fold,
    name: &Qualified,
    named: Option<&Ident>,
    keys: &[Option<String>],
    place: &Place,
) {
    if let Some(relation) = fold.relation(name) {
        relation.has_primary_key = true;
    }
    constraint_index(fold, name, named, keys, "pkey", place.clone());
}

fn foreign_key(
    fold: &mut Fold,
    relation: &Qualified,
    named: Option<&Ident>,
    columns: Vec<String>,
    target: Option<Qualified>,
    place: &Place,
) {
    let Some(target) = target else { return };
    let name = named.map_or_else(
        || format!("{}_{}_fkey", relation.name, columns.join("_")),
        ident,
    );
    fold.catalog.foreign_keys.push(ForeignKey {
        name,
        relation: relation.clone(),
        columns,
        target,
        place: Some(place.clone()),
    });
}

fn drop_column(fold: &mut Fold, name: &Qualified, dropped: &str) {
    if let Some(relation) = fold.relation(name) {
        relation.columns.retain(|column| column.name != dropped);
    }
    let catalog = &mut fold.catalog;
    catalog
        .foreign_keys
        .retain(|key| key.relation != *name || !key.columns.iter().any(|column| column == dropped));
    catalog.indexes.retain(|index| {
        index.relation != *name
            || !index
                .columns
                .iter()
                .any(|column| column.as_deref() == Some(dropped))
    });
}

fn rename(fold: &mut Fold, from: &Qualified, to: &Qualified) {
    let catalog = &mut fold.catalog;
    if let Some(mut relation) = catalog.relations.remove(from) {
        relation.name = to.clone();
        catalog.relations.insert(to.clone(), relation);
    }
    let follow = |name: &mut Qualified| {
        if name == from {
            *name = to.clone();
        }
    };
    catalog
        .policies
        .iter_mut()
        .for_each(|policy| follow(&mut policy.relation));
    catalog
        .indexes
        .iter_mut()
        .for_each(|index| follow(&mut index.relation));
    for key in &mut catalog.foreign_keys {
        follow(&mut key.relation);
        follow(&mut key.target);
    }
}

fn rename_column(fold: &mut Fold, name: &Qualified, from: &str, to: &str) {
    let follow = |column: &mut String| {
        if column == from {
            to.clone_into(column);
        }
    };
    if let Some(relation) = fold.relation(name) {
        for column in &mut relation.columns {
            follow(&mut column.name);
        }
    }
    let catalog = &mut fold.catalog;
    for index in catalog
        .indexes
        .iter_mut()
        .filter(|index| index.relation == *name)
    {
        index.columns.iter_mut().flatten().for_each(follow);
    }
    for key in catalog
        .foreign_keys
        .iter_mut()
        .filter(|key| key.relation == *name)
    {
        key.columns.iter_mut().for_each(follow);
    }
}

/// The columns that a view's query names; types are not known, and neither is what `*` stands for.
pub(super) fn view_columns(parsed: &Parsed) -> Vec<Column> {
    let Parsed::CreateView(view) = parsed else {
        return Vec::new();
    };
    let column = |name: &Ident| Column {
        name: ident(name),
        sql_type: String::new(),
    };
    if !view.columns.is_empty() {
        return view.columns.iter().map(|one| column(&one.name)).collect();
    }
    let SetExpr::Select(select) = view.query.body.as_ref() else {
        return Vec::new();
    };
    let named = select.projection.iter().filter_map(|item| match item {
        SelectItem::ExprWithAlias { alias, .. } => Some(column(alias)),
        SelectItem::UnnamedExpr(sqlparser::ast::Expr::Identifier(name)) => Some(column(name)),
        SelectItem::UnnamedExpr(sqlparser::ast::Expr::CompoundIdentifier(parts)) => {
            parts.last().map(column)
        }
        _ => None,
    });
    named.collect()
}
