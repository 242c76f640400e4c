//! What the API gains, loses or changes.

use super::Yard;
use crate::harness::desk::execute;
use crate::process::program::text;

/// What the rehearsal says of the API, without the role's name.
async fn api(yard: &Yard) -> Vec<String> {
    let difference = yard.diff().await.unwrap();
    let role = format!("for {}", yard.role());
    difference
        .api
        .iter()
        .map(|one| {
            one.to_string()
                .replace(&role, "")
                .replace(" ()", "")
                .replace("(, ", "(")
        })
        .collect()
}

/// What is done, and what is said of it.
const CASES: &[(&str, &[&str])] = &[
        ("alter table yard.notes add column extra text", &["+ GET /notes column extra: text, may be null", "+ PATCH /notes column extra: text, may be null", "+ /rpc/found result column extra: text, may be null"]),
        ("drop view yard.loud", &["- GET /loud: offered (BREAKING)"]),
        ("revoke delete on yard.notes from READER", &["- DELETE /notes: offered (BREAKING)"]),
        (
            "revoke select on yard.notes from READER; grant select (id, tenant, level) on yard.notes to READER",
            &["- GET /notes column words: text, may be null (BREAKING)"],
        ),
        ("grant insert on yard.notes to READER", &["+ POST /notes: offered", "+ PUT /notes: offered"]),
        (
            "alter table yard.notes alter column level type bigint",
            &[
                "~ GET /notes column level: integer → bigint (BREAKING)",
                "~ PATCH /notes column level: integer → bigint (BREAKING)",
                "~ /rpc/found result column level: integer, may be null → bigint, may be null (BREAKING)",
            ],
        ),
        (
            "alter table yard.notes alter column level drop not null",
            &[
                "~ GET /notes column level: integer → integer, may be null (BREAKING)",
                "~ PATCH /notes column level: integer → integer, may be null",
            ],
        ),
        (
            "drop function yard.found(text, integer); create function yard.found(words text, more boolean, most integer default 10)
            returns setof yard.notes language sql stable as 'select * from yard.notes'",
            &["+ /rpc/found argument more: boolean, required, may be null (BREAKING)"],
        ),
        (
            "drop function yard.found(text, integer); create function yard.found(words text default '', most bigint default 10, fewest integer default 1)
            returns integer language sql volatile as 'select 1'",
            &[
                "+ /rpc/found argument fewest: integer, may be null",
                "~ /rpc/found argument most: integer, may be null → bigint, may be null (BREAKING)",
                "~ /rpc/found argument words: text, required, may be null → text, may be null",
                "- /rpc/found by GET: offered (BREAKING)",
                "~ /rpc/found result: setof row, may be null → integer, may be null (BREAKING)",
                "- /rpc/found result column id: integer, may be null (BREAKING)",
                "- /rpc/found result column level: integer, may be null (BREAKING)",
                "- /rpc/found result column tenant: integer, may be null (BREAKING)",
                "- /rpc/found result column words: text, may be null (BREAKING)",
            ],
        ),
        (
            "create function yard.found(number integer) returns setof yard.notes language sql stable as 'select * from yard.notes'",
            &[
                "+ /rpc/found argument number: integer, may be null",
                "~ /rpc/found argument words: text, required, may be null → text, may be null",
                "+ /rpc/found overload (number): offered",
                "+ /rpc/found overload (words, most?): offered",
            ],
        ),
        ("revoke execute on function yard.found(text, integer) from public", &["- /rpc/found: offered (BREAKING)"]),
        (
            "grant select on yard.ratings to READER",
            &["+ GET /notes embed ratings by ratings_note_id_fkey, rows: offered",
            "+ GET /notes embed ratings: in 1 way(s)",
            "+ GET /loud embed ratings by ratings_note_id_fkey, rows: offered",
            "+ GET /loud embed ratings: in 1 way(s)", "+ GET /ratings: offered"],
        ),
        ("comment on table yard.notes is 'words'", &[]),
    (
        "revoke usage on schema yard from READER",
        &[
            "- /rpc/found: offered (BREAKING)",
            "- DELETE /notes: offered (BREAKING)",
            "- GET /loud: offered (BREAKING)",
            "- GET /notes: offered (BREAKING)",
            "- PATCH /notes: offered (BREAKING)",
        ],
    ),
    (
        "grant insert on yard.notes to READER; create function yard.loudly(yard.notes) returns text
        language sql stable as 'select upper($1.words)'",
        &[
            "+ GET /notes computed column loudly: offered",
            "+ POST /notes: offered",
            "+ PUT /notes: offered",
        ],
    ),
    (
        "create type yard.mood as enum ('glad', 'sad'); alter table yard.notes add column moods yard.mood[], add column price numeric(10, 2)",
        &[
            "+ /rpc/found result column moods: yard.mood (glad, sad)[], may be null",
            "+ /rpc/found result column price: numeric, may be null",
            "+ GET /notes column moods: yard.mood (glad, sad)[], may be null",
            "+ GET /notes column price: numeric(10,2), may be null",
            "+ PATCH /notes column moods: yard.mood (glad, sad)[], may be null",
            "+ PATCH /notes column price: numeric(10,2), may be null",
        ],
    ),
];

#[tokio::test]
async fn every_kind_of_change_is_told_and_whether_it_breaks_programs() {
    for (sql, expected) in CASES {
        let mut yard = Yard::planted().await;
        yard.put("migrations/V002__change.sql", sql);
        let mut expected = expected.to_vec();
        expected.sort_unstable();
        let mut found = api(&yard).await;
        found.sort_unstable();
        assert_eq!(found, expected, "{sql}");
    }
}

#[tokio::test]
async fn a_second_way_between_two_relations_breaks_the_first() {
    let mut yard = Yard::planted().await;
    yard.put(
        "sql/policies/yard.ratings.sql",
        "grant select on yard.ratings to READER;",
    );
    yard.migrate().await;
    yard.put(
        "migrations/V002__second.sql",
        "alter table yard.ratings add column other_id integer references yard.notes",
    );
    let found = api(&yard).await;
    let breaking = "~ GET /notes embed ratings: in 1 way(s) → in 2 way(s) (BREAKING)";
    assert!(found.iter().any(|line| line == breaking), "{found:#?}");
}

#[tokio::test]
async fn a_role_that_comes_goes_or_is_bound_no_more_is_told() {
    for (sql, expected) in [
        (
            "create role NEW_READER; grant NEW_READER to LOGIN; grant usage on schema yard to NEW_READER",
            "+ NEW_READER: requests can have it",
        ),
        (
            "revoke READER from LOGIN",
            "- READER: no request can have it (BREAKING)",
        ),
        (
            "alter role READER bypassrls",
            "~ READER: no policy binds it, it sees all rows",
        ),
    ] {
        let mut yard = Yard::planted().await;
        let (role, login) = (yard.role(), format!("{}_login", yard.database.name()));
        let admin = yard.database.connect("postgres").await;
        execute(
            &admin,
            &format!("create role {login} login; grant {role} to {login}"),
        )
        .await;
        yard.put(
            "migrations/V002__roles.sql",
            &sql.replace("LOGIN", &login)
                .replace("NEW_READER", &format!("{role}_new")),
        );
        let uri = yard.database.uri(&login);
        let output = yard.rowdesk(&["policies", "diff", "--db-uri", &uri]);
        let said = text(&output.stdout);
        let expected = expected
            .replace("NEW_READER", &format!("{role}_new"))
            .replace("READER", &role);
        assert!(
            said.contains(&format!("Roles\n  {expected}")),
            "{said}{}",
            text(&output.stderr)
        );
        assert_eq!(output.status.code(), Some(1));
        execute(&admin, &format!("drop role {login}")).await;
    }
}

#[tokio::test]
async fn a_schema_that_is_not_there_is_no_all_clear() {
    let yard = Yard::planted().await;
    let output = yard.rowdesk_on("yrad", &["policies", "diff"]);
    let said = text(&output.stderr);
    assert!(
        said.contains("there is no schema \"yrad\", neither before nor after: check db-schemas"),
        "{said}"
    );
}
