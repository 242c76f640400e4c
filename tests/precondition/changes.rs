//! PATCH, DELETE and PUT of one version.

use serde_json::{Value, json};

use super::{COLUMNS, Desk, OBJECT, is_outdated, tag};
use crate::harness::desk::execute;

const FULL: &str = "return=representation";

#[tokio::test]
async fn a_row_of_that_version_is_changed_and_is_another_then() {
    let desk = Desk::new().await;
    let url = format!("/memo?id=eq.1&{COLUMNS}");
    let mut tag_before = desk.tag(1).await;
    assert_eq!(tag_before, "\"2025-01-01T00:00:00Z\"");
    for body in ["one", "two", "three"] {
        let call = desk.patch(&url, &tag_before, body).header("prefer", FULL);
        let reply = call.header("accept", OBJECT).send().await;
        assert_eq!(reply.ok()["body"], body);
        let now = tag(&reply);
        assert_ne!(now, tag_before);
        assert_eq!(now, desk.tag(1).await);
        tag_before = now;
    }
    // Also one of a list, however the list is written.
    let list = format!("W/{tag_before}, \"x\" , {tag_before}");
    let reply = desk.patch("/memo?id=eq.1", &list, "four").send().await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    assert_eq!(desk.body(1).await, "four");
}

#[tokio::test]
async fn a_row_of_another_version_stays_and_is_told() {
    let desk = Desk::new().await;
    let old = desk.outdated(1).await;
    let now = desk.note(1).await;
    let accepts = ["*/*", OBJECT, "text/csv"];
    for (method, prefer) in [
        ("PATCH", FULL),
        ("PATCH", "return=minimal"),
        ("PATCH", "return=headers-only"),
        ("PATCH", "handling=strict,max-affected=1"),
        ("DELETE", FULL),
        ("DELETE", "return=minimal"),
    ] {
        for accept in accepts {
            let call = desk.call(method, &format!("/memo?id=eq.1&{COLUMNS}"));
            let call = call.header("if-match", &old).header("accept", accept);
            let call = call.header("prefer", prefer);
            let reply = call.json(&json!({"body": "mine"})).send().await;
            assert_eq!(
                is_outdated(&reply),
                now.json(),
                "{method} {prefer} {accept}"
            );
            assert_eq!(tag(&reply), tag(&now));
        }
    }
    // A weak tag promises too little, even of what the row is now.
    let weak = format!("W/{}", tag(&now));
    let reply = desk.patch("/memo?id=eq.1", &weak, "mine").send().await;
    is_outdated(&reply);
    assert_eq!(desk.note(1).await.json(), now.json());
}

#[tokio::test]
async fn what_is_told_is_what_the_request_would_show_and_the_caller_may_read() {
    let desk = Desk::new().await;
    let old = desk.outdated(1).await;
    let url = "/memo?id=eq.1&select=body,told:reply(body)";
    let reply = desk.patch(url, &old, "mine").send().await;
    assert_eq!(
        is_outdated(&reply),
        json!({"body": "of another", "told": [{"body": "first"}]})
    );
    assert_eq!(tag(&reply), desk.tag(1).await);
    // Nobody grants the column secret: who asks for nothing to come back is not refused for it.
    let reply = desk.patch("/memo?id=eq.1", &old, "mine").send().await;
    let shown: Vec<_> = is_outdated(&reply)
        .as_object()
        .unwrap()
        .keys()
        .cloned()
        .collect();
    assert_eq!(shown, ["id", "body", "locked", "version"]);
    let reply = desk.patch("/memo?id=eq.1", &old, "mine");
    reply
        .header("prefer", FULL)
        .send()
        .await
        .refused(403, "42501");
}

#[tokio::test]
async fn of_two_at_once_who_read_the_same_one_is_told() {
    let desk = Desk::new().await;
    let read = desk.tag(1).await;
    // Until both stand before it.
    let mut lock = desk.fixture.admin().await;
    let held = lock.transaction().await.unwrap();
    let row = "select 1 from api.memo where id = 1 for update";
    held.query_one(row, &[]).await.unwrap();
    let url = format!("/memo?id=eq.1&{COLUMNS}");
    let both = ["mine", "yours"].map(|body| desk.patch(&url, &read, body).send());
    let release = async {
        desk.fixture.wait_for("wait_event_type = 'Lock'", 2).await;
        held.rollback().await.unwrap();
    };
    let race = async { tokio::join!(futures_util::future::join_all(both), release) };
    let race = tokio::time::timeout(std::time::Duration::from_secs(30), race).await;
    let (replies, ()) = race.expect("both wait for the row");
    let mut statuses: Vec<u16> = replies.iter().map(|it| it.status.as_u16()).collect();
    let winner = if statuses[0] == 204 { "mine" } else { "yours" };
    statuses.sort_unstable();
    assert_eq!(statuses, [204, 412]);
    assert_eq!(desk.body(1).await, winner);
    // The loser is told what the winner wrote while it waited, and can try again with that.
    let loser = replies.iter().find(|it| it.status == 412).unwrap();
    assert_eq!(is_outdated(loser)["body"], winner);
    let again = desk.patch(&url, &tag(loser), "merged").send().await;
    assert_eq!(again.status, 204);
    assert_eq!(desk.body(1).await, "merged");
}

#[tokio::test]
async fn who_reads_and_writes_in_turn_loses_nothing() {
    let desk = Desk::new().await;
    let count = |times: i32| {
        let desk = &desk;
        async move {
            for _ in 0..times {
                loop {
                    let read = desk.call("GET", "/tally?id=eq.1").header("accept", OBJECT);
                    let read = read.send().await;
                    let row = read.ok();
                    let next = |name: &str| json!(row[name].as_i64().unwrap() + 1);
                    let body = json!({"amount": next("amount"), "version": next("version")});
                    let call = desk.call("PATCH", "/tally?id=eq.1");
                    let call = call.header("if-match", &tag(&read)).json(&body);
                    match call.send().await.status.as_u16() {
                        204 => break,
                        412 => {}
                        other => panic!("{other}"),
                    }
                }
            }
        }
    };
    futures_util::future::join_all([count(10), count(10), count(10)]).await;
    let tally = desk.call("GET", "/tally?id=eq.1").send().await.ok();
    assert_eq!(tally, json!([{"id": 1, "amount": 40, "version": 31}]));
}

#[tokio::test]
async fn a_row_that_is_not_there_is_none_as_ever() {
    let desk = Desk::new().await;
    let tag = desk.tag(1).await;
    let reply = desk.patch("/memo?id=eq.99", &tag, "mine").send().await;
    assert_eq!(reply.status, 204);
    let call = desk.patch(&format!("/memo?id=eq.99&{COLUMNS}"), &tag, "mine");
    let call = call.header("prefer", FULL);
    assert_eq!(call.clone().send().await.ok(), json!([]));
    call.header("accept", OBJECT)
        .send()
        .await
        .refused(406, "PGRST116");
}

#[tokio::test]
async fn a_row_of_that_version_that_is_not_the_callers_to_change_is_no_other_version() {
    let desk = Desk::new().await;
    let tag = desk.tag(5).await;
    for (method, matching) in [("PATCH", tag.as_str()), ("PATCH", "*"), ("DELETE", &tag)] {
        let call = desk.call(method, &format!("/memo?id=eq.5&{COLUMNS}"));
        let call = call.header("if-match", matching).header("prefer", FULL);
        let reply = call.json(&json!({"body": "mine"})).send().await;
        assert_eq!(reply.ok(), json!([]), "{method} {matching}");
    }
    let reply = desk
        .patch("/memo?id=eq.5", "\"older\"", "mine")
        .send()
        .await;
    is_outdated(&reply);
    assert_eq!(desk.body(5).await, "note 5");
}

#[tokio::test]
async fn a_star_wants_a_row_of_whatever_version() {
    let desk = Desk::new().await;
    let reply = desk.patch("/memo?id=in.(1,2)", "*", "both").send().await;
    assert_eq!(reply.status, 204);
    assert_eq!(
        (desk.body(1).await, desk.body(2).await),
        (json!("both"), json!("both"))
    );
    for method in ["PATCH", "DELETE", "PUT"] {
        let call = desk.call(method, "/memo?id=eq.99").header("if-match", "*");
        let reply = call.json(&json!({"id": 99, "body": "new"})).send().await;
        assert_eq!(is_outdated(&reply), Value::Null, "{method}");
        assert_eq!(reply.header("etag"), None);
    }
}

#[tokio::test]
async fn a_put_of_one_version_replaces_it_and_makes_none() {
    let desk = Desk::new().await;
    let put = |id: i32, in_body: i32, tag: &str| {
        let call = desk.call("PUT", &format!("/memo?id=eq.{id}&{COLUMNS}"));
        let call = call.header("if-match", tag).header("prefer", FULL);
        call.json(&json!({"id": in_body, "body": "put"})).send()
    };
    let old = desk.outdated(1).await;
    assert_eq!(is_outdated(&put(1, 1, &old).await)["body"], "of another");
    let now = desk.tag(1).await;
    assert_eq!(put(1, 1, &now).await.ok()[0]["body"], "put");
    // The body's row is another than the URL's, whatever the version.
    for tag in [&desk.tag(1).await, &old, "*"] {
        put(1, 2, tag).await.refused(400, "PGRST115");
    }
    assert_eq!(is_outdated(&put(99, 99, &now).await), Value::Null);
    assert_eq!(desk.body(2).await, "note 2");
    let all = desk.call("GET", "/memo?select=id&order=id").send().await;
    assert_eq!(all.ids(), [1, 2, 3, 4, 5]);
}

#[tokio::test]
async fn a_deletion_of_one_version() {
    let desk = Desk::new().await;
    let old = desk.outdated(2).await;
    let delete = |tag: &str| {
        desk.call("DELETE", "/memo?id=eq.2")
            .header("if-match", tag)
            .send()
    };
    is_outdated(&delete(&old).await);
    assert_eq!(delete(&desk.tag(2).await).await.status, 204);
    desk.note(2).await.refused(406, "PGRST116");
}

#[tokio::test]
async fn what_answers_otherwise_is_still_refused() {
    let desk = Desk::with(|config| config.db_aggregates_enabled = true).await;
    let old = desk.outdated(1).await;
    // One group, of no rows.
    let call = desk.patch("/memo?id=eq.1&select=count()", &old, "mine");
    let call = call.header("prefer", FULL).header("accept", OBJECT);
    is_outdated(&call.send().await);
    // Nothing to change is no reason to be silent of it.
    let call = desk.call("PATCH", "/memo?id=eq.1").header("if-match", &old);
    is_outdated(&call.json(&json!({})).send().await);
}

#[tokio::test]
async fn a_view_has_the_versions_of_its_rows() {
    let desk = Desk::new().await;
    let admin = desk.fixture.admin().await;
    let grant = format!(
        "grant update (body) on api.memo_age to {}",
        desk.fixture.role("user")
    );
    execute(&admin, &grant).await;
    let old = desk.outdated(1).await;
    is_outdated(&desk.patch("/memo_age?id=eq.1", &old, "mine").send().await);
    let now = desk.tag(1).await;
    assert_eq!(
        desk.patch("/memo_age?id=eq.1", &now, "mine")
            .send()
            .await
            .status,
        204
    );
}
