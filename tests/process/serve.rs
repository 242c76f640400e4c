//! `rowdesk serve`: start, stop, and what can be wrong with it.

use rustix::process::Signal;
use serde_json::json;

use super::program::{Serving, run, text};
use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::Call;

fn has_no_warning(log: &[String]) {
    for line in log {
        assert!(!line.contains("WARN") && !line.contains("ERROR"), "{line}");
    }
}

#[tokio::test]
async fn it_answers_and_stops_at_a_signal() {
    let fixture = Fixture::shared().await;
    for signal in [Signal::TERM, Signal::INT] {
        let mut serving = Serving::start(fixture, "info", &[]);
        let base = serving.base();
        let rows = Call::new(&base, "GET", "/item?select=id&id=eq.1")
            .send()
            .await;
        assert_eq!(rows.ids(), [1]);
        Call::new(&base, "GET", "/nowhere")
            .send()
            .await
            .refused(404, "PGRST205");
        serving.signal(signal);
        let (code, log) = serving.finish();
        assert_eq!(code, Some(0), "{log:?}");
        has_no_warning(&log);
    }
}

#[tokio::test]
async fn what_is_under_way_at_the_signal_is_finished() {
    let fixture = Fixture::own().await;
    let mut serving = Serving::start(&fixture, "info", &[]);
    let base = serving.base();
    let call = Call::new(&base, "POST", "/rpc/sleep").json(&json!({"seconds": 1}));
    let slow = tokio::spawn(call.send());
    fixture
        .wait_for("state = 'active' and query like '%sleep%'", 1)
        .await;
    serving.signal(Signal::TERM);
    let reply = slow.await.expect("an answer");
    assert_eq!(reply.ok(), json!("slept"));
    let (code, log) = serving.finish();
    assert_eq!(code, Some(0), "{log:?}");
    has_no_warning(&log);
    fixture.wait_for("true", 0).await;
}

#[tokio::test]
async fn a_second_signal_waits_for_nothing() {
    let fixture = Fixture::own().await;
    let mut serving = Serving::start(&fixture, "info", &[]);
    let base = serving.base();
    let call = Call::new(&base, "POST", "/rpc/sleep").json(&json!({"seconds": 600}));
    let slow = tokio::spawn(call.send());
    fixture
        .wait_for("state = 'active' and query like '%sleep%'", 1)
        .await;
    serving.signal(Signal::TERM);
    serving.wait_for("open requests may finish");
    tokio::time::sleep(std::time::Duration::from_millis(300)).await;
    assert!(!slow.is_finished());
    serving.signal(Signal::TERM);
    assert!(slow.await.is_err(), "it was answered");
    let (code, log) = serving.finish();
    let signals = log
        .iter()
        .filter(|line| line.contains("unix signal SIGTERM"));
    assert_eq!(signals.count(), 2, "{log:?}");
    assert_eq!(code, Some(0), "{log:?}");
}

#[tokio::test]
async fn no_row_token_or_password_reaches_the_log() {
    let fixture = Fixture::shared().await;
    let secret = "a secret of more than thirty-two bytes";
    let mut serving = Serving::start(fixture, "debug", &["--jwt-secret", secret]);
    let base = serving.base();
    let token = rowdesk::auth::mint(secret, &serde_json::Map::new()).unwrap();
    for url in [
        "/item?name=eq.Apple",
        "/item?name=eq.",
        "/rpc/refuse?code=XX000",
        "/item?id=eq.x",
    ] {
        Call::new(&base, "GET", url).token(&token).send().await;
        Call::new(&base, "GET", url).token("x.y.z").send().await;
    }
    serving.signal(Signal::TERM);
    let (_, log) = serving.finish();
    // A line of the access log has the URL, as PostgREST's has; nothing else repeats it.
    let (requests, others): (Vec<_>, Vec<_>) =
        log.iter().partition(|line| line.contains(" HTTP/1.1\" "));
    assert_eq!(requests.len(), 8, "{log:?}");
    for hidden in [secret, &token, "x.y.z", "apricot"] {
        assert!(
            !log.iter().any(|line| line.contains(hidden)),
            "{hidden}: {log:?}"
        );
    }
    assert!(
        !others.iter().any(|line| line.contains("Apple")),
        "{others:?}"
    );
}

#[tokio::test]
async fn a_port_that_is_taken_is_said_clearly() {
    let fixture = Fixture::shared().await;
    let other = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = other.local_addr().unwrap().port().to_string();
    let uri = fixture.uri();
    let arguments = [
        "serve",
        "--db-uri",
        &uri,
        "--server-host",
        "127.0.0.1",
        "--server-port",
        &port,
    ];
    let output = run(&arguments);
    assert_eq!(output.status.code(), Some(1));
    assert_eq!(
        text(&output.stderr),
        format!(
            "rowdesk: port {port} on 127.0.0.1 is taken: stop the other program, or choose a port \
             with --server-port\n"
        )
    );
    assert_eq!(text(&output.stdout), "");
}

/// A login that policies do not bind serves nobody, unless it is said on purpose.
#[tokio::test]
async fn a_login_above_the_policies_is_refused() {
    let fixture = Fixture::own().await;
    let admin = fixture.admin().await;
    for right in ["bypassrls nosuperuser", "nobypassrls superuser"] {
        let login = fixture.role("authenticator");
        execute(&admin, &format!("alter role {login} {right}")).await;
        let (code, log) = Serving::start(&fixture, "error", &[]).finish();
        assert_eq!(code, Some(1), "{log:?}");
        let last = log.last().map(String::as_str).unwrap_or_default();
        assert!(last.contains("is a superuser or has BYPASSRLS"), "{log:?}");
        assert!(last.contains("db-allow-bypassing-login"), "{log:?}");
    }

    let on_purpose = ["--db-allow-bypassing-login", "true"];
    let mut allowed = Serving::start(&fixture, "info", &on_purpose);
    allowed.wait_for("policies do not bind the login role");
    allowed.wait_for("API server listening on");
}
