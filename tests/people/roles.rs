//! Who is an admin, a manager, an agent; and that there is always an admin.

use serde_json::{Value, json};

use super::{People, script};
use crate::auth::accounts::{ADMIN, AGENT, MANAGER, contact, refresh, session, text};
use crate::harness::desk::execute;

#[tokio::test]
async fn an_admin_gives_roles_which_hold_from_the_next_token_on() {
    let people = People::new().await;
    let admin = people.signed_in(ADMIN).await;
    let mut open = session(&people.server, AGENT).await;
    for (role, of_member) in [
        ("manager", "manager"),
        ("admin", "admin"),
        ("agent", "support_agent"),
    ] {
        let body = json!({ "account": AGENT, "new_role": role });
        let shown = people.call(&admin, "set_account_role", body).await.ok();
        assert_eq!(shown["role"], role);
        open = refresh(&people.server, text(&open, "refresh_token"))
            .await
            .ok();
        assert_eq!(open["user"]["role"], format!("desk_{role}"));
        let kept = format!("select role from team_members where email = '{AGENT}'");
        assert_eq!(people.one(&kept).await, of_member);
    }
    let audited = people.audited().await;
    assert_eq!(
        audited[0],
        json!(["set_role", { "role": "desk_agent" }, { "role": "desk_manager" }])
    );
    assert_eq!(audited.as_array().unwrap().len(), 3);
}

#[tokio::test]
async fn roles_are_the_staffs_and_exist_and_are_not_ones_own() {
    let people = People::new().await;
    let (client, _) = contact(&people.admin).await;
    let admin = people.signed_in(ADMIN).await;
    for (account, role, refusal) in [
        (AGENT, json!("owner"), (400, "23514")),
        (AGENT, json!("desk_owner"), (400, "23514")),
        (AGENT, json!("client"), (400, "23514")),
        (AGENT, json!(null), (400, "23514")),
        (client.as_str(), json!("admin"), (409, "PT409")),
        (ADMIN, json!("agent"), (403, "42501")),
    ] {
        let body = json!({ "account": account, "new_role": role });
        people
            .refuses(&admin, "set_account_role", body, refusal)
            .await;
    }
    // nor past the function
    let own = people
        .one(&format!(
            "select id from team_members where email = '{ADMIN}'"
        ))
        .await;
    let before = people.state().await;
    let call = people
        .server
        .call("PATCH", &format!("/team_members?id=eq.{own}"));
    let reply = call
        .token(&admin)
        .json(&json!({ "role": "manager" }))
        .send()
        .await;
    reply.refused(403, "42501");
    assert_eq!(people.state().await, before);
}

#[tokio::test]
async fn the_last_admin_stays_whichever_way_one_tries() {
    let people = People::new().await;
    let admin = script("desk_admin");
    for (function, body) in [
        ("disable_account", json!({ "account": ADMIN })),
        (
            "set_account_role",
            json!({ "account": ADMIN, "new_role": "manager" }),
        ),
        ("link_account", json!({ "account": ADMIN, "client": 1 })),
    ] {
        people.refuses(&admin, function, body, (409, "PT409")).await;
    }
    let before = people.state().await;
    let own = people
        .one(&format!(
            "select id from team_members where email = '{ADMIN}'"
        ))
        .await;
    let url = format!("/team_members?id=eq.{own}");
    for token in [&admin, &script("desk_service")] {
        let call = people.server.call("PATCH", &url).token(token);
        let reply = call.json(&json!({ "role": "manager" })).send().await;
        reply.refused(409, "PT409");
    }
    assert_eq!(people.state().await, before);
    // deleted, where no foreign key is in the way
    let alone = "update team_members set role = 'manager' where role = 'admin';
        insert into team_members (id, username, email, department, role)
        values (999, 'last', 'last@x.example', 'support', 'admin');
        insert into auth.accounts (email, status, role, team_member_id)
        values ('last@x.example', 'active', 'desk_admin', 999)";
    execute(&people.admin, alone).await;
    let call = people.server.call("DELETE", "/team_members?id=eq.999");
    call.token(&admin).send().await.refused(409, "PT409");
    // with a second one, either may go
    let body = json!({ "account": MANAGER, "new_role": "admin" });
    people.call(&admin, "set_account_role", body).await.ok();
    let body = json!({ "account": "last@x.example" });
    people.call(&admin, "disable_account", body).await.ok();
    // the owner may do what it likes
    execute(&people.admin, "update team_members set role = 'manager'").await;
}

#[tokio::test]
async fn of_two_admins_who_demote_each_other_at_once_one_stays() {
    let people = People::new().await;
    let admin = script("desk_admin");
    for round in 0..5 {
        let body = |account: &str, role: &str| json!({ "account": account, "new_role": role });
        for account in [ADMIN, AGENT] {
            let reply = people
                .call(&admin, "set_account_role", body(account, "admin"))
                .await;
            reply.ok();
        }
        let (one, other) = tokio::join!(
            people.call(&admin, "set_account_role", body(ADMIN, "agent")),
            people.call(&admin, "set_account_role", body(AGENT, "agent")),
        );
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(statuses, [200, 409], "{round}");
        let left: Value = people
            .one("select count(*) from auth.accounts where role = 'desk_admin' and status = 'active'")
            .await;
        assert_eq!(left, 1);
    }
}
