//! Writes as questions: what a refusal, a count or a conflict tells about rows one does not see.

use serde_json::json;

use super::Attack;
use crate::harness::desk::client;

/// A filter needs the right to read its column, in a write as in a read.
#[tokio::test]
async fn a_write_filters_by_no_column_that_is_hidden() {
    let attack = Attack::new().await;
    for (method, filter) in [
        ("PATCH", "email=like.secret*"),
        ("PATCH", "id=eq.1&metadata->>pay=eq.secret"),
        ("DELETE", "email=not.is.null"),
    ] {
        let url = format!("/team_members?{}", filter.replace('>', "%3E"));
        let body = json!({ "status": "active" });
        attack
            .refused((method, &url), &client(1), &body, (403, "42501"))
            .await;
    }
}

/// How many rows were reached, and which: only the caller's.
#[tokio::test]
async fn counts_of_a_write_are_counts_of_what_one_sees() {
    let attack = Attack::new().await;
    let own = "select count(*) from public.client_contacts where client_id = 1";
    let own: i64 = attack.admin.query_one(own, &[]).await.unwrap().get(0);
    let call = attack
        .server
        .call("PATCH", "/client_contacts?id=gt.0")
        .token(&client(1));
    let call = call
        .header("prefer", "count=exact, tx=rollback")
        .header("prefer", "return=representation");
    let reply = call
        .json(&json!({ "preferred_language": "fr" }))
        .send()
        .await;
    let range = reply.reveals_nothing().header("content-range").unwrap();
    assert!(range.ends_with(&format!("/{own}")), "{range}");
    let call = attack
        .server
        .call("PATCH", "/client_contacts?id=gt.0")
        .token(&client(1));
    let call = call.header("prefer", "handling=strict, max-affected=0, tx=rollback");
    let error = call
        .json(&json!({ "preferred_language": "fr" }))
        .send()
        .await;
    let details = error.reveals_nothing().refused(400, "PGRST124")["details"].to_string();
    assert!(
        details.contains(&format!("affects {own} rows")),
        "{details}"
    );
    attack.assert_unchanged("counts").await;
}

/// What comes back from a write is what a read would show.
#[tokio::test]
async fn a_write_returns_no_hidden_column() {
    let attack = Attack::new().await;
    for select in ["*", "id,client_id", "id,message_text,is_internal"] {
        let url = format!("/ticket_messages?select={select}");
        let body = json!({ "ticket_id": 8_000_011, "message_text": "Hello" });
        let call = attack.server.post(&url).token(&client(1)).json(&body);
        let reply = call
            .header("prefer", "return=representation, tx=rollback")
            .send()
            .await;
        reply.reveals_nothing();
        assert!(
            reply.status == 201 || reply.status == 400,
            "{}",
            reply.text()
        );
    }
    attack.assert_unchanged("returning").await;
}

/// An error of the database never quotes the row that it is about.
#[tokio::test]
async fn refusals_quote_nobodys_row() {
    let attack = Attack::new().await;
    let agent = crate::harness::server::token("desk_manager", json!({ "team_member_id": 3 }));
    for (url, body, status, code) in [
        (
            "/tickets?id=eq.8000012",
            json!({ "title": null }),
            400,
            "23502",
        ),
        (
            "/tickets?id=eq.8000012",
            json!({ "source_channel": "fax" }),
            400,
            "23514",
        ),
        (
            "/clients?id=eq.2",
            json!({ "plan_type": "gold" }),
            400,
            "23514",
        ),
        ("/clients?id=eq.2", json!({ "email": null }), 400, "23502"),
    ] {
        attack
            .refused(("PATCH", url), &agent, &body, (status, code))
            .await;
    }
}
