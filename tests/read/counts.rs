//! `Prefer: count=planned` and `count=estimated`.

use serde_json::json;
use tokio::sync::OnceCell;

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

/// What the planner expects is known: statistics are of 1000 rows, of which ten have each number; then more
/// come, of which they know nothing.
const SCRIPT: &str = "
create table api.many (id int primary key, number int, kind int, note text);
insert into api.many select n, n % 100, n % 2, 'note' from generate_series(1, 1000) n;
create table api.kind (id int primary key, name text);
insert into api.kind values (0, 'even'), (1, 'odd');
alter table api.many add foreign key (kind) references api.kind;
alter table api.many set (autovacuum_enabled = off);
analyze api.many, api.kind;
delete from api.many where number < 50 and id > 100;

create table api.covered (id int primary key, owner text, kind int references api.kind);
insert into api.covered select n, case when n <= 3 then 'ann' else 'bob' end, 0 from generate_series(1, 500) n;
create view api.covered_too with (security_invoker) as select id, owner from api.covered;
analyze api.covered;
alter table api.covered enable row level security;
create policy select_own on api.covered for select to web_user
using (owner = (select current_setting('request.jwt.claims', true)::json ->> 'name'));

create function api.some_of(above int) returns setof api.many stable language sql
as $$ select * from api.many where id > above $$;
create sequence api.calls;
create function api.counted_calls(calls int) returns setof int volatile language sql
as $$ select nextval('api.calls')::int from generate_series(1, calls) $$;
grant usage on sequence api.calls to web_user;
grant select (id, number, kind) on api.many to web_user;
grant select on api.kind, api.covered, api.covered_too to web_user;
grant insert, update, delete on api.kind to web_user;
";

async fn server(max_rows: Option<u64>) -> (&'static Fixture, TestServer) {
    static COUNTED: OnceCell<Fixture> = OnceCell::const_new();
    let fixture = COUNTED.get_or_init(|| Fixture::own_with(SCRIPT)).await;
    let server = fixture
        .serve_with(|config| config.db_max_rows = max_rows)
        .await;
    (fixture, server)
}

/// Status and `Content-Range`; the preference must be announced.
fn range(reply: &Reply, count: &str) -> (u16, String) {
    assert!(reply.status.is_success(), "{}", reply.text());
    assert_eq!(reply.header("preference-applied"), Some(count));
    let range = reply.header("content-range").expect("a range");
    (reply.status.as_u16(), range.to_owned())
}

#[tokio::test]
async fn the_planner_is_asked_with_the_conditions_and_without_the_range() {
    let (fixture, server) = server(None).await;
    let user = fixture.user(json!({}));
    for (url, status, expected) in [
        ("/many?select=id", 206, "0-549/1000"),
        ("/many?select=id&number=eq.70", 200, "0-9/10"),
        ("/many?select=id&number=eq.70&limit=3", 206, "0-2/10"),
        (
            "/many?select=id&number=eq.70&limit=3&offset=2",
            206,
            "2-4/10",
        ),
        // of these the statistics do not know that they are gone
        ("/many?select=id&number=eq.10", 206, "0-0/10"),
        ("/many?select=id&limit=0", 206, "*/1000"),
        // twice the same statement with other values: each is planned for its own
        ("/many?select=id&id=gt.900", 206, "0-49/100"),
        ("/many?select=id&id=gt.990", 206, "0-8/10"),
        // joins that decide are asked, others are not
        (
            "/many?select=id,kind!inner(name)&kind.id=eq.0&limit=1",
            206,
            "0-0/500",
        ),
        (
            "/many?select=id,kind(name)&kind.id=eq.0&limit=1",
            206,
            "0-0/1000",
        ),
        ("/kind?select=id&order=id&limit=1", 206, "0-0/2"),
    ] {
        for _ in 0..2 {
            let call = server
                .get(url)
                .token(&user)
                .header("prefer", "count=planned");
            let got = range(&call.send().await, "count=planned");
            assert_eq!(got, (status, expected.to_owned()), "{url}");
        }
        let call = server
            .head(url)
            .token(&user)
            .header("prefer", "count=planned");
        let reply = call.send().await;
        assert_eq!(
            range(&reply, "count=planned"),
            (status, expected.to_owned()),
            "{url}"
        );
        assert!(reply.body.is_empty(), "{url}");
    }
    let behind = server
        .get("/many?select=id&number=eq.70&offset=11")
        .token(&user);
    let behind = behind.header("prefer", "count=planned").send().await;
    behind.refused(416, "PGRST103");
    assert_eq!(behind.header("content-range"), Some("*/10"));
}

#[tokio::test]
async fn an_estimate_is_exact_up_to_the_most_rows() {
    for (max_rows, url, status, expected) in [
        (Some(20), "/many?select=id&number=eq.10", 200, "0-0/1"),
        (Some(20), "/many?select=id&number=eq.70", 200, "0-9/10"),
        (Some(10), "/many?select=id&number=eq.70", 200, "0-9/10"),
        (Some(2), "/many?select=id&number=eq.70", 206, "0-1/10"),
        (Some(20), "/many?select=id", 206, "0-19/1000"),
        // at least one more than was counted, even if the planner expects less
        (Some(1), "/kind?select=id&name=like.*", 206, "0-0/2"),
        // without a limit whichever is more
        (None, "/many?select=id&limit=5", 206, "0-4/1000"),
        (None, "/many?select=id&number=in.(70,71)", 200, "0-19/20"),
    ] {
        let (fixture, server) = server(max_rows).await;
        let user = fixture.user(json!({}));
        for call in [server.get(url), server.head(url)] {
            let call = call.token(&user).header("prefer", "count=estimated");
            let got = range(&call.send().await, "count=estimated");
            assert_eq!(got, (status, expected.to_owned()), "{max_rows:?} {url}");
        }
    }
}

/// Statistics are of all rows: a guess would tell what is among the hidden ones.
#[tokio::test]
async fn where_policies_hide_rows_the_total_is_counted() {
    let (fixture, server) = server(Some(2)).await;
    let ann = fixture.user(json!({"name": "ann"}));
    for (url, expected) in [
        ("/covered?select=id", "0-1/3"),
        ("/covered?select=id&owner=eq.bob", "*/0"),
        ("/covered?select=id&id=gt.400", "*/0"),
        ("/covered_too?select=id&owner=eq.bob", "*/0"),
        (
            "/kind?select=id,covered!inner()&covered.owner=eq.bob",
            "*/0",
        ),
        (
            "/kind?select=id,covered()&covered=not.is.null&covered.id=gt.400",
            "*/0",
        ),
    ] {
        for count in ["count=planned", "count=estimated"] {
            let call = server.get(url).token(&ann).header("prefer", count);
            assert_eq!(
                range(&call.send().await, count).1,
                expected,
                "{count} {url}"
            );
        }
    }
}

#[tokio::test]
async fn the_total_of_a_function_is_counted() {
    let (fixture, server) = server(None).await;
    let admin = fixture.admin().await;
    let grant = format!("grant select on api.many to {}", fixture.role("stranger"));
    execute(&admin, &grant).await;
    let stranger = crate::harness::server::token(&fixture.role("stranger"), json!({}));
    // The planner knows nothing of them, and is not asked.
    for (count, total) in [
        ("count=planned", (200, "0-4/*".to_owned())),
        ("count=estimated", (206, "0-4/50".to_owned())),
        ("count=exact", (206, "0-4/50".to_owned())),
    ] {
        let call = server.get("/rpc/some_of?above=900&select=id&limit=5");
        let call = call.token(&stranger).header("prefer", count);
        assert_eq!(range(&call.send().await, count), total);
    }
    // once, although it is counted and paged
    let user = fixture.user(json!({}));
    let call = server.post("/rpc/counted_calls?limit=1").token(&user);
    let call = call
        .json(&json!({"calls": 3}))
        .header("prefer", "count=estimated");
    assert_eq!(
        range(&call.send().await, "count=estimated"),
        (206, "0-0/3".to_owned())
    );
    let calls = admin
        .query_one("select last_value from api.calls", &[])
        .await;
    assert_eq!(calls.unwrap().get::<_, i64>(0), 3);
}

#[tokio::test]
async fn to_ask_the_planner_takes_the_rights_to_read() {
    let (fixture, server) = server(None).await;
    let user = fixture.user(json!({}));
    for count in ["count=planned", "count=estimated"] {
        let column = server.head("/many?select=id&note=eq.note").token(&user);
        let refused = column.header("prefer", count).send().await;
        assert_eq!(refused.status, 403, "{count}");
        let table = server.get("/kind").header("prefer", count).send().await;
        table.refused(401, "42501");
        let syntax = server.get("/many?select=id&id=eq.x").token(&user);
        syntax
            .header("prefer", count)
            .send()
            .await
            .refused(400, "22P02");
    }
}

/// What changes is known.
#[tokio::test]
async fn a_change_says_how_many_rows_it_changed_unless_a_guess_was_asked_for() {
    let (fixture, server) = server(None).await;
    let user = fixture.user(json!({}));
    for (count, expected) in [("planned", "0-0/*"), ("estimated", "0-0/1")] {
        let count = format!("count={count}");
        let call = server.call("PATCH", "/kind?id=eq.0").token(&user);
        let reply = call
            .json(&json!({"name": "even"}))
            .header("prefer", &count)
            .send()
            .await;
        assert_eq!(range(&reply, &count), (204, expected.to_owned()));
    }
}
