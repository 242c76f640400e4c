//! The matrix of reading, relation × role, against `matrix.txt`.

use std::collections::BTreeMap;

use tokio_postgres::Client;

use super::people::{Person, people};
use super::scope::{Cell, SETTINGS, columns, key, set_visibility, source};
use super::table::{Table, reachable_roles, texts};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};
use crate::harness::identity::sqlstate;

fn matrix() -> Table {
    Table::block("read")
}

/// Every relation that is not the system's.
async fn relations(admin: &Client) -> Vec<String> {
    texts(
        admin,
        "select format('%I.%I', n.nspname, c.relname)
        from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where c.relkind in ('r', 'p', 'v', 'm', 'f')
        and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'",
    )
    .await
}

/// Where the database and the matrix disagree, in the relations that `chosen` accepts.
async fn disagreements(database: &TestDb, chosen: impl Fn(&str) -> bool) -> Vec<String> {
    let admin = database.connect("postgres").await;
    let login = database.connect("desk_authenticator").await;
    let matrix = matrix();
    let mut found = Vec::new();
    // How often a rule was seen to let some rows through and to hold others back.
    let mut told_apart: BTreeMap<(String, String), u32> = BTreeMap::new();
    for (number, setting) in SETTINGS.iter().enumerate() {
        set_visibility(&admin, setting).await;
        for relation in matrix.objects().filter(|name| chosen(name)) {
            let key = key(&admin, relation).await;
            let rows_of = |relation: &str, condition: &str| {
                format!("select ({key})::text from {relation} as r where {condition} order by 1")
            };
            let rows = |condition: &str| rows_of(source(relation), condition);
            let all = texts(&admin, &rows("true")).await;
            if all.is_empty() {
                found.push(format!("{relation} is empty: a test of nothing"));
            }
            for person in people(matrix.roles()) {
                let role = &person.identity.role;
                let text = matrix.cell(relation, role);
                let who = format!(
                    "{relation} as {role} {} under {setting}, which should be {text}",
                    person.identity.claims
                );
                if text == "–" {
                    let statement = format!("select count(*) from {relation}");
                    let answer = person.identity.query(&login, &statement).await;
                    if sqlstate(&answer) != "42501" {
                        found.push(format!("{who}: not refused, but {answer:?}"));
                    }
                    continue;
                }
                let cell = Cell::parse(text);
                let expected =
                    texts(&admin, &rows(&cell.condition(relation, &person, number))).await;
                let asked = rows_of(relation, "true");
                match person.identity.query(&login, &asked).await {
                    Err(error) => found.push(format!("{who}: {error:?}")),
                    Ok(seen) => {
                        let seen: Vec<String> = seen.iter().map(|row| row.get(0)).collect();
                        if seen != expected {
                            let (seen, expected) = (seen.len(), expected.len());
                            found.push(format!("{who}: saw {seen} rows, not those {expected}"));
                        }
                    }
                }
                let apart = !expected.is_empty() && expected.len() < all.len();
                let tried = (relation.clone(), cell.scope.to_owned());
                *told_apart.entry(tried).or_default() += u32::from(apart);
                // The columns do not depend on the setting.
                if number == 0 {
                    found.extend(
                        wrong_columns(&admin, &login, relation, &person, &cell)
                            .await
                            .into_iter()
                            .map(|wrong| format!("{who}: {wrong}")),
                    );
                }
            }
        }
    }
    set_visibility(&admin, SETTINGS[0]).await;
    for ((relation, scope), times) in told_apart {
        if !["all", "counted"].contains(&scope.as_str()) && times < 2 {
            found.push(format!(
                "{relation}: nobody tells {scope} from all and nothing"
            ));
        }
    }
    found
}

/// Columns that can be read and should not, or the other way round.
async fn wrong_columns(
    admin: &Client,
    login: &Client,
    relation: &str,
    person: &Person,
    cell: &Cell<'_>,
) -> Vec<String> {
    let mut wrong = Vec::new();
    let star = person
        .identity
        .query(login, &format!("select * from {relation} limit 1"))
        .await;
    let Some(granted) = &cell.columns else {
        if star.is_err() {
            wrong.push(format!("cannot select *: {}", sqlstate(&star)));
        }
        return wrong;
    };
    if sqlstate(&star) != "42501" {
        wrong.push("select * is not refused".to_owned());
    }
    for column in columns(admin, relation).await {
        // Reading, filtering, sorting and counting need the same right.
        for statement in [
            format!("select {column} from {relation}"),
            format!("select 1 from {relation} where {column} is null"),
            format!("select 1 from {relation} order by {column}"),
            format!("select count({column}) from {relation}"),
        ] {
            let answer = person.identity.query(login, &statement).await;
            let expected = if granted.contains(&column.as_str()) {
                ""
            } else {
                "42501"
            };
            if sqlstate(&answer) != expected {
                wrong.push(format!("{statement} answers '{}'", sqlstate(&answer)));
            }
        }
    }
    wrong
}

#[tokio::test]
async fn every_relation_and_every_role_stands_in_the_matrix() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let roles = reachable_roles(&admin).await;
    let none: [String; 0] = [];
    assert_eq!(matrix().gaps(&relations(&admin).await, &roles), none);

    execute(&admin, "create table analytics.tomorrow (id integer)").await;
    execute(&admin, "create view public.later as select 1 as one").await;
    assert_eq!(
        matrix().gaps(&relations(&admin).await, &roles),
        [
            "matrix.txt [read] has no line for analytics.tomorrow",
            "matrix.txt [read] has no line for public.later"
        ]
    );
}

#[tokio::test]
async fn everybody_reads_exactly_what_the_matrix_says() {
    let database = desk().await;
    // what only a server writes, and no other test wants to find
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "insert into auth.one_time_tokens (token_hash, account_id, kind, expires_at)
         select sha256('a link'), min(id::text)::uuid, 'recovery', now() from auth.accounts;
         insert into auth.api_keys (name, key_hash, role) values ('export', sha256('a key'), 'desk_service');
         insert into ops.outbox (recipient, subject, body) values ('ann@example.com', 'A link', 'http://…')",
    )
    .await;
    let found = disagreements(&database, |_| true).await;
    assert!(found.is_empty(), "{}", found.join("\n"));
}

#[tokio::test]
async fn the_matrix_notices_every_kind_of_hole() {
    for (hole, relation, noticed) in [
        (
            "create policy oops on public.payments for select to desk_client using (true)",
            "public.payments",
            "public.payments as desk_client",
        ),
        (
            "alter table public.clients disable row level security",
            "public.clients",
            "public.clients as desk_client",
        ),
        (
            "grant select on public.team_members to desk_client",
            "public.team_members",
            "select * is not refused",
        ),
        (
            "grant select (email) on public.team_members to desk_client",
            "public.team_members",
            "select email from public.team_members answers ''",
        ),
        // row-level security hides every row, but the right should not be there
        (
            "grant usage on schema ops to desk_agent; grant select on ops.settings to desk_agent",
            "ops.settings",
            "ops.settings as desk_agent",
        ),
        (
            "alter policy select_visible on public.ticket_messages using (true)",
            "public.ticket_messages",
            "public.ticket_messages as desk_agent",
        ),
        (
            "alter policy select_own on public.ticket_messages using (
                exists (select from public.tickets as t where t.id = ticket_id)
            )",
            "public.ticket_messages",
            "public.ticket_messages as desk_client",
        ),
        (
            "drop policy select_collaborating on public.tickets",
            "public.tickets",
            "public.tickets as desk_agent",
        ),
        (
            "alter view analytics.ticket_facts set (security_invoker = false)",
            "analytics.ticket_facts",
            "analytics.ticket_facts as desk_agent",
        ),
    ] {
        let database = desk().await;
        execute(&database.connect("postgres").await, hole).await;
        let found = disagreements(&database, |name| name == relation).await;
        assert!(
            found.iter().any(|one| one.contains(noticed)),
            "{hole}: {found:?}"
        );
    }
}
