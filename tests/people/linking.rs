//! For whom an account acts.

use serde_json::json;

use super::{People, script};
use crate::auth::accounts::{ADMIN, AGENT, contact, refresh, session, text};
use crate::harness::desk::execute;

#[tokio::test]
async fn an_admin_links_an_account_to_another_client_or_to_the_team() {
    let people = People::new().await;
    let admin = people.signed_in(ADMIN).await;
    let (email, number) = contact(&people.admin).await;
    people.add_member("second@rowdesk.example", "manager").await;
    let member = people
        .one("select id from team_members where username = 'new'")
        .await;
    let other = number + 1;
    for (target, role) in [
        (json!({ "client": other }), "desk_client"),
        (json!({ "team_member": member }), "desk_manager"),
        (json!({ "client": number }), "desk_client"),
    ] {
        let open = session(&people.server, &email).await;
        let mut body = target.clone();
        body["account"] = json!(email);
        let shown = people.call(&admin, "link_account", body.clone()).await.ok();
        for (end, column) in [("client", "client_id"), ("team_member", "team_member_id")] {
            assert_eq!(
                shown[column],
                target.get(end).cloned().unwrap_or_default(),
                "{shown}"
            );
        }
        refresh(&people.server, text(&open, "refresh_token"))
            .await
            .refused(400, "session_not_found");
        let open = session(&people.server, &email).await;
        assert_eq!(open["user"]["role"], role);
        // again changes nothing
        let before = people.state().await;
        people.call(&admin, "link_account", body).await.ok();
        assert_eq!(people.state().await, before);
    }
    let audited = people.audited().await;
    assert_eq!(
        audited[0],
        json!(["link", { "client_id": number }, { "client_id": other }])
    );
}

#[tokio::test]
async fn a_link_needs_somebody_who_is_there_and_free() {
    let people = People::new().await;
    let admin = people.signed_in(ADMIN).await;
    let (email, _) = contact(&people.admin).await;
    execute(
        &people.admin,
        "update clients set erased_at = now() where id = 7",
    )
    .await;
    let agent = people
        .one(&format!(
            "select id from team_members where email = '{AGENT}'"
        ))
        .await;
    for (body, refusal) in [
        (json!({ "account": email, "client": 9999 }), (404, "PT404")),
        (json!({ "account": email, "client": 7 }), (409, "PT409")),
        (
            json!({ "account": email, "team_member": 9999 }),
            (404, "PT404"),
        ),
        (
            json!({ "account": email, "team_member": agent }),
            (409, "PT409"),
        ),
        (json!({ "account": email }), (400, "23502")),
        (
            json!({ "account": email, "client": 1, "team_member": 1 }),
            (400, "23502"),
        ),
        (json!({ "account": ADMIN, "client": 1 }), (403, "42501")),
        (
            json!({ "account": "nobody@x.example", "client": 1 }),
            (404, "PT404"),
        ),
    ] {
        people.refuses(&admin, "link_account", body, refusal).await;
    }
    let body = json!({ "account": email, "client": 2, "role": "admin" });
    people
        .refuses(
            &script("desk_admin"),
            "link_account",
            body,
            (404, "PGRST202"),
        )
        .await;
}
