//! Conditions as the argument that a server makes of them.

use crate::brute_force::{Comparison, Condition, Meaning, Selection};

/// The attributes of `public.ticket_filter`, each with its type.
const ATTRIBUTES: [(&str, &str); 9] = [
    ("created_at", "period"),
    ("resolved_at", "period"),
    ("assigned_to", "ids"),
    ("ticket_type_id", "ids"),
    ("client_id", "ids"),
    ("priority", "labels"),
    ("status", "labels"),
    ("source_channel", "labels"),
    ("tags", "tags"),
];

/// A selection as a constant expression.
pub fn ticket_filter(selection: &Selection) -> String {
    let attributes: Vec<String> = ATTRIBUTES
        .iter()
        .map(|(name, kind)| {
            let given = selection.conditions.iter().filter(|c| c.name == *name);
            let conditions = given.map(|condition| condition_of(kind, condition));
            let both = |a, b| format!("filter.{kind}_and({a}, {b})");
            conditions.reduce(both).unwrap_or_else(|| "null".to_owned())
        })
        .collect();
    format!("row({})::public.ticket_filter", attributes.join(", "))
}

fn condition_of(kind: &str, condition: &Condition) -> String {
    let text = &condition.text;
    match &condition.meaning {
        Meaning::Missing => format!("filter.{kind}_is_null()"),
        Meaning::Present => format!("filter.{kind}_not_is_null()"),
        Meaning::Among(items) => format!("filter.{kind}_in({})", list(items)),
        Meaning::NotAmong(items) => format!("filter.{kind}_not_in({})", list(items)),
        Meaning::AnyTag(_) => format!("filter.tags_ov({})", after(text, "ov.")),
        Meaning::AllTags(_) => format!("filter.tags_cs({})", after(text, "cs.")),
        Meaning::NoTag(_) => format!("filter.tags_not_ov({})", after(text, "not.ov.")),
        Meaning::Time(comparison, _) => {
            let operator = match comparison {
                Comparison::Is => "eq",
                Comparison::IsNot if text.starts_with("not.") => "not.eq",
                Comparison::IsNot => "neq",
                Comparison::From => "gte",
                Comparison::After => "gt",
                Comparison::UpTo => "lte",
                Comparison::Before => "lt",
            };
            let value = after(text, &format!("{operator}."));
            format!("filter.period_{}({value})", operator.replace('.', "_"))
        }
    }
}

fn list(items: &[String]) -> String {
    let items: Vec<String> = items.iter().map(|item| quoted(item)).collect();
    format!("array[{}]::text[]", items.join(", "))
}

/// What a condition says after its operator.
fn after(text: &str, operator: &str) -> String {
    quoted(text.strip_prefix(operator).expect("its operator"))
}

fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('\'', "''"))
}
