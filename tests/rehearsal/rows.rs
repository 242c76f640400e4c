//! Rows that callers gain and lose, against what they really see before and after.

use std::collections::BTreeSet;
use std::fmt::Write as _;

use rowdesk::policies::Caller;
use rowdesk::policies::diff::{Difference, Verb};
use serde_json::{Value, json};
use tokio_postgres::Client;

use super::{Yard, of};
use crate::harness::desk::execute;

/// Rows that a caller gets back from a statement, in a transaction that is rolled back.
async fn really(admin: &mut Client, caller: &Caller, sql: &str) -> BTreeSet<String> {
    let transaction = admin.transaction().await.unwrap();
    caller
        .enter(&transaction, &["yard".to_owned()])
        .await
        .unwrap();
    let rows = transaction.query(sql, &[]).await;
    transaction.rollback().await.unwrap();
    let key = |row: &tokio_postgres::Row| format!("id={}", row.get::<_, i32>(0));
    rows.map(|rows| rows.iter().map(key).collect())
        .unwrap_or_default()
}

const STATEMENTS: [(Verb, &str, &str); 4] = [
    (Verb::Select, "yard.notes", "select id from yard.notes"),
    (
        Verb::Update,
        "yard.notes",
        "update yard.notes set level = level where id > 0 returning id",
    ),
    (
        Verb::Delete,
        "yard.notes",
        "delete from yard.notes where id > 0 returning id",
    ),
    (Verb::Select, "yard.loud", "select id from yard.loud"),
];

/// A policy file that nobody would write, a different one for each number.
fn policies(number: u64) -> String {
    let mut state = number.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1;
    let mut draw = |of: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % u64::try_from(of).unwrap()).unwrap()
    };
    let own = "tenant = (current_setting('request.jwt.claims')::json ->> 'tenant')::integer";
    let conditions = [
        own.to_owned(),
        "true".to_owned(),
        "false".to_owned(),
        "level < 3".to_owned(),
        format!("{own} and level > 2"),
        "id in (select r.note_id from yard.ratings as r where r.stars > 2)".to_owned(),
        "id % 3 = 1 or words is null".to_owned(),
    ];
    let mut text = "alter table yard.notes enable row level security;
        revoke all on yard.notes, yard.loud, yard.ratings from READER;
        grant usage on schema yard to READER; grant select on yard.loud, yard.ratings to READER;
        do $$ declare p record; begin for p in select policyname from pg_policies where schemaname = 'yard' loop
            execute format('drop policy %I on yard.notes', p.policyname); end loop; end $$;\n"
        .to_owned();
    let grants = [
        "select, update, delete",
        "select, update",
        "select",
        "select, delete",
    ];
    let granted = grants[draw(grants.len())];
    let _ = writeln!(text, "grant {granted} on yard.notes to READER;");
    for (name, verb) in [
        ("a", "select"),
        ("b", "select"),
        ("c", "update"),
        ("d", "delete"),
        ("e", "all"),
    ] {
        if draw(3) > 0 {
            let kind = ["", "as restrictive "][usize::from(draw(4) == 0)];
            let condition = &conditions[draw(conditions.len())];
            let _ = writeln!(
                text,
                "create policy {name} on yard.notes {kind}for {verb} to READER using ({condition});"
            );
        }
    }
    if draw(8) == 0 {
        text += "alter table yard.notes disable row level security;\n";
    }
    text
}

fn told(
    difference: &Difference,
    caller: &Caller,
    verb: Verb,
    relation: &str,
) -> (BTreeSet<String>, BTreeSet<String>) {
    let found = difference.rows.iter().find(|one| {
        one.caller == *caller
            && one.verb == verb
            && format!("yard.{}", one.relation.name) == relation
    });
    found
        .and_then(|one| one.keys.as_ref())
        .map_or_else(Default::default, |keys| {
            assert_eq!(keys.gained, keys.gained_first.len());
            assert_eq!(keys.lost, keys.lost_first.len());
            let set = |list: &[String]| list.iter().cloned().collect();
            (set(&keys.gained_first), set(&keys.lost_first))
        })
}

#[tokio::test]
async fn whatever_the_policies_become_the_rows_are_those_that_callers_then_see() {
    let mut yard = Yard::planted().await;
    let mut admin = yard.database.connect("postgres").await;
    let callers = [yard.tenant(1), yard.tenant(2)];
    let mut changes = 0;
    for number in 0..30 {
        let mut before = Vec::new();
        for caller in &callers {
            for (_, _, sql) in STATEMENTS {
                before.push(really(&mut admin, caller, sql).await);
            }
        }
        yard.put("sql/policies/yard.notes.sql", &policies(number));
        let difference = yard.diff().await.unwrap();
        yard.migrate().await;
        let mut before = before.into_iter();
        for caller in &callers {
            for (verb, relation, sql) in STATEMENTS {
                let before = before.next().unwrap();
                let after = really(&mut admin, caller, sql).await;
                let gained = after.difference(&before).cloned().collect();
                let lost = before.difference(&after).cloned().collect();
                let (says_gained, says_lost) = told(&difference, caller, verb, relation);
                assert_eq!(
                    (says_gained, says_lost),
                    (gained, lost),
                    "{number}: {caller}, {sql}\n{}",
                    policies(number)
                );
                changes += usize::from(before != after);
            }
        }
    }
    assert!(changes > 100, "{changes} changes: too few to learn from");
}

#[tokio::test]
async fn a_rehearsal_leaves_the_database_as_it_was() {
    let mut yard = Yard::planted().await;
    let admin = yard.database.connect("postgres").await;
    let state = "select md5(string_agg(t.line, '|' order by t.line)) from (
        select n::text as line from yard.notes as n
        union all select p::text from pg_policies as p
        union all select c.relname || c.relnatts || c.relrowsecurity from pg_class as c where relnamespace = 'yard'::regnamespace
        union all select f::text from public.repeatable_files as f
        union all select h::text from public.refinery_schema_history as h) as t";
    let before: String = admin.query_one(state, &[]).await.unwrap().get(0);
    yard.put(
        "migrations/V002__more.sql",
        "alter table yard.notes add column extra text; delete from yard.notes where id < 100;",
    );
    yard.put(
        "sql/policies/yard.notes.sql",
        &super::NOTES.replace("tenant =", "tenant >="),
    );
    let difference = yard.diff().await.unwrap();
    assert_eq!(
        difference.files,
        ["migrations/V002__more.sql", "sql/policies/yard.notes.sql"]
    );
    // of tenant 1 are 5, 10, …, of which 19 are deleted; of all tenants 301 are left
    assert_eq!(
        of(&difference, "rows of yard.notes", 1),
        json!([80, 301, 240, 19])
    );
    let after: String = admin.query_one(state, &[]).await.unwrap().get(0);
    assert_eq!(before, after);
    assert_eq!(yard.diff().await.unwrap().files.len(), 2, "still pending");
}

#[tokio::test]
async fn a_relation_that_can_no_longer_be_read_loses_all_its_rows() {
    let mut yard = Yard::planted().await;
    yard.put(
        "sql/policies/yard.notes.sql",
        "revoke select on yard.notes from READER;",
    );
    let difference = yard.diff().await.unwrap();
    assert_eq!(
        of(&difference, "rows of yard.notes", 2),
        json!([80, 0, 0, 80])
    );
    // the view reads the table as the caller, who may no longer
    let refused = of(&difference, "rows of yard.loud", 2);
    assert_eq!(refused[0], 80);
    assert!(
        refused[1]["refused"].as_str().unwrap().contains("42501"),
        "{refused}"
    );
    assert_eq!(refused[2], Value::Null);
}

#[tokio::test]
async fn rows_without_a_key_are_told_by_what_the_caller_may_read_of_them() {
    let mut yard = Yard::planted().await;
    yard.put(
        "sql/policies/yard.ratings.sql",
        "grant select (stars) on yard.ratings to READER;",
    );
    yard.migrate().await;
    yard.put(
        "sql/policies/yard.ratings.sql",
        "grant select (stars) on yard.ratings to READER; alter table yard.ratings enable row level security;
        create policy few on yard.ratings for select to READER using (stars > 3);",
    );
    let difference = yard.diff().await.unwrap();
    // 18 of 90 have 4 stars; the others are 4 values, 18 times each
    assert_eq!(
        of(&difference, "rows of yard.ratings", 1),
        json!([90, 18, 0, 72])
    );
    assert!(
        difference
            .to_string()
            .contains("- 72 lost: (1) · (2) · (3) · (0)"),
        "{difference}"
    );
}

#[tokio::test]
async fn what_cannot_be_counted_hides_nothing_else_and_is_told() {
    let mut yard = Yard::planted().await;
    let file = "create schema if not exists private;
        create or replace function private.may(integer) returns boolean language sql stable as 'select $1 > 3';
        alter table yard.notes enable row level security; revoke all on yard.notes from READER;
        grant usage on schema yard to READER;
        grant select (id), update (words), delete on yard.notes to READER;
        drop policy if exists select_own on yard.notes; drop policy if exists change on yard.notes;
        drop policy if exists remove on yard.notes;
        create policy select_own on yard.notes for select to READER using (true);
        create policy remove on yard.notes for delete to READER using (id > 300);
        create policy change on yard.notes for update to READER using (private.may(level));";
    yard.put("sql/policies/yard.notes.sql", file);
    yard.migrate().await;
    yard.put(
        "sql/policies/yard.notes.sql",
        &file
            .replace("(id > 300)", "(id > 310)")
            .replace("$1 > 3", "true"),
    );
    let difference = yard.diff().await.unwrap();
    assert_eq!(of(&difference, "rows of yard.notes", 1), Value::Null);
    assert_eq!(
        of(&difference, "deletable rows of yard.notes", 1),
        json!([100, 90, 0, 10])
    );
    let told = difference.to_string();
    let line = "updatable rows of yard.notes for";
    assert!(
        told.contains("Not compared") && told.contains(line),
        "{told}"
    );
    assert!(
        told.contains("permission denied for schema private"),
        "{told}"
    );
    assert!(
        difference
            .unannounced()
            .iter()
            .any(|one| one.starts_with(line))
    );
}

#[tokio::test]
async fn a_key_of_odd_collations_and_names_tells_rows_apart() {
    let mut yard = Yard::planted().await;
    let table = r#"create table yard."od'd" ("a.b" text collate "C", b text collate "POSIX", primary key ("a.b", b));
        insert into yard."od'd" select n::text, 'x' from generate_series(1, 30) as n;
        grant select on yard."od'd" to READER"#;
    yard.put("migrations/V002__odd.sql", table);
    yard.migrate().await;
    yard.put(
        "migrations/V003__fewer.sql",
        r#"delete from yard."od'd" where "a.b"::integer > 28"#,
    );
    let difference = yard.diff().await.unwrap();
    assert_eq!(
        of(&difference, "rows of yard.od'd", 1),
        json!([30, 28, 0, 2])
    );
    assert!(
        difference
            .to_string()
            .contains("- 2 lost: a.b=29, b=x · a.b=30, b=x"),
        "{difference}"
    );
}

#[tokio::test]
async fn another_column_or_no_key_makes_no_other_row() {
    let mut yard = Yard::planted().await;
    yard.put(
        "sql/policies/yard.ratings.sql",
        "grant select on yard.ratings to READER;",
    );
    yard.migrate().await;
    yard.put(
        "migrations/V002__shape.sql",
        "alter table yard.ratings add column words text default 'new';
        alter table yard.ratings drop constraint ratings_note_id_fkey;
        alter table yard.notes drop constraint notes_pkey;",
    );
    let difference = yard.diff().await.unwrap();
    assert!(difference.rows.is_empty(), "{difference}");
}

#[tokio::test]
async fn a_function_finds_what_it_finds_in_a_request() {
    let mut yard = Yard::planted().await;
    let members =
        "create table public.members (tenant integer); insert into public.members values (1);
        create function public.known(integer) returns boolean language sql stable
        as 'select exists (select from members where tenant = $1)';
        grant select on public.members to READER;";
    yard.put("migrations/V002__members.sql", members);
    yard.put(
        "sql/policies/yard.notes.sql",
        &super::NOTES.replace("tenant =", "public.known(tenant) and tenant ="),
    );
    yard.migrate().await;
    yard.put(
        "migrations/V003__more.sql",
        "insert into public.members values (2)",
    );
    let difference = yard.diff().await.unwrap();
    assert_eq!(
        of(&difference, "rows of yard.notes", 2),
        json!([0, 80, 80, 0])
    );
    assert_eq!(of(&difference, "rows of yard.notes", 1), Value::Null);
}

#[tokio::test]
async fn an_answer_that_begins_to_fail_is_told() {
    let mut yard = Yard::planted().await;
    yard.put(
        "sql/policies/yard.notes.sql",
        &super::NOTES.replace("tenant =", "1 / (tenant - 1) >= 0 and tenant ="),
    );
    let difference = yard.diff().await.unwrap();
    let refused = of(&difference, "rows of yard.notes", 1);
    assert!(
        refused[1]["refused"]
            .as_str()
            .unwrap()
            .contains("division by zero"),
        "{refused}"
    );
}

#[tokio::test]
async fn a_file_that_fails_is_named_with_its_line_and_leaves_nothing() {
    let mut yard = Yard::planted().await;
    yard.put(
        "migrations/V002__wrong.sql",
        "alter table yard.notes add column extra text;\n\nselect 1 / 0;",
    );
    let error = yard.diff().await.unwrap_err().to_string();
    assert!(
        error.starts_with("migrations/V002__wrong.sql:3: division by zero (22012)"),
        "{error}"
    );
}

#[tokio::test]
async fn a_lock_that_others_hold_ends_the_rehearsal_instead_of_a_queue_behind_it() {
    let mut yard = Yard::planted().await;
    let reader = yard.database.connect("postgres").await;
    execute(&reader, "begin; lock table yard.notes in access share mode").await;
    yard.put(
        "sql/policies/yard.notes.sql",
        &super::NOTES.replace("tenant =", "tenant >="),
    );
    let output = yard.rowdesk(&["policies", "diff", "--lock-timeout", "200ms"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("55P03") && said.contains("sql/policies/yard.notes.sql:"),
        "{said}"
    );
    assert!(said.contains("--lock-timeout"), "{said}");
    execute(&reader, "rollback").await;
}

#[tokio::test]
async fn callers_that_no_policy_binds_are_refused() {
    let yard = Yard::planted().await;
    for (role, words) in [
        ("postgres", "is a superuser"),
        ("nobody_at_all", "there is no role \"nobody_at_all\""),
    ] {
        let output = yard.rowdesk(&["policies", "diff", "--as", role]);
        let said = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(1), "{said}");
        assert!(said.contains(words), "{said}");
    }
    let output = yard.rowdesk(&["policies", "diff", "--as", "reader {tenant}"]);
    let said = String::from_utf8(output.stderr).unwrap();
    assert!(
        said.contains("expected a role and, if it has any, its claims as JSON"),
        "{said}"
    );
}
