//! Who may give which column a value, and who takes numbers: the catalog against `matrix.txt`.

use serde_json::json;
use tokio_postgres::Client;

use super::table::{Table, reachable_roles, texts};
use crate::harness::desk::{desk, execute};
use crate::harness::identity::{Identity, sqlstate};

const NOTHING: [&str; 0] = [];

/// Columns of the API that can be written at all, as (its name, its relation, itself, whether this one cannot).
const COLUMNS: &str = "
    select c.oid::regclass || '.' || quote_ident(a.attname), c.oid::regclass::text,
        quote_ident(a.attname), a.attgenerated <> ''
            or c.relkind = 'v' and not pg_column_is_updatable(c.oid, a.attnum, false)
    from pg_class c join pg_attribute a on a.attrelid = c.oid
    where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and pg_relation_is_updatable(c.oid, true) <> 0
    and a.attnum > 0 and not a.attisdropped";

const SEQUENCES: &str = "
    select c.oid::regclass::text from pg_class c join pg_namespace n on n.oid = c.relnamespace
    where c.relkind = 'S' and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'";

fn said(may_insert: bool, may_update: bool) -> &'static str {
    match (may_insert, may_update) {
        (false, false) => "–",
        (true, false) => "i",
        (false, true) => "u",
        (true, true) => "iu",
    }
}

/// Where the rights of the catalog and the table disagree.
async fn disagreements(admin: &Client) -> Vec<String> {
    let table = Table::block("columns");
    let mut found = Vec::new();
    for role in table.roles() {
        let statement = format!(
            "select name, has_column_privilege('{role}', relation, quoted, 'insert'),
                has_column_privilege('{role}', relation, quoted, 'update')
            from ({COLUMNS}) as c (name, relation, quoted, is_computed)"
        );
        for row in admin.query(&statement, &[]).await.unwrap() {
            let (column, may_insert, may_update): (String, bool, bool) =
                (row.get(0), row.get(1), row.get(2));
            let cell = table.cell(&column, role);
            if said(may_insert, may_update) != cell {
                found.push(format!("{column} as {role} should be {cell}"));
            }
        }
    }
    found
}

#[tokio::test]
async fn every_column_is_writable_by_exactly_those_the_table_names() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, "set search_path = ''").await;
    let roles = reachable_roles(&admin).await;
    let gaps = Table::block("columns").gaps(&texts(&admin, COLUMNS).await, &roles);
    assert_eq!(gaps, NOTHING);
    let found = disagreements(&admin).await;
    assert!(found.is_empty(), "{}", found.join("\n"));

    execute(
        &admin,
        "grant insert (created_at) on public.tickets to desk_client;
        grant update on public.payments to desk_agent;
        revoke update (priority) on public.tickets from desk_agent;
        alter table public.tickets add column later integer",
    )
    .await;
    let gaps = Table::block("columns").gaps(&texts(&admin, COLUMNS).await, &roles);
    assert_eq!(
        gaps,
        ["matrix.txt [columns] has no line for public.tickets.later"]
    );
    execute(&admin, "alter table public.tickets drop column later").await;
    let found = disagreements(&admin).await;
    for noticed in [
        "public.tickets.created_at as desk_client should be –",
        "public.payments.amount_usd as desk_manager should be –",
        "public.tickets.priority as desk_admin should be iu",
    ] {
        assert!(found.iter().any(|one| one == noticed), "{found:?}");
    }
}

/// The same by trying: statements that reach no row still need the right.
#[tokio::test]
async fn columns_that_are_not_granted_are_refused() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, "set search_path = ''").await;
    let login = database.connect("desk_authenticator").await;
    let table = Table::block("columns");
    let columns = admin.query(COLUMNS, &[]).await.unwrap();
    for role in ["desk_client", "desk_agent", "desk_manager", "desk_admin"] {
        let somebody = Identity::with(role, json!({ "client_id": 1, "team_member_id": 1 }));
        for row in &columns {
            let (name, relation, column, is_computed): (&str, &str, &str, bool) =
                (row.get(0), row.get(1), row.get(2), row.get(3));
            if is_computed {
                continue;
            }
            let cell = table.cell(name, role);
            for (letter, statement) in [
                (
                    'i',
                    format!("insert into {relation} ({column}) select null where false"),
                ),
                (
                    'u',
                    format!("update {relation} set {column} = default where false"),
                ),
            ] {
                let expected = if cell.contains(letter) { "" } else { "42501" };
                let answer = somebody.write(&login, &statement).await;
                // an identity that is always generated is refused to everybody, before rights are asked for
                if expected == "42501" && sqlstate(&answer) == "428C9" {
                    continue;
                }
                assert_eq!(sqlstate(&answer), expected, "{statement} as {role}");
            }
        }
    }
}

#[tokio::test]
async fn only_those_who_insert_take_numbers() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(&admin, "set search_path = ''").await;
    let table = Table::block("sequences");
    let sequences = texts(&admin, SEQUENCES).await;
    let gaps = table.gaps(&sequences, &reachable_roles(&admin).await);
    assert_eq!(gaps, NOTHING);
    let mut found = Vec::new();
    for role in table.roles() {
        for sequence in &sequences {
            let statement = format!(
                "select has_sequence_privilege('{role}', '{sequence}', 'usage'),
                    has_sequence_privilege('{role}', '{sequence}', 'select, update')"
            );
            let row = admin.query_one(&statement, &[]).await.unwrap();
            let (may_use, may_more): (bool, bool) = (row.get(0), row.get(1));
            let cell = table.cell(sequence, role);
            assert!(["yes", "–"].contains(&cell), "{sequence}: {cell}");
            if may_use != (cell == "yes") || may_more {
                found.push(format!("{sequence} as {role} should be {cell}"));
            }
        }
    }
    assert_eq!(found, NOTHING);
}
