//! Whose rows are counted: those of the request's relation, of what is embedded in them, and of whatever else the plan
//! reads.

use serde_json::{Map, Value};

use super::super::{Guarded, RowSecurity, wording};
use crate::plan::{Change, Node, Plan};
use crate::schema_cache::{Cardinality, QualifiedName};
use crate::sql::{Asked, Statement};

/// All of them, and who asks.
#[derive(Debug)]
pub struct Levels<'a> {
    pub settings: &'a Statement,
    /// May change settings that policies read.
    pub pre_request: Option<&'a Statement>,
    pub role: &'a str,
    pub claims: Map<String, Value>,
    pub plan: &'a Plan,
    pub relations: &'a [Guarded],
}

/// One of them.
#[derive(Debug)]
pub(super) struct Source<'a> {
    pub label: String,
    pub guarded: &'a Guarded,
    pub asked: Asked<'a>,
    /// In the order in which they are rendered.
    pub conditions: Vec<Condition>,
}

/// One condition of the request.
#[derive(Debug, Clone)]
pub(super) struct Condition {
    /// In the URL's words.
    pub words: String,
    /// It is about embedded rows.
    pub is_of_embeds: bool,
}

impl Condition {
    pub fn of_level(node: &Node) -> Vec<Self> {
        let words = wording::of_level(node).into_iter();
        let each = words.zip(wording::embeds_of_level(node));
        each.map(|(words, is_of_embeds)| Self {
            words,
            is_of_embeds,
        })
        .collect()
    }
}

impl Source<'_> {
    pub fn relation(&self) -> QualifiedName {
        QualifiedName::new(&self.guarded.schema, &self.guarded.name)
    }

    pub fn is_table(&self) -> bool {
        self.guarded.kind == "table"
    }

    /// A table of which policies cut nothing.
    pub fn is_open(&self) -> bool {
        self.is_table() && self.guarded.row_security != RowSecurity::On
    }
}

impl<'a> Levels<'a> {
    /// The request's own level first.
    pub(super) fn sources(&self) -> Vec<Source<'a>> {
        let mut sources = Vec::new();
        match self.plan {
            Plan::Read(plan) => {
                self.push(&mut sources, &plan.from, Asked::Level(&plan.rows.node), "");
            }
            Plan::Mutate(plan) if !matches!(plan.change, Change::Insert { .. }) => {
                self.push(&mut sources, &plan.target, Asked::Change(plan), "");
            }
            Plan::Mutate(_) | Plan::Call(_) | Plan::Inspect(_) => {}
        }
        if let Plan::Read(_) | Plan::Call(_) = self.plan
            && let Some(rows) = self.plan.rows()
        {
            self.push_embeds(&mut sources, &rows.node, "");
        }
        for guarded in self.relations {
            let is_there = |source: &Source| std::ptr::eq(source.guarded, guarded);
            if guarded.kind == "table" && !sources.iter().any(is_there) {
                sources.push(Source {
                    label: guarded.label(),
                    guarded,
                    asked: Asked::Nothing,
                    conditions: Vec::new(),
                });
            }
        }
        sources
    }

    fn push_embeds(&self, sources: &mut Vec<Source<'a>>, node: &'a Node, above: &str) {
        for embed in &node.embeds {
            let path = format!("{above}{}", embed.name);
            let relationship = &embed.relationship;
            if !matches!(relationship.cardinality, Cardinality::Computed(_)) {
                let asked = Asked::Level(&embed.node);
                self.push(sources, &relationship.foreign_table, asked, &path);
            }
            self.push_embeds(sources, &embed.node, &format!("{path}."));
        }
    }

    fn push(
        &self,
        sources: &mut Vec<Source<'a>>,
        relation: &QualifiedName,
        asked: Asked<'a>,
        path: &str,
    ) {
        let named = |guarded: &&Guarded| {
            guarded.schema == relation.schema
                && guarded.name == relation.name
                && guarded.through.is_none()
        };
        let Some(guarded) = self.relations.iter().find(named) else {
            return;
        };
        let label = guarded.label();
        sources.push(Source {
            label: if path.is_empty() {
                label
            } else {
                format!("{path}: {label}")
            },
            guarded,
            conditions: match asked {
                Asked::Nothing => Vec::new(),
                Asked::Level(node) => Condition::of_level(node),
                Asked::Change(plan) => {
                    let words = wording::of_change(&plan.conditions).into_iter();
                    let is_of_embeds = false;
                    words
                        .map(|words| Condition {
                            words,
                            is_of_embeds,
                        })
                        .collect()
                }
            },
            asked,
        });
    }
}
