//! A filter on the version says the same as `If-Match`.

use serde_json::json;

use super::{Desk, is_outdated, tag};

#[tokio::test]
async fn a_condition_on_the_version_refuses_another() {
    let desk = Desk::new().await;
    let old = desk.note(1).await.ok()["version"].clone();
    let old = old.as_str().unwrap().replace('+', "%2B");
    desk.outdated(1).await;
    let now = desk.note(1).await;
    for method in ["PATCH", "DELETE"] {
        let call = desk.call(method, &format!("/memo?id=eq.1&version=eq.{old}"));
        let reply = call.json(&json!({"body": "mine"})).send().await;
        let told = is_outdated(&reply);
        assert_eq!(
            (&told["body"], tag(&reply)),
            (&json!("of another"), tag(&now))
        );
    }
    let version = now.ok()["version"].as_str().unwrap().replace('+', "%2B");
    let call = desk.call("PATCH", &format!("/memo?id=eq.1&version=eq.{version}"));
    let reply = call.json(&json!({"body": "mine"})).send().await;
    assert_eq!(reply.status, 204, "{}", reply.text());
    assert_eq!(desk.body(1).await, "mine");
}

#[tokio::test]
async fn a_condition_that_is_not_about_one_row_or_one_version_is_a_filter() {
    let desk = Desk::new().await;
    for url in [
        // several rows, and none
        "/memo?id=in.(1,2)&version=eq.2020-01-01",
        "/memo?id=eq.99&version=eq.2020-01-01",
        "/memo?version=eq.2020-01-01",
        "/memo?id=eq.1&version=gt.2099-01-01",
        "/memo?id=eq.1&or=(version.eq.2020-01-01)",
    ] {
        let reply = desk.call("PATCH", url).json(&json!({"body": "mine"}));
        let reply = reply.send().await;
        assert_eq!(reply.status, 204, "{url}: {}", reply.text());
    }
    assert_eq!(desk.body(1).await, "note 1");
}

#[tokio::test]
async fn a_condition_and_a_tag_must_both_hold() {
    let desk = Desk::new().await;
    let tag = desk.tag(1).await;
    let url = "/memo?id=eq.1&version=eq.";
    for (version, matching) in [
        ("2025-01-01", "\"x\""),
        ("2020-01-01", tag.as_str()),
        ("2020-01-01", "*"),
    ] {
        let url = format!("{url}{version}");
        is_outdated(&desk.patch(&url, matching, "mine").send().await);
    }
    let url = format!("{url}2025-01-01");
    assert_eq!(desk.patch(&url, &tag, "mine").send().await.status, 204);
}
