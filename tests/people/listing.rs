//! Who sees which accounts, and who may call what at all.

use serde_json::{Value, json};

use super::{People, script};
use crate::auth::accounts::{ADMIN, AGENT, MANAGER, contact};
use crate::harness::desk::client;

#[tokio::test]
async fn clients_and_agents_manage_nobody_and_managers_no_roles() {
    let people = People::new().await;
    let (email, _) = contact(&people.admin).await;
    for (function, body, manager_may) in [
        ("accounts", json!({}), true),
        ("invite", json!({ "email": "x@y.example" }), true),
        ("disable_account", json!({ "account": email }), true),
        ("enable_account", json!({ "account": email }), true),
        (
            "approve_account",
            json!({ "account": email, "client": 1 }),
            true,
        ),
        (
            "link_account",
            json!({ "account": email, "client": 2 }),
            false,
        ),
        (
            "set_account_role",
            json!({ "account": AGENT, "new_role": "admin" }),
            false,
        ),
    ] {
        let reply = people.server.post(&format!("/rpc/{function}"));
        reply.json(&body).send().await.refused(401, "42501");
        let own = people.signed_in(&email).await;
        let mut refused = vec![
            client(1),
            own,
            script("desk_agent"),
            people.signed_in(AGENT).await,
        ];
        refused.push(script("desk_service"));
        if !manager_may {
            refused.push(script("desk_manager"));
            refused.push(people.signed_in(MANAGER).await);
        }
        for token in refused {
            people
                .refuses(&token, function, body.clone(), (403, "42501"))
                .await;
        }
    }
}

#[tokio::test]
async fn managers_see_clients_accounts_and_admins_all_without_a_secret() {
    let people = People::new().await;
    let (email, number) = contact(&people.admin).await;
    let all = people.one("select count(*) from auth.accounts").await;
    let clients = people
        .one("select count(*) from auth.accounts where role = 'desk_client'")
        .await;
    for (who, expected) in [(ADMIN, &all), (MANAGER, &clients)] {
        let token = people.signed_in(who).await;
        let rows = people.call(&token, "accounts", json!({})).await;
        assert!(!rows.text().contains("argon2"), "{who}");
        assert_eq!(
            json!(rows.ok().as_array().unwrap().len()),
            *expected,
            "{who}"
        );
    }
    let token = people.signed_in(MANAGER).await;
    let url = format!(
        "/rpc/accounts?email=eq.{email}&select=email,name,status,role,client_id,has_password,open_sessions"
    );
    people.signed_in(&email).await;
    let rows = people.server.get(&url).token(&token).send().await.ok();
    let name = people
        .one(&format!(
            "select first_name || ' ' || last_name from client_contacts where email = '{email}'"
        ))
        .await;
    assert_eq!(
        rows,
        json!([{
            "email": email, "name": name, "status": "active", "role": "client", "client_id": number,
            "has_password": true, "open_sessions": 1
        }])
    );
    let url = "/rpc/accounts?role=neq.client";
    let none: Value = people.server.get(url).token(&token).send().await.ok();
    assert_eq!(none, json!([]));
}

/// What they say is their own; who they are, others say.
#[tokio::test]
async fn accounts_are_named_by_id_or_email_and_those_that_are_not_there_are_told() {
    let people = People::new().await;
    let admin = script("desk_admin");
    let id = people
        .one(&format!(
            "select id from auth.accounts where email = '{AGENT}'"
        ))
        .await;
    for account in [id, json!(AGENT.to_uppercase()), json!(format!(" {AGENT} "))] {
        let shown = people
            .call(&admin, "enable_account", json!({ "account": account }))
            .await
            .ok();
        assert_eq!(shown["email"], AGENT);
    }
    for account in [
        "nobody@example.com",
        "",
        "6f2c0000-0000-4000-8000-000000000000",
        "' or true --",
    ] {
        let body = json!({ "account": account });
        people
            .refuses(&admin, "disable_account", body, (404, "PT404"))
            .await;
    }
    let body = json!({ "account": null });
    people
        .refuses(&admin, "disable_account", body, (400, "23502"))
        .await;
}
