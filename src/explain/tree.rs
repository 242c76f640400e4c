//! An execution plan as JSON (`explain (verbose, format json)`): what it reads, writes and calls.

use std::collections::BTreeSet;

use serde_json::{Value, json};

/// The whole tree.
#[derive(Debug, Clone, Default)]
pub struct Tree(Value);

impl Tree {
    /// As Postgres gave it.
    #[must_use]
    pub fn of(json: Value) -> Self {
        Self(json)
    }

    /// The relations that it reads and writes, as `policies.sql` reads them.
    #[must_use]
    pub fn relations(&self) -> Value {
        let mut found = BTreeSet::new();
        nodes(&self.0, &mut |node| {
            if let (Some(schema), Some(name)) = (text(node, "Schema"), text(node, "Relation Name"))
            {
                found.insert((schema.to_owned(), name.to_owned()));
            }
        });
        let found = found.into_iter();
        found
            .map(|(schema, name)| json!({ "schema": schema, "name": name }))
            .collect()
    }

    /// The functions that rows come from and that run as they are, but for Postgres' own.
    #[must_use]
    pub fn functions(&self) -> Vec<String> {
        let mut found = BTreeSet::new();
        nodes(&self.0, &mut |node| {
            if let (Some(schema), Some(name)) = (text(node, "Schema"), text(node, "Function Name"))
                && schema != "pg_catalog"
            {
                found.insert(format!("{schema}.{name}"));
            }
        });
        found.into_iter().collect()
    }

    /// Whether a function of that name is called anywhere in it.
    #[must_use]
    pub fn calls(&self, name: &str) -> bool {
        let (bare, quoted) = (format!("{name}("), format!("\"{name}\"("));
        let mut calls = false;
        strings(&self.0, &mut |text| {
            calls |= text.contains(&quoted)
                || text.match_indices(&bare).any(|(at, _)| {
                    let before = text.get(..at).and_then(|before| before.chars().next_back());
                    !before.is_some_and(|c| c.is_alphanumeric() || c == '_')
                });
        });
        calls
    }
}

fn text<'a>(node: &'a Value, key: &str) -> Option<&'a str> {
    node.get(key).and_then(Value::as_str)
}

fn nodes(value: &Value, seen: &mut dyn FnMut(&Value)) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| nodes(item, seen)),
        Value::Object(members) => {
            seen(value);
            members.values().for_each(|member| nodes(member, seen));
        }
        _ => {}
    }
}

fn strings(value: &Value, seen: &mut dyn FnMut(&str)) {
    match value {
        Value::String(text) => seen(text),
        Value::Array(items) => items.iter().for_each(|item| strings(item, seen)),
        Value::Object(members) => members.values().for_each(|it| strings(it, seen)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_plan_reads_and_calls() {
        let plan = json!([{"Plan": {
            "Node Type": "Aggregate",
            "Output": ["count(*)", "api.total(1)"],
            "Plans": [
                {"Node Type": "Seq Scan", "Relation Name": "item", "Schema": "api", "Alias": "i"},
                {"Node Type": "Seq Scan", "Relation Name": "item", "Schema": "api", "Alias": "j"},
                {"Node Type": "Function Scan", "Function Name": "numbers", "Schema": "api"},
                {"Node Type": "Function Scan", "Function Name": "json_to_record", "Schema": "pg_catalog"},
                {"Node Type": "CTE Scan", "CTE Name": "source", "Alias": "source"},
            ],
        }}]);
        let tree = Tree::of(plan);
        assert_eq!(tree.relations(), json!([{"schema": "api", "name": "item"}]));
        assert_eq!(tree.functions(), ["api.numbers"]);
        assert!(tree.calls("total") && !tree.calls("otal") && !tree.calls("item"));
    }
}
