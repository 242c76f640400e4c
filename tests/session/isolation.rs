//! Nothing of one request reaches the next; both request paths answer the same.

use rowdesk::plan::{self, Limits};
use rowdesk::request::{ApiRequest, RawRequest};
use rowdesk::schema_cache::Catalog;
use rowdesk::sql;
use tokio_postgres::error::SqlState;
use tokio_postgres::types::ToSql;

use crate::harness::desk::execute;
use rowdesk::config::RequestPath;
use serde_json::{Value, json};

use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;

#[tokio::test]
async fn callers_that_share_a_connection_see_only_their_own_rows() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve_with(|config| config.db_pool = 1).await;
    let (ann, bob) = (
        fixture.user(json!({"name": "ann"})),
        fixture.user(json!({"name": "bob"})),
    );
    // Often enough for custom and generic plans.
    for _ in 0..12 {
        let owned = server.get("/owned?select=id&order=id");
        assert_eq!(owned.clone().token(&ann).send().await.ids(), [1, 2]);
        assert_eq!(owned.clone().token(&bob).send().await.ids(), [3]);
        owned.send().await.refused(401, "42501");
        let nobody = fixture.user(json!({}));
        let owned = server.get("/owned?select=id&order=id").token(&nobody);
        assert_eq!(owned.send().await.ids(), [] as [i64; 0]);
    }
}

#[tokio::test]
async fn callers_at_the_same_time_see_only_their_own_rows() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve_with(|config| config.db_pool = 2).await;
    let calls = (0..60).map(|number| {
        let (name, expected) = match number % 3 {
            0 => ("ann", vec![1, 2]),
            1 => ("bob", vec![3]),
            _ => ("eve", vec![]),
        };
        let call = server.get("/owned?select=id&order=id");
        let call = call.token(&fixture.user(json!({ "name": name })));
        (tokio::spawn(call.send()), expected)
    });
    for (call, expected) in calls.collect::<Vec<_>>() {
        assert_eq!(call.await.unwrap().ids(), expected);
    }
}

#[tokio::test]
async fn settings_of_a_request_end_with_it() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve_with(|config| config.db_pool = 1).await;
    let setting = |name: &str| server.get(&format!("/rpc/setting?name={name}"));
    let user = fixture.user(json!({"name": "ann"}));
    let call = setting("timezone")
        .token(&user)
        .header("prefer", "timezone=Asia/Tokyo");
    assert_eq!(call.send().await.ok(), json!("Asia/Tokyo"));
    server
        .post("/rpc/just_fail")
        .token(&user)
        .send()
        .await
        .refused(400, "P0001");
    assert_ne!(setting("timezone").send().await.ok(), json!("Asia/Tokyo"));
    let claims = setting("request.jwt.claims").send().await.ok();
    assert_eq!(
        claims,
        json!(format!("{{\"role\":\"{}\"}}", fixture.role("anon")))
    );
    let cookies = setting("request.cookies")
        .header("cookie", "a=1")
        .send()
        .await;
    assert_eq!(cookies.ok(), json!("{\"a\":\"1\"}"));
    assert_eq!(setting("request.cookies").send().await.ok(), json!("{}"));
}

/// Status, headers but the date, body.
fn whole(reply: &Reply) -> (u16, Vec<(String, String)>, String) {
    let headers = reply.headers.iter().filter(|(name, _)| *name != "date");
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    let headers = headers.map(|(name, value)| (name.to_string(), text(value.as_bytes())));
    (reply.status.as_u16(), headers.collect(), text(&reply.body))
}

#[tokio::test]
async fn every_request_path_answers_the_same() {
    let fixture = Fixture::shared().await;
    let pipelined = fixture.serve().await;
    let naive = fixture
        .serve_with(|config| config.request_path = RequestPath::Naive)
        .await;
    let unprepared = fixture
        .serve_with(|config| config.db_prepared_statements = false)
        .await;
    let user = fixture.user(json!({"name": "ann"}));
    for (method, url, body) in [
        ("GET", "/item?order=id", Value::Null),
        (
            "GET",
            "/item?id=in.(1,2)&select=name,size::text&order=price.desc.nullslast",
            Value::Null,
        ),
        ("GET", "/item?size=eq.small&limit=1&order=id", Value::Null),
        ("GET", "/item?id=eq.x", Value::Null),
        ("GET", "/item?unheard=eq.x", Value::Null),
        ("GET", "/item?offset=100", Value::Null),
        ("HEAD", "/item?limit=2", Value::Null),
        ("GET", "/owned?order=id", Value::Null),
        ("GET", "/hidden", Value::Null),
        ("GET", "/rpc/numbers?most=5&limit=2", Value::Null),
        ("GET", "/rpc/divide?a=1&b=0", Value::Null),
        ("POST", "/rpc/echo", json!({"v": {"a": [null]}})),
        ("POST", "/rpc/refuse", json!({"code": "PT418"})),
        ("POST", "/rpc/touch", json!({})),
        ("POST", "/rpc/sneaky_note", json!({})),
    ] {
        // The first time statements are prepared, afterwards they are pipelined.
        for round in 0..3 {
            let send = |server: &crate::harness::server::TestServer| {
                let call = server.call(method, url).token(&user);
                let call = call.header("prefer", "count=exact");
                if body.is_null() {
                    call
                } else {
                    call.json(&body)
                }
                .send()
            };
            let expected = whole(&send(&naive).await);
            assert_eq!(
                whole(&send(&pipelined).await),
                expected,
                "{method} {url} {round}"
            );
            assert_eq!(
                whole(&send(&unprepared).await),
                expected,
                "{method} {url} {round}"
            );
        }
    }
}

/// The four messages of a transaction are sent without waiting for one another. Had BEGIN failed, the
/// main statement would run by itself, as the login role: it must undo whatever it does.
#[tokio::test]
async fn a_main_statement_outside_its_transaction_does_nothing() {
    let fixture = Fixture::own().await;
    let admin = fixture.database.connect("postgres").await;
    execute(
        &admin,
        &format!(
            "create table public.trace (at timestamptz default now());
             grant insert on public.trace to public;
             create table api.open_box (letter text);
             grant insert on api.open_box to public;
             create function api.leave_trace() returns int volatile language sql
                 as $$ insert into public.trace default values returning 1 $$;
             grant usage on schema api, public to {}",
            fixture.role("authenticator")
        ),
    )
    .await;
    let login = fixture
        .database
        .connect(&fixture.role("authenticator"))
        .await;
    let mut reader = fixture.database.connect("postgres").await;
    let transaction = reader.transaction().await.unwrap();
    let schemas = vec!["api".to_owned()];
    let catalog = Catalog::read(&transaction, &schemas).await.unwrap();
    let cache = catalog.cache().unwrap();
    let limits = Limits {
        schemas,
        legacy_target_names: true,
        aggregates: true,
        ..Limits::default()
    };
    for path in [&["rpc", "leave_trace"][..], &["open_box"]] {
        let segments: Vec<String> = path.iter().map(|it| (*it).to_owned()).collect();
        let request = ApiRequest::parse(&RawRequest {
            method: "POST",
            segments: &segments,
            body: "{}".into(),
            ..RawRequest::default()
        })
        .unwrap();
        let plan = plan::resolve(&request, &cache, &limits).unwrap();
        let main = sql::render(&plan, &fixture.role("user"));
        let params: Vec<&(dyn ToSql + Sync)> = main.params.iter().map(|p| p as _).collect();
        let error = login.query(&main.sql, &params).await.unwrap_err();
        assert_eq!(error.code(), Some(&SqlState::INVALID_TEXT_REPRESENTATION));
    }
    for table in ["public.trace", "api.open_box"] {
        let query = format!("select from {table}");
        let traces = admin.query(&query, &[]).await.unwrap();
        assert!(traces.is_empty(), "{table}");
    }
}
