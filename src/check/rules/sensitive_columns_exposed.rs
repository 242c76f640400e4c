//! a column with a secret can be read.

use super::rule::{Finding, Level, Reach, Rule, who};
use crate::check::model::{Column, Object, Relation, Subject};

/// The rule.
pub const RULE: Rule = Rule {
    name: "sensitive_columns_exposed",
    level: Level::Warn,
    title: "a column with a secret can be read",
    doc: "A column whose name says that it holds a secret (a password or its hash, a key, a token, the \
          number of a card or an identity) can be read by a role of the API. Whoever sees the row has it, \
          and so has every list that says `select=*`. Grant the other columns by name (`grant select (id, \
          name) on …`), or keep secrets in a table of a schema that is not exposed.",
    reach: Reach::Both,
    find,
    bad: r"create table public.people (id integer primary key, name text, password_hash text);
alter table public.people enable row level security;
grant select on public.people to web_user; -- here
",
    good: r"create table public.people (id integer primary key, name text, password_hash text, has_api_key boolean);
alter table public.people enable row level security;
grant select (id, name, has_api_key) on public.people to web_user;
",
};

/// Names of columns, alone or behind a word and `_`.
const SECRETS: &[&str] = &[
    "password",
    "passwd",
    "password_hash",
    "hashed_password",
    "secret",
    "secret_key",
    "private_key",
    "api_key",
    "apikey",
    "access_token",
    "refresh_token",
    "session_token",
    "auth_token",
    "token_hash",
    "recovery_codes",
    "credit_card",
    "credit_card_number",
    "card_number",
    "cvv",
    "cvc",
    "ssn",
    "social_security_number",
    "passport_number",
];

fn find(subject: Subject<'_>) -> Vec<Finding> {
    let relations = subject.catalog.relations.values();
    let shown = relations.filter(|relation| subject.exposure.shows(&relation.name));
    shown
        .flat_map(|relation| {
            let secrets = relation.columns.iter().filter(|column| is_secret(column));
            secrets.filter_map(move |column| finding(subject, relation, column))
        })
        .collect()
}

fn finding(subject: Subject<'_>, relation: &Relation, column: &Column) -> Option<Finding> {
    let reading: Vec<_> = relation
        .grants
        .iter()
        .filter(|grant| {
            grant.verb == "SELECT"
                && (grant.columns.is_empty() || grant.columns.contains(&column.name))
                && subject.is_api_role(&grant.role)
        })
        .collect();
    let place = reading.iter().find_map(|grant| grant.place.as_ref());
    let mut names: Vec<_> = reading.iter().map(|grant| who(&grant.role)).collect();
    names.sort_unstable();
    names.dedup();
    (!reading.is_empty()).then(|| {
        Finding::new(
            Object::new("column", format_args!("{}.{}", relation.name, column.name)),
            place.or(relation.place.as_ref()),
            format!(
                "{} may read {}.{}",
                names.join(", "),
                relation.name,
                column.name
            ),
        )
        .because_of(reading.iter().map(|grant| &grant.role))
    })
}

/// Whether there is a secret is none.
fn is_secret(column: &Column) -> bool {
    let name = column.name.to_lowercase();
    column.sql_type != "boolean"
        && SECRETS.iter().any(|secret| {
            name.strip_suffix(secret)
                .is_some_and(|before| before.is_empty() || before.ends_with('_'))
        })
}

#[cfg(test)]
mod tests {
    #[test]
    fn good_beside_bad() {
        crate::check::rules::examples::hold(&super::RULE);
    }
}
