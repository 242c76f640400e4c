//! Headers and status that come from the database: by settings, by errors, by the pre-request function.

use serde_json::{Value, json};

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

async fn respond(server: &TestServer, given: Value) -> Reply {
    server.post("/rpc/respond").json(&given).send().await
}

#[tokio::test]
async fn a_function_sets_headers_and_status() {
    let server = Fixture::shared().await.serve().await;
    let headers = r#"[{"X-One": "1"}, {"x-two": "a; b"}, {"Content-Type": "text/html"}]"#;
    let reply = respond(&server, json!({"headers": headers, "status": "418"})).await;
    assert_eq!(reply.status.as_u16(), 418);
    assert_eq!(reply.header("x-one"), Some("1"));
    assert_eq!(reply.header("x-two"), Some("a; b"));
    assert_eq!(reply.header("content-type"), Some("text/html"));
    assert_eq!(reply.text(), "\"said\"");
    // For this answer only.
    let next = respond(&server, json!({})).await;
    assert_eq!((next.status.as_u16(), next.header("x-one")), (200, None));
}

#[tokio::test]
async fn settings_are_read_after_the_last_row() {
    let server = Fixture::shared().await.serve().await;
    for prefer in ["", "count=exact"] {
        let call = server
            .post("/rpc/numbered_headers?limit=1")
            .header("prefer", prefer);
        let reply = call.send().await;
        assert_eq!(reply.header("x-seen"), Some("3"), "{prefer}");
    }
}

#[tokio::test]
async fn what_cannot_be_sent_is_an_error() {
    let server = Fixture::shared().await.serve().await;
    let malformed = json!({
        "code": "PGRST111",
        "details": null,
        "hint": null,
        "message": "response.headers guc must be a JSON array composed of objects with a single \
                    key and a string value",
    });
    for headers in ["{}", "text", r#"[{"a": 1}]"#, r#"[{"a": "1", "b": "2"}]"#] {
        let reply = respond(&server, json!({"headers": headers})).await;
        assert_eq!(reply.refused(500, "PGRST111"), malformed, "{headers}");
    }
    for (headers, details) in [
        (
            r#"[{"A": "1\r\nSet-Cookie: a=1"}]"#,
            "the value of A has a control character",
        ),
        (
            r#"[{"A\r\nB": "1"}]"#,
            "\"A\\r\\nB\" is not the name of a header",
        ),
        (
            r#"[{"Content-Length": "1"}]"#,
            "Content-Length is set by the server alone",
        ),
        (
            r#"[{"transfer-encoding": "x"}]"#,
            "transfer-encoding is set by the server alone",
        ),
    ] {
        let reply = respond(&server, json!({"headers": headers})).await;
        assert_eq!(reply.refused(500, "PGRST111")["details"], details);
        assert_eq!(reply.header("set-cookie"), None);
    }
    for status in ["bad", "-5", "99", "1000"] {
        let reply = respond(&server, json!({"status": status})).await;
        reply.refused(500, "PGRST112");
    }
}

#[tokio::test]
async fn a_setting_that_outlives_its_transaction_reaches_nobody_else() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve_with(|config| config.db_pool = 1).await;
    let own = server.post("/rpc/lasting_header").send().await;
    assert_eq!(
        (own.status.as_u16(), own.header("set-cookie")),
        (204, Some("secret=1"))
    );
    for url in ["/item?limit=1", "/rpc/answer"] {
        assert_eq!(server.get(url).send().await.header("set-cookie"), None);
    }
}

#[tokio::test]
async fn triggers_and_changes_set_them_too() {
    let fixture = Fixture::own().await;
    let user = fixture.role("user");
    execute(
        &fixture.admin().await,
        &format!(
            "create table api.watched (id int primary key);
             grant select, insert, update, delete on api.watched to {user};
             create function api.watch() returns trigger language plpgsql as $$ begin
                 perform set_config('response.headers', '[{{\"X-Done\": \"' || tg_op || '\"}}]', true);
                 perform set_config('response.status', '202', true);
                 return coalesce(new, old);
             end $$;
             create trigger watch before insert or update or delete on api.watched
                 for each row execute function api.watch();"
        ),
    )
    .await;
    let server = fixture.serve().await;
    let token = fixture.user(json!({}));
    let body = json!({"id": 1});
    for (call, done) in [
        (server.post("/watched").json(&body), "INSERT"),
        (
            server.call("PATCH", "/watched?id=eq.1").json(&body),
            "UPDATE",
        ),
        (server.call("PUT", "/watched?id=eq.1").json(&body), "UPDATE"),
        (server.call("DELETE", "/watched?id=eq.1"), "DELETE"),
    ] {
        let reply = call.token(&token).send().await;
        assert_eq!(
            (reply.status.as_u16(), reply.header("x-done")),
            (202, Some(done)),
            "{}",
            reply.text()
        );
    }
}

#[tokio::test]
async fn an_error_says_all_of_its_answer() {
    let server = Fixture::shared().await.serve().await;
    let raise = |message: &str, detail: Option<&str>| {
        let given = json!({"message": message, "detail": detail});
        server.post("/rpc/raise_json").json(&given).send()
    };
    let message = r#"{"code": "123", "message": "Pay", "details": "Quota", "hint": "Upgrade"}"#;
    let detail = r#"{"status": 402, "headers": {"X-Powered-By": "Nerd Rage"}}"#;
    let reply = raise(message, Some(detail)).await;
    assert_eq!(
        reply.refused(402, "123"),
        json!({"code": "123", "message": "Pay", "details": "Quota", "hint": "Upgrade"})
    );
    assert_eq!(reply.header("x-powered-by"), Some("Nerd Rage"));
    assert_eq!(reply.header("proxy-status"), Some("PostgREST; error=123"));
    // The challenge is the function's to send, too.
    let reply = raise(message, Some(r#"{"status": 401, "headers": {}}"#)).await;
    assert_eq!(
        (reply.status.as_u16(), reply.header("www-authenticate")),
        (401, None)
    );
    for (message, detail, details) in [
        ("no", Some(detail), "Invalid JSON value for MESSAGE: 'no'"),
        (message, Some("{}"), "Invalid JSON value for DETAIL: '{}'"),
        (message, None, "DETAIL is missing in the RAISE statement"),
    ] {
        let refused = raise(message, detail).await.refused(500, "PGRST121");
        assert_eq!(refused["details"], details);
        assert_eq!(
            refused["message"],
            "Could not parse JSON in the \"RAISE SQLSTATE 'PGRST'\" error"
        );
    }
    let evil = r#"{"status": 402, "headers": {"A": "1\r\nSet-Cookie: a=1"}}"#;
    let reply = raise(message, Some(evil)).await;
    reply.refused(500, "PGRST121");
    assert_eq!(reply.header("set-cookie"), None);
}

#[tokio::test]
async fn a_function_before_each_request_sees_it_as_the_caller_and_may_refuse_it() {
    let fixture = Fixture::own().await;
    execute(
        &fixture.admin().await,
        "create function api.before() returns void language plpgsql as $$
         declare asked text := current_setting('request.headers')::json->>'x-ask'; begin
             if asked = 'refuse' then raise sqlstate 'PT429' using message = 'Slow down'; end if;
             perform set_config('response.headers', format(
                 '[{\"X-Role\": \"%s\"}, {\"X-Login\": \"%s\"}]', current_user, session_user), true);
         end $$;",
    )
    .await;
    for function in ["before", "api.before"] {
        for prepared in [true, false] {
            let server = fixture
                .serve_with(|config| {
                    config.db_pre_request = Some(function.to_owned());
                    config.db_prepared_statements = prepared;
                })
                .await;
            let user = fixture.user(json!({}));
            let role = fixture.role("user");
            // The second time all of it is prepared.
            for _ in 0..2 {
                let reply = server.get("/item?limit=1").token(&user).send().await;
                assert_eq!(
                    (reply.status.as_u16(), reply.header("x-role")),
                    (200, Some(&*role))
                );
                let refused = server
                    .post("/rpc/touch")
                    .token(&user)
                    .header("x-ask", "refuse");
                refused.send().await.refused(429, "PT429");
                let singular = server
                    .get("/item?id=eq.1")
                    .header("accept", "application/vnd.pgrst.object+json");
                let anon = fixture.role("anon");
                assert_eq!(singular.send().await.header("x-role"), Some(&*anon));
            }
        }
    }
}

#[tokio::test]
async fn a_function_before_each_request_may_change_the_role_but_never_to_the_login() {
    let fixture = Fixture::own().await;
    let (user, login) = (fixture.role("user"), fixture.role("authenticator"));
    execute(
        &fixture.admin().await,
        &format!(
            "grant execute on function api.who() to public;
             create function api.switch() returns void language plpgsql as $$
             declare wanted text := current_setting('request.headers')::json->>'x-role'; begin
                 if wanted = 'user' then set local role {user}; end if;
                 if wanted = 'login' then set local role {login}; end if;
                 if wanted = 'none' then reset role; end if;
             end $$;"
        ),
    )
    .await;
    let server = fixture
        .serve_with(|config| config.db_pre_request = Some("api.switch".to_owned()))
        .await;
    for _ in 0..2 {
        let who = |role: &'static str| server.get("/rpc/who").header("x-role", role).send();
        assert_eq!(who("user").await.ok()[0]["who"], json!(user));
        assert_eq!(who("").await.ok()[0]["who"], json!(fixture.role("anon")));
        for role in ["login", "none"] {
            let reply = who(role).await;
            assert!(reply.status.as_u16() >= 400, "{role}: {}", reply.text());
        }
    }
}

/// What it did is rolled back, and nobody is told the login's name.
#[tokio::test]
async fn a_function_that_leaves_the_role_of_the_request_is_a_fault_of_the_server() {
    let fixture = Fixture::own().await;
    let leave = "create function api.leave() returns int volatile language plpgsql as $$ begin
            perform api.add_note('left'); perform set_config('role', 'none', true); return 1; end $$;
        grant execute on function api.leave() to public";
    let admin = fixture.admin().await;
    execute(&admin, leave).await;
    let server = fixture.serve().await;
    let user = fixture.user(json!({}));
    for _ in 0..3 {
        let reply = server
            .post("/rpc/leave")
            .token(&user)
            .json(&json!({}))
            .send()
            .await;
        let error = reply.refused(500, "RD500");
        assert_eq!(
            error["message"],
            "A function left the request without its role"
        );
        assert!(!reply.text().contains("authenticator"), "{}", reply.text());
    }
    let notes = admin.query_one("select count(*) from api.note where body = 'left'", &[]);
    assert_eq!(notes.await.unwrap().get::<_, i64>(0), 0);
}

#[tokio::test]
async fn a_pre_request_function_that_is_not_there_or_not_allowed_stops_everything() {
    let fixture = Fixture::own().await;
    execute(
        &fixture.admin().await,
        "create function api.closed() returns void language sql as $$ select $$;
         revoke execute on function api.closed() from public;",
    )
    .await;
    for (function, status, code) in [("api.nowhere", 404, "42883"), ("api.closed", 401, "42501")] {
        let server = fixture
            .serve_with(|config| config.db_pre_request = Some(function.to_owned()))
            .await;
        for _ in 0..2 {
            server.get("/item").send().await.refused(status, code);
        }
    }
}

#[tokio::test]
async fn settings_of_a_function_hold_for_its_transaction() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let slow = |server: &TestServer| {
        server
            .post("/rpc/hurried")
            .json(&json!({"seconds": 1.0}))
            .send()
    };
    slow(&server).await.refused(500, "57014");
    let isolated = server.post("/rpc/isolated").send().await;
    assert_eq!(isolated.ok(), json!("serializable"));
    let plain = server
        .get("/rpc/setting?name=transaction_isolation")
        .send()
        .await;
    assert_eq!(plain.ok(), json!("read committed"));
    // Without hoisting, the time is over before it counts.
    let server = fixture
        .serve_with(|config| config.db_hoisted_tx_settings.clear())
        .await;
    assert_eq!(slow(&server).await.status, 200);
}
