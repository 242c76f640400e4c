//! The facts of an API, from what is described of it.

use std::collections::BTreeMap;

use super::contract::{Contract, Fact};
use super::{Api, ApiRelation, ApiRoutine};
use crate::schema_cache::{
    Cardinality, Column, ColumnDetails, Details, FilterType, Filters, Relationship, Returns,
    TypeKind, Volatility, spell,
};

/// The facts of what the caller may use of one schema.
#[must_use]
pub fn contract(api: &Api) -> Contract {
    let mut contract = Contract::new();
    for relation in &api.relations {
        for (verb, facts) in relation_facts(api, relation) {
            contract.insert(format!("{verb} /{}", relation.name()), facts);
        }
    }
    for routine in &api.routines {
        let facts = contract
            .entry(format!("/rpc/{}", routine.name()))
            .or_default();
        routine_facts(api, routine, facts);
    }
    contract
}

type Facts = BTreeMap<String, Fact>;

fn relation_facts(api: &Api, described: &ApiRelation) -> Vec<(&'static str, Facts)> {
    let takes = described.relation.takes;
    let mut verbs = Vec::new();
    for (verb, right, is_possible) in [
        ("GET", "select", true),
        ("POST", "insert", takes.insert),
        ("PATCH", "update", takes.update),
    ] {
        let mut facts = if is_possible {
            column_facts(api, described, right)
        } else {
            Facts::new()
        };
        if facts.is_empty() {
            continue;
        }
        if verb == "GET" {
            facts.extend(embed_facts(api, described));
            let computed = described.relation.computed.iter();
            facts.extend(computed.map(|name| (format!("computed column {name}"), Fact::Offered)));
        }
        verbs.push((verb, facts));
    }
    let key = &described.relation.primary_key;
    let may = |right, column| described.rights.allow(right, column);
    let is_put = takes.insert && takes.update && !key.is_empty();
    if is_put
        && key
            .iter()
            .all(|column| may("insert", column) && may("update", column))
    {
        let facts = key
            .iter()
            .map(|column| (format!("key {column}"), Fact::Offered));
        verbs.push(("PUT", facts.collect()));
    }
    if takes.delete && described.rights.deletes {
        let offered = ("rows".to_owned(), Fact::Offered);
        verbs.push(("DELETE", Facts::from([offered])));
    }
    verbs
}

fn column_facts(api: &Api, described: &ApiRelation, right: &str) -> Facts {
    let columns = described.relation.columns.iter().zip(&described.details);
    let allowed = columns.filter(|(column, details)| {
        described.rights.allow(right, &column.name) && (right == "select" || !details.is_computed)
    });
    let fact = |(column, details): (&Column, &&ColumnDetails)| {
        let sql_type = match api
            .cache
            .details
            .types
            .get(&details.type_oid)
            .map(|it| &it.kind)
        {
            // with its length and precision
            Some(TypeKind::Plain) => column.sql_type.as_sql().to_owned(),
            _ => type_text(&api.cache.details, details.type_oid),
        };
        let nullable = details.nullable;
        let fact = match right {
            "select" => Fact::Received { sql_type, nullable },
            _ => Fact::Sent {
                sql_type,
                required: right == "insert" && !nullable && column.default.is_none(),
                nullable,
            },
        };
        (format!("column {}", column.name), fact)
    };
    allowed.map(fact).collect()
}

/// `embed teams by people_team_fkey, one row`; and how many ways there are to a relation, for one more makes its
/// name ambiguous.
fn embed_facts(api: &Api, described: &ApiRelation) -> Facts {
    let relationships = api.cache.relationships(&described.relation.name).iter();
    let reached: Vec<&Relationship> = relationships
        .filter(|one| {
            one.foreign_table.schema != api.schema || api.relation(&one.foreign_table).is_some()
        })
        .collect();
    let mut facts = Facts::new();
    for one in &reached {
        let by = match &one.cardinality {
            Cardinality::OneToMany(key)
            | Cardinality::ManyToOne(key)
            | Cardinality::OneToOne { key, .. } => &key.constraint,
            Cardinality::ManyToMany(junction) => &junction.table.name,
            Cardinality::Computed(function) => &function.name.name,
        };
        let shape = if one.is_to_one() { "one row" } else { "rows" };
        let foreign = &one.foreign_table;
        let ways = reached
            .iter()
            .filter(|other| other.foreign_table == *foreign);
        let ways = Fact::Received {
            sql_type: format!("in {} way(s)", ways.count()),
            nullable: false,
        };
        facts.insert(format!("embed {}", foreign.name), ways);
        facts.insert(
            format!("embed {} by {by}, {shape}", foreign.name),
            Fact::Offered,
        );
    }
    facts
}

/// Overloads are one endpoint: an argument is required if each of them requires it.
fn routine_facts(api: &Api, described: &ApiRoutine, facts: &mut Facts) {
    let routine = described.routine;
    let is_first = facts.is_empty();
    if routine.volatility != Volatility::Volatile {
        facts.insert("by GET".to_owned(), Fact::Offered);
    }
    let mut own = Facts::new();
    for (parameter, member) in routine.parameters.iter().zip(described.parameters()) {
        match &parameter.filters {
            Some(Filters::One(filter_type)) => {
                own.extend(filter_facts(&parameter.name, filter_type));
            }
            Some(Filters::Spread(attributes)) => {
                for attribute in attributes {
                    own.extend(filter_facts(&attribute.name, &attribute.filter_type));
                }
            }
            None => {
                let name = match parameter.name.as_str() {
                    "" => "body".to_owned(),
                    name => format!("argument {name}"),
                };
                let fact = Fact::Sent {
                    sql_type: type_text(&api.cache.details, member.type_oid),
                    required: parameter.required,
                    nullable: true,
                };
                own.insert(name, fact);
            }
        }
    }
    for (name, fact) in facts.iter_mut() {
        if let Fact::Sent { required, .. } = fact {
            *required &= own.contains_key(name);
        }
    }
    for (name, fact) in own {
        merge(facts, name, fact, is_first);
    }
    let overloads = api
        .routines
        .iter()
        .filter(|one| one.name() == described.name());
    if overloads.count() > 1 {
        facts.insert(overload(described), Fact::Offered);
    }
    for (name, fact) in result_facts(api, described) {
        merge(facts, name, fact, is_first);
    }
}

/// `overload (id, limit?)`
fn overload(described: &ApiRoutine) -> String {
    let parameters = described.routine.parameters.iter();
    let names = parameters.map(|one| {
        let optional = if one.required { "" } else { "?" };
        format!("{}{optional}", one.name)
    });
    format!("overload ({})", names.collect::<Vec<_>>().join(", "))
}

/// A fact of one more overload.
fn merge(facts: &mut Facts, name: String, mut fact: Fact, is_first: bool) {
    if let Some(known) = facts.get(&name) {
        match (known, &mut fact) {
            (
                Fact::Sent {
                    sql_type: known,
                    required: was_required,
                    ..
                },
                Fact::Sent {
                    sql_type, required, ..
                },
            ) => {
                *sql_type = either(known, sql_type);
                *required &= was_required;
            }
            (
                Fact::Received {
                    sql_type: known, ..
                },
                Fact::Received { sql_type, .. },
            ) => *sql_type = either(known, sql_type),
            _ => {}
        }
    } else if let (false, Fact::Sent { required, .. }) = (is_first, &mut fact) {
        *required = false;
    }
    facts.insert(name, fact);
}

/// `integer or text`, each once, whatever the order of the overloads.
fn either(known: &str, other: &str) -> String {
    let mut types: Vec<&str> = known.split(" or ").chain([other]).collect();
    types.sort_unstable();
    types.dedup();
    types.join(" or ")
}

fn filter_facts(name: &str, filter_type: &FilterType) -> Facts {
    let operators = filter_type.operators.keys();
    let mut facts: Facts = operators
        .map(|operator| (format!("filter {name}={}", spell(operator)), Fact::Offered))
        .collect();
    if filter_type.combines {
        facts.insert(format!("filter {name}, several times"), Fact::Offered);
    }
    facts
}

fn result_facts(api: &Api, described: &ApiRoutine) -> Facts {
    let routine = described.routine;
    let details = &api.cache.details;
    let sql_type = match &routine.returns {
        Returns::Void => "void".to_owned(),
        Returns::Scalar => type_text(details, described.signature.returns),
        Returns::Composite { .. } => "row".to_owned(),
    };
    let sql_type = if routine.returns_set {
        format!("setof {sql_type}")
    } else {
        sql_type
    };
    let received = |sql_type| Fact::Received {
        sql_type,
        nullable: true,
    };
    let mut facts = Facts::from([("result".to_owned(), received(sql_type))]);
    for member in &described.signature.output {
        let name = format!("result column {}", member.name);
        facts.insert(name, received(type_text(details, member.type_oid)));
    }
    facts
}

/// A type as SQL spells it, with what programs see of it: the labels of an enum, the attributes of a composite.
fn type_text(details: &Details, oid: i64) -> String {
    let Some(named) = details.types.get(&oid) else {
        return "unknown".to_owned();
    };
    match &named.kind {
        TypeKind::Enum(labels) => format!("{} ({})", named.name, labels.join(", ")),
        TypeKind::Array(of) => format!("{}[]", type_text(details, *of)),
        TypeKind::Composite(members) => {
            let name = |oid| {
                details
                    .types
                    .get(&oid)
                    .map_or("unknown", |it| it.name.as_str())
            };
            let members = members
                .iter()
                .map(|one| format!("{} {}", one.name, name(one.type_oid)));
            format!(
                "{} ({})",
                named.name,
                members.collect::<Vec<_>>().join(", ")
            )
        }
        _ => named.name.clone(),
    }
}
