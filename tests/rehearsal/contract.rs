//! What the API gains, loses or changes.

use super::Yard;

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
        ("grant insert on yard.notes to READER", &["+ POST /notes: offered"]),
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
            ],
        ),
        ("revoke execute on function yard.found(text, integer) from public", &["- /rpc/found: offered (BREAKING)"]),
        (
            "grant select on yard.ratings to READER",
            &["+ GET /notes embed ratings by ratings_note_id_fkey: rows",
            "+ GET /loud embed ratings by ratings_note_id_fkey: rows", "+ GET /ratings: offered"],
        ),
        ("comment on table yard.notes is 'words'", &[]),
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
