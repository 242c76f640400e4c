//! A request as it was understood, and the relations that it names.

use serde_json::{Value, json};

use super::Understood;
use super::wording;
use crate::plan::{Change, Embed, Node, Plan, Returned};
use crate::request::range::RowRange;
use crate::request::{Action, ApiRequest, Mutation};
use crate::schema_cache::{Cardinality, QualifiedName};

/// What the request means.
#[must_use]
pub fn understood(request: &ApiRequest, plan: &Plan) -> Understood {
    let (target, filters) = match plan {
        Plan::Read(plan) => (format!("relation {}", plan.from), None),
        Plan::Call(plan) => {
            let mut filters = wording::of_arguments(plan);
            filters.extend(wording::of_level(&plan.rows.node));
            (format!("function {}", plan.routine), Some(filters))
        }
        Plan::Mutate(plan) => (
            format!("relation {}", plan.target),
            Some(wording::of_change(&plan.conditions)),
        ),
        Plan::Inspect(plan) => (format!("schema {}", plan.schema), None),
    };
    let node = plan.rows().map(|rows| &rows.node);
    let range = node.map_or(RowRange::ALL, |node| node.range);
    let mut embeds = Vec::new();
    if let Some(node) = node {
        list_embeds(node, "", &mut embeds);
    }
    Understood {
        action: match request.action {
            Action::Read { .. } => "read",
            Action::Call { .. } => "call",
            Action::Mutate(Mutation::Create) => "create",
            Action::Mutate(Mutation::Update) => "update",
            Action::Mutate(Mutation::Upsert) => "upsert",
            Action::Mutate(Mutation::Delete) => "delete",
            Action::Info => "info",
            Action::Inspect { .. } => "describe",
        },
        target,
        filters: filters.unwrap_or_else(|| node.map(wording::of_level).unwrap_or_default()),
        embeds,
        limit: range.limit,
        offset: range.offset,
        answer: plan.media_type().to_string(),
        may_write: plan.writes(),
    }
}

fn list_embeds(node: &Node, above: &str, list: &mut Vec<String>) {
    for embed in &node.embeds {
        let path = format!("{above}{}", embed.name);
        let mut words = vec![format!("{path}: {}", embedded(embed))];
        if embed.inner {
            words.push("inner".to_owned());
        }
        words.extend(wording::of_level(&embed.node));
        list.push(words.join(", "));
        list_embeds(&embed.node, &format!("{path}."), list);
    }
}

fn embedded(embed: &Embed) -> String {
    match &embed.relationship.cardinality {
        Cardinality::Computed(function) => format!("function {}", function.name),
        Cardinality::ManyToMany(junction) => {
            let foreign = &embed.relationship.foreign_table;
            format!("{foreign} through {}", junction.table)
        }
        _ => embed.relationship.foreign_table.to_string(),
    }
}

/// The relations that the request names and what it does with them, as `policies.sql` reads it.
#[must_use]
pub fn named(plan: &Plan) -> Value {
    let mut named = Vec::new();
    match plan {
        Plan::Read(plan) => named.push(one(&plan.from, &["select"])),
        Plan::Mutate(plan) => {
            let mut verbs = match plan.change {
                Change::Insert { .. } => vec!["insert"],
                Change::Update(_) => vec!["update"],
                Change::Delete => vec!["delete"],
            };
            if let Change::Insert {
                on_conflict: Some(_),
                ..
            } = plan.change
            {
                verbs.push("update");
            }
            // Postgres holds rows against the policies of SELECT, too, once a column is read.
            let is_read = !matches!(plan.returned, Returned::Count)
                || !plan.conditions.is_empty()
                || plan.precondition.is_some()
                || verbs.len() > 1;
            if is_read {
                verbs.push("select");
            }
            named.push(one(&plan.target, &verbs));
        }
        Plan::Call(_) | Plan::Inspect(_) => {}
    }
    if let Some(rows) = plan.rows() {
        below(&rows.node, &mut named);
    }
    Value::Array(named)
}

fn below(node: &Node, named: &mut Vec<Value>) {
    for embed in &node.embeds {
        match &embed.relationship.cardinality {
            Cardinality::Computed(_) => {}
            Cardinality::ManyToMany(junction) => {
                named.push(one(&junction.table, &["select"]));
                named.push(one(&embed.relationship.foreign_table, &["select"]));
            }
            _ => named.push(one(&embed.relationship.foreign_table, &["select"])),
        }
        below(&embed.node, named);
    }
}

fn one(relation: &QualifiedName, verbs: &[&str]) -> Value {
    json!({ "schema": relation.schema, "name": relation.name, "verbs": verbs })
}
