//! An `If-Match` that cannot be met here, and what a refusal leaves behind.

use serde_json::json;

use super::{Desk, is_outdated};
use crate::harness::desk::execute;

#[tokio::test]
async fn what_cannot_be_met_says_what_to_do() {
    let desk = Desk::new().await;
    let tag = desk.tag(1).await;
    for (method, url, matching, hint) in [
        ("PATCH", "/memo?id=eq.1", "unquoted", "in quotes"),
        ("PATCH", "/memo?id=eq.1", "", "in quotes"),
        ("DELETE", "/memo?id=eq.1", "\"a\" \"b\"", "in quotes"),
        ("PATCH", "/reply?id=eq.1", "\"a\"", "a column version"),
        ("DELETE", "/reply?id=eq.1", "*", "a column version"),
        ("POST", "/memo", "\"a\"", "PUT or PATCH"),
        ("POST", "/memo", "*", "PUT or PATCH"),
        ("PATCH", "/memo?id=in.(1,2)", &tag, "Filter by a key"),
        ("DELETE", "/memo?id=lt.5", &tag, "Filter by a key"),
        ("PATCH", "/memo?id=in.(1,2)", "\"older\"", "Filter by a key"),
    ] {
        let call = desk.call(method, url).header("if-match", matching);
        let reply = call.json(&json!({"id": 9, "body": "mine"})).send().await;
        let error = reply.refused(400, "RD115");
        let told = error["hint"].as_str().unwrap();
        assert!(told.contains(hint), "{method} {url} {matching}: {told}");
        assert_eq!(reply.header("etag"), None);
    }
    let bodies = desk
        .call("GET", "/memo?select=body&order=id")
        .send()
        .await
        .ok();
    let untouched = json!(
        (1..=5)
            .map(|id| json!({"body": format!("note {id}")}))
            .collect::<Vec<_>>()
    );
    assert_eq!(bodies, untouched);
}

#[tokio::test]
async fn functions_and_reads_take_no_notice() {
    let desk = Desk::new().await;
    for url in ["/memo?select=id", "/rpc/answer"] {
        let reply = desk
            .call("GET", url)
            .header("if-match", "\"x\"")
            .send()
            .await;
        assert_eq!(reply.status, 200, "{url}");
    }
}

#[tokio::test]
async fn a_refusal_leaves_no_trace_and_no_key() {
    let desk = Desk::with(|config| {
        config.db_idempotency_table = Some("kept.idempotency_keys".to_owned());
    })
    .await;
    let admin = desk.fixture.admin().await;
    let login = desk.fixture.role("authenticator");
    execute(
        &admin,
        &format!(
            "create schema kept;
            create table kept.idempotency_keys (
                caller text, key text, request text not null, outcome jsonb, body bytea,
                created_at timestamptz not null default now(), primary key (caller, key));
            grant usage on schema kept to {login};
            grant all on kept.idempotency_keys to {login};
            create table private.tried (at timestamptz default now());
            create function private.note_try() returns trigger language plpgsql security definer as
            $$ begin insert into private.tried default values; return null; end $$;
            create trigger note_try after update on api.memo
            for each statement execute function private.note_try()"
        ),
    )
    .await;
    let old = desk.tag(1).await;
    let send = |tag: &str| {
        let call = desk.patch("/memo?id=eq.1", tag, "mine");
        call.header("idempotency-key", "a-key").send()
    };
    let tried = async || -> i64 {
        let row = admin
            .query_one("select count(*) from private.tried", &[])
            .await;
        row.unwrap().get(0)
    };
    is_outdated(&send("\"older\"").await);
    assert_eq!(tried().await, 0, "the statement's own traces are gone, too");
    // The key is free: with the right tag it is the first that counts.
    assert_eq!(send(&old).await.status, 204);
    // Sent again it has happened, though the version is another now; with another tag it is another request.
    let again = send(&old).await;
    assert_eq!(
        (again.status.as_u16(), again.header("idempotency-replayed")),
        (204, Some("true"))
    );
    send(&desk.tag(1).await).await.refused(422, "RD112");
    assert_eq!(tried().await, 1);
}
