//! `Prefer: columns=granted`: `*` stands for the columns that the caller's role may read.
//!
//! Which ones they are Postgres says at the time of the request. They only narrow what is asked for: the
//! statement names them, and Postgres checks each again.

use std::collections::{BTreeMap, BTreeSet};

use super::{Node, Plan, Returned};
use crate::request::ApiRequest;
use crate::request::prefer::Columns;
use crate::request::query_string::select::SelectItem;
use crate::schema_cache::{Cardinality, QualifiedName};

/// The columns that may be read, by relation, in the order of the relation.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Granted(BTreeMap<QualifiedName, Vec<String>>);

impl Granted {
    /// What was answered of `relations`: a list of lists of columns. Of what cannot be read as such an
    /// answer nothing is known, and `*` stays what it is.
    #[must_use]
    pub fn read(relations: Vec<QualifiedName>, answer: &[u8]) -> Self {
        let lists: Vec<Vec<String>> = serde_json::from_slice(answer).unwrap_or_default();
        let known = relations.into_iter().zip(lists);
        // Where nothing may be read, it is Postgres that refuses `*`.
        Self(known.filter(|(_, columns)| !columns.is_empty()).collect())
    }

    pub(super) fn columns(&self, relation: &QualifiedName) -> Option<&[String]> {
        self.0.get(relation).map(Vec::as_slice)
    }
}

/// The relations of which the answer may show every column, each once: those to look up. None unless the
/// request prefers it, or the rows are there for a refusal alone, which must not fail for a column. What a function returns is not among them: it takes no right on columns.
#[must_use]
pub fn to_look_up(request: &ApiRequest, plan: &Plan) -> Vec<QualifiedName> {
    let select = &request.query.select;
    let is_preferred = request.preferences.columns == Some(Columns::Granted);
    if !(is_preferred || tells_only_of_refusal(plan)) || !select.is_empty() && !has_star(select) {
        return Vec::new();
    }
    let mut relations = BTreeSet::new();
    match plan {
        Plan::Read(plan) => {
            relations.insert(&plan.from);
        }
        Plan::Call(_) | Plan::Inspect(_) => {}
        Plan::Mutate(plan) => match plan.returned {
            Returned::Columns(_) | Returned::Headers { .. } => {
                relations.insert(&plan.target);
            }
            Returned::Count if plan.precondition.is_some() => {
                relations.insert(&plan.target);
            }
            Returned::Count => return Vec::new(),
        },
    }
    if let Some(rows) = plan.rows() {
        embedded(&rows.node, &mut relations);
    }
    relations.into_iter().cloned().collect()
}

/// Whether rows are shown only where a precondition does not hold.
fn tells_only_of_refusal(plan: &Plan) -> bool {
    let Plan::Mutate(plan) = plan else {
        return false;
    };
    plan.precondition.is_some() && matches!(plan.returned, Returned::Count)
}

fn has_star(items: &[SelectItem]) -> bool {
    items.iter().any(|item| match item {
        SelectItem::Field {
            field, aggregate, ..
        } => aggregate.is_none() && field.name == "*",
        SelectItem::Embed { select, .. } | SelectItem::Spread { select, .. } => has_star(select),
    })
}

fn embedded<'a>(node: &'a Node, relations: &mut BTreeSet<&'a QualifiedName>) {
    for embed in &node.embeds {
        let relationship = &embed.relationship;
        if !matches!(relationship.cardinality, Cardinality::Computed(_)) {
            relations.insert(&relationship.foreign_table);
        }
        embedded(&embed.node, relations);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_known_to_be_granted_stays_as_it_is() {
        let names = || {
            ["a", "b", "c"]
                .map(|name| QualifiedName::new("s", name))
                .to_vec()
        };
        let granted = Granted::read(names(), br#"[["x", "y"], []]"#);
        let columns = |granted: &Granted, name| {
            let columns = granted.columns(&QualifiedName::new("s", name));
            columns.map(|columns| columns.join(","))
        };
        assert_eq!(columns(&granted, "a").as_deref(), Some("x,y"));
        assert_eq!(columns(&granted, "b"), None, "nothing is granted");
        assert_eq!(columns(&granted, "c"), None, "not answered");
        assert_eq!(Granted::read(names(), b"nonsense"), Granted::default());
    }
}
