//! Keeping somebody out, at once, and letting them in again.

use serde_json::json;

use super::{People, script};
use crate::auth::accounts::{
    ADMIN, AGENT, MANAGER, PASSWORD, contact, refresh, session, sign_in, text,
};

#[tokio::test]
async fn whoever_is_disabled_is_out_at_once_and_may_come_back() {
    let people = People::new().await;
    let (email, _) = contact(&people.admin).await;
    let open = session(&people.server, &email).await;
    let body = json!({ "email": email });
    people
        .server
        .post("/auth/v1/recover")
        .json(&body)
        .send()
        .await
        .ok();
    let link = people.mailed(&email).await.expect("a link");
    people
        .server
        .post("/auth/v1/recover")
        .json(&body)
        .send()
        .await
        .ok();

    let manager = people.signed_in(MANAGER).await;
    let account = json!({ "account": email });
    let shown = people
        .call(&manager, "disable_account", account.clone())
        .await
        .ok();
    assert_eq!(
        (&shown["status"], &shown["open_sessions"]),
        (&json!("disabled"), &json!(0))
    );
    refresh(&people.server, text(&open, "refresh_token"))
        .await
        .refused(400, "session_not_found");
    sign_in(&people.server, &email, PASSWORD)
        .await
        .refused(400, "user_banned");
    people
        .verify("recovery", &link)
        .await
        .refused(403, "otp_expired");
    assert_eq!(people.mailed(&email).await, None);
    let call = people
        .server
        .get("/auth/v1/user")
        .token(text(&open, "access_token"));
    call.send().await.refused(403, "session_not_found");
    // once more changes nothing
    let before = people.state().await;
    people
        .call(&manager, "disable_account", account.clone())
        .await
        .ok();
    assert_eq!(people.state().await, before);

    let shown = people.call(&manager, "enable_account", account).await.ok();
    assert_eq!(shown["status"], "active");
    refresh(&people.server, text(&open, "refresh_token"))
        .await
        .refused(400, "session_not_found");
    session(&people.server, &email).await;
    assert_eq!(
        people.audited().await,
        json!([
            ["disable", { "status": "active" }, { "status": "disabled" }],
            ["enable", { "status": "disabled" }, { "status": "active" }],
        ])
    );
    let who = people
        .one("select jsonb_agg(distinct jsonb_build_array(role, account_id is not null, team_member_id))
            from ops.audit where relation = 'auth.accounts'")
        .await;
    assert_eq!(who, json!([["desk_manager", true, 10]]));
    assert_eq!(
        people
            .one("select count(*) from ops.audit where details::text ~ '@'")
            .await,
        0
    );
}

#[tokio::test]
async fn managers_keep_out_clients_only_and_nobody_themselves() {
    let people = People::new().await;
    let manager = people.signed_in(MANAGER).await;
    for account in [ADMIN, AGENT, MANAGER] {
        for function in ["disable_account", "enable_account", "approve_account"] {
            let body = json!({ "account": account });
            people
                .refuses(&manager, function, body, (403, "42501"))
                .await;
        }
    }
    let admin = people.signed_in(ADMIN).await;
    let body = json!({ "account": ADMIN });
    people
        .refuses(&admin, "disable_account", body, (403, "42501"))
        .await;
    let body = json!({ "account": AGENT });
    people.call(&admin, "disable_account", body).await.ok();
    sign_in(&people.server, AGENT, PASSWORD)
        .await
        .refused(400, "user_banned");
}

/// The access token of whoever was thrown out lives for minutes, in which they must not undo it.
#[tokio::test]
async fn nobody_manages_on_with_a_session_that_has_ended_or_a_role_that_was_taken() {
    let people = People::new().await;
    let boss = script("desk_admin");
    let manager = people.signed_in(MANAGER).await;
    let body = json!({ "account": MANAGER });
    people.call(&boss, "disable_account", body).await.ok();
    let (email, _) = contact(&people.admin).await;
    let calls = [
        ("accounts", json!({})),
        ("enable_account", json!({ "account": MANAGER })),
        ("disable_account", json!({ "account": email })),
        ("invite", json!({ "email": email })),
    ];
    for (function, body) in calls.clone() {
        people
            .refuses(&manager, function, body, (403, "42501"))
            .await;
    }
    // an admin who was demoted is a manager at once, and no admin until the token says so
    people
        .call(&boss, "enable_account", json!({ "account": MANAGER }))
        .await
        .ok();
    let second = json!({ "account": MANAGER, "new_role": "admin" });
    people.call(&boss, "set_account_role", second).await.ok();
    let second = people.signed_in(MANAGER).await;
    let back = json!({ "account": MANAGER, "new_role": "manager" });
    people.call(&boss, "set_account_role", back).await.ok();
    for (function, body) in calls {
        people
            .refuses(&second, function, body, (403, "42501"))
            .await;
    }
}
