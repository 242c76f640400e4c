//! Everybody's own sessions: seen, recognised, ended.

use serde_json::{Value, json};

use super::{People, script};
use crate::auth::accounts::{AGENT, MANAGER, PASSWORD, contact, refresh, session, text, token};
use crate::harness::desk::client;

#[tokio::test]
async fn everybody_sees_and_ends_their_own_sessions() {
    let people = People::new().await;
    let (email, _) = contact(&people.admin).await;
    for email in [email.as_str(), AGENT, MANAGER] {
        let body = json!({ "email": email, "password": PASSWORD });
        let call = token(&people.server, "password", &body).header("user-agent", "Phone/1.0");
        let phone = call.send().await.ok();
        let here = session(&people.server, email).await;
        let access = text(&here, "access_token");
        let url = "/rpc/my_sessions?order=created_at";
        let rows = people.server.get(url).token(access).send().await.ok();
        let told = |row: &Value| {
            json!([
                row["is_current"],
                row["user_agent"],
                row["address"],
                row["method"]
            ])
        };
        let rows: Vec<Value> = rows.as_array().unwrap().clone();
        assert_eq!(
            told(&rows[0]),
            json!([false, "Phone/1.0", "127.0.0.1", "password"]),
            "{rows:?}"
        );
        assert_eq!(told(&rows[1]), json!([true, null, "127.0.0.1", "password"]));
        assert_eq!(rows.len(), 2);

        let other = json!({ "session": rows[0]["id"] });
        let reply = people.call(access, "revoke_session", other.clone()).await;
        assert_eq!(reply.status, 204, "{}", reply.text());
        refresh(&people.server, text(&phone, "refresh_token"))
            .await
            .refused(400, "session_not_found");
        // what has ended is there no more, and ends nothing
        people
            .refuses(access, "revoke_session", other, (404, "PT404"))
            .await;
        let gone = text(&phone, "access_token");
        let own = json!({ "session": rows[1]["id"] });
        people
            .refuses(gone, "revoke_session", own.clone(), (404, "PT404"))
            .await;
        assert_eq!(
            people
                .server
                .get("/rpc/my_sessions")
                .token(gone)
                .send()
                .await
                .ok(),
            json!([])
        );
        // here, too
        people.call(access, "revoke_session", own).await;
        refresh(&people.server, text(&here, "refresh_token"))
            .await
            .refused(400, "session_not_found");
    }
}

#[tokio::test]
async fn nobody_sees_or_ends_the_session_of_another() {
    let people = People::new().await;
    let (email, _) = contact(&people.admin).await;
    let theirs = session(&people.server, AGENT).await;
    let sql = format!(
        "select s.id from auth.sessions as s join auth.accounts as a on a.id = s.account_id where a.email = '{AGENT}'"
    );
    let id = people.one(&sql).await;
    let mine = people.signed_in(&email).await;
    let manager = people.signed_in(MANAGER).await;
    let sub = people
        .one(&format!(
            "select id from auth.accounts where email = '{AGENT}'"
        ))
        .await;
    // signed with our key, and of no session
    let scripts =
        crate::harness::server::token("desk_agent", json!({ "team_member_id": 2, "sub": sub }));
    for token in [&mine, &manager, &scripts, &script("desk_admin"), &client(1)] {
        let error = people
            .refuses(
                token,
                "revoke_session",
                json!({ "session": id }),
                (404, "PT404"),
            )
            .await;
        let nothing = json!({ "session": "6f2c0000-0000-4000-8000-000000000000" });
        let other = people
            .refuses(token, "revoke_session", nothing, (404, "PT404"))
            .await;
        assert_eq!(error["hint"], other["hint"]);
        let rows = people
            .server
            .get("/rpc/my_sessions")
            .token(token)
            .send()
            .await
            .ok();
        assert!(
            rows.as_array().unwrap().iter().all(|row| row["id"] != id),
            "{rows}"
        );
    }
    refresh(&people.server, text(&theirs, "refresh_token"))
        .await
        .ok();
}
