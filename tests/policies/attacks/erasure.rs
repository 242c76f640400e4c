//! Erasing clients, and taking away what is stored about them: who may not, and by which doors.

use serde_json::{Value, json};

use super::Attack;
use crate::harness::desk::{client, execute};
use crate::harness::identity::{Identity, sqlstate};
use crate::harness::server::token;

const NOW: &str = "2025-01-01T00:00:00Z";

/// Everybody but admins; some claim to be more than they are.
fn others() -> Vec<String> {
    let both = json!({ "client_id": 1, "team_member_id": 1 });
    let mut others = vec![client(1), token("desk_client", json!({}))];
    for role in ["desk_client", "desk_agent", "desk_manager", "desk_service"] {
        others.push(token(role, both.clone()));
    }
    others
}

#[tokio::test]
async fn nobody_but_an_admin_erases_a_client() {
    let attack = Attack::new().await;
    let denied = ("permission denied for function erase_client", "");
    for token in others() {
        // the own one, another, one that does not exist: the same
        for id in [1, 2, 999_999] {
            let body = json!({ "client": id });
            let call = ("POST", "/rpc/erase_client");
            attack
                .told(call, &token, &body, (403, "42501"), denied)
                .await;
        }
    }
    for body in [json!({ "client": 1 }), json!({ "client": 2 })] {
        let anonymous = attack.server.post("/rpc/erase_client").json(&body);
        anonymous.send().await.refused_plainly(401, "42501");
    }
    attack.assert_unchanged("without a token").await;
    let admin = token("desk_admin", json!({ "team_member_id": 3 }));
    let call = attack.server.post("/rpc/erase_client").token(&admin);
    attack.accepted(call, &json!({ "client": 2 }), 200).await;
}

/// What the function does is an update: that door is shut, too.
#[tokio::test]
async fn the_column_behind_it_is_an_admins() {
    let attack = Attack::new().await;
    let denied = ("permission denied for table clients", "");
    let service = token("desk_service", json!({}));
    for token in others() {
        for url in [
            "/clients?id=eq.1",
            "/clients?id=eq.2",
            "/clients?id=lt.0",
            "/clients",
        ] {
            for body in [json!({ "erased_at": NOW }), json!({ "erased_at": null })] {
                let patch = ("PATCH", url);
                attack
                    .told(patch, &token, &body, (403, "42501"), denied)
                    .await;
            }
        }
    }
    // nor does anybody bring a client that was erased before it came
    let new = json!({ "client_name": "x", "email": "x@x.example", "erased_at": NOW });
    let admin = token("desk_admin", json!({ "team_member_id": 3 }));
    for token in [&admin, &service] {
        let post = ("POST", "/clients");
        attack.told(post, token, &new, (403, "42501"), denied).await;
        let merge = attack
            .server
            .post("/clients?on_conflict=email")
            .token(token);
        let merge = merge
            .header("prefer", "resolution=merge-duplicates")
            .json(&new);
        merge.send().await.refused(403, "42501");
        attack.assert_unchanged("an upsert").await;
    }
}

/// A function that only reads is not the way to erase: GET is read-only.
#[tokio::test]
async fn a_link_erases_nothing() {
    let attack = Attack::new().await;
    let admin = token("desk_admin", json!({ "team_member_id": 3 }));
    for method in ["GET", "HEAD"] {
        let call = attack.server.call(method, "/rpc/erase_client?client=1");
        let reply = call.token(&admin).send().await;
        assert_eq!(reply.status, 405, "{method}");
        attack.assert_unchanged(method).await;
    }
}

#[tokio::test]
async fn nobody_exports_another_client() {
    let attack = Attack::new().await;
    let mut told = Vec::new();
    for id in [2, 20, 999_999, 0, -1] {
        let url = format!("/rpc/export_client?client={id}");
        for call in [
            attack.server.get(&url),
            attack
                .server
                .post("/rpc/export_client")
                .json(&json!({ "client": id })),
        ] {
            let reply = call.token(&client(1)).send().await;
            let mut error = reply.reveals_nothing().refused(404, "PT404");
            let message = error["message"].as_str().unwrap();
            error["message"] = json!(message.replace(&id.to_string(), "N"));
            told.push(error);
        }
    }
    told.dedup();
    assert_eq!(told.len(), 1, "{told:?}");
    assert_eq!(told[0]["details"], Value::Null);
    // filters, orders and columns are of the own document
    for query in ["?client=1&select=*", "?client=2&client=1", "?client=1"] {
        let url = format!("/rpc/export_client{query}");
        let reply = attack.server.get(&url).token(&client(1)).send().await;
        reply.reveals_nothing();
    }
    for role in ["desk_agent", "desk_manager", "desk_service"] {
        for id in [1, 2, 999_999] {
            let token = token(role, json!({ "client_id": 1, "team_member_id": 1 }));
            let url = format!("/rpc/export_client?client={id}");
            let reply = attack.server.get(&url).token(&token).send().await;
            reply.refused_plainly(403, "42501");
        }
    }
    let anonymous = attack
        .server
        .get("/rpc/export_client?client=1")
        .send()
        .await;
    anonymous.refused_plainly(401, "42501");
    attack.assert_unchanged("exporting").await;
}

/// The definer function looks at the role itself, whatever the claims say.
#[tokio::test]
async fn accounts_are_shown_to_their_client_and_to_admins() {
    let attack = Attack::new().await;
    execute(
        &attack.admin,
        "insert into auth.accounts (email, role, client_id, status)
        values ('two@x.example', 'desk_client', 2, 'active')",
    )
    .await;
    let login = attack.database.connect("desk_authenticator").await;
    let shown = "select client_id from claims.client_accounts() group by 1 order by 1";
    let all = "select distinct client_id from auth.accounts where client_id is not null order by 1";
    let ids = |rows: Vec<tokio_postgres::Row>| -> Vec<i32> {
        rows.iter().map(|row| row.get(0)).collect()
    };
    let everybody = ids(attack.admin.query(all, &[]).await.unwrap());
    assert_eq!(everybody, [1, 2]);
    for (who, sees) in [
        (Identity::client(1), vec![1]),
        (Identity::client(999_999), vec![]),
        (Identity::with("desk_client", json!({})), vec![]),
        (
            Identity::with(
                "desk_client",
                json!({ "client_id": "1", "role": "desk_admin" }),
            ),
            vec![],
        ),
        (
            Identity::raw("desk_client", r#"{"role": "desk_admin", "client_id": 2}"#),
            vec![2],
        ),
        (Identity::raw("desk_client", "{}"), vec![]),
        (
            Identity::with("desk_admin", json!({ "client_id": 1 })),
            everybody.clone(),
        ),
    ] {
        let rows = who.query(&login, shown).await.unwrap();
        assert_eq!(ids(rows), sees, "{who:?}");
    }
    for role in [
        "desk_anon",
        "desk_agent",
        "desk_manager",
        "desk_service",
        "desk_worker",
    ] {
        let who = Identity::with(role, json!({ "client_id": 1, "role": "desk_admin" }));
        let answer = who.query(&login, shown).await;
        assert_eq!(sqlstate(&answer), "42501", "{role}");
    }
    // and to nobody a hash
    let hashes =
        "select count(*) from claims.client_accounts() where account::text ~* 'hash|argon2'";
    let admin = Identity::with("desk_admin", json!({}));
    let rows = admin.query(&login, hashes).await.unwrap();
    assert_eq!(rows[0].get::<_, i64>(0), 0);
}
