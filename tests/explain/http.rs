//! `Accept: application/vnd.rowdesk.explain+json`.

use serde_json::{Value, json};

use super::{document, own, shared};
use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

const EXPLAIN: &str = "application/vnd.rowdesk.explain+json";

async fn serve(fixture: &Fixture, roles: &[&str]) -> TestServer {
    let roles = roles.iter().map(|role| fixture.role(role)).collect();
    fixture
        .serve_with(|config| {
            config.explain_roles = roles;
            config.server_timing_enabled = true;
        })
        .await
}

async fn get(server: &TestServer, fixture: &Fixture, url: &str, accept: &str) -> Reply {
    let token = fixture.user(json!({"name": "ann"}));
    server
        .get(url)
        .header("accept", accept)
        .token(&token)
        .send()
        .await
}

#[tokio::test]
async fn to_whom_it_is_not_allowed_there_is_no_such_thing() {
    let fixture = shared().await;
    let off = fixture.serve().await;
    let others = serve(fixture, &["lead", "anon"]).await;
    for server in [&off, &others] {
        for (url, accept) in [
            ("/job", EXPLAIN.to_owned()),
            ("/broken", format!("{EXPLAIN};options=analyze")),
            ("/rpc/jobs", format!("{EXPLAIN}; for=\"text/csv\"")),
        ] {
            let reply = get(server, fixture, url, &accept).await;
            let error = reply.refused(406, "PGRST107");
            let text = error.to_string();
            assert!(
                !text.contains("select_never") && !text.contains("polic"),
                "{text}"
            );
        }
        // What else is accepted is given.
        let reply = get(
            server,
            fixture,
            "/job",
            &format!("{EXPLAIN}, application/json"),
        )
        .await;
        assert!(reply.ok().is_array());
        assert_eq!(
            reply.header("content-type"),
            Some("application/json; charset=utf-8")
        );
        let reply = get(server, fixture, "/job", "application/vnd.pgrst.plan+json").await;
        reply.refused(406, "PGRST107");
    }
}

#[tokio::test]
async fn it_is_the_document_of_the_command() {
    let fixture = shared().await;
    let server = serve(fixture, &["user"]).await;
    for (url, options) in [
        ("/job?state=eq.open&select=id,task(id)&limit=3", ""),
        ("/job?state=eq.open", ";options=analyze"),
        ("/rpc/jobs?only_state=open", ""),
    ] {
        let reply = get(&server, fixture, url, &format!("{EXPLAIN}{options}")).await;
        let mut over_http = reply.ok();
        assert_eq!(reply.header("content-type"), Some(EXPLAIN));
        assert!(reply.header("server-timing").is_some());
        let analyze: &[&str] = if options.is_empty() {
            &[]
        } else {
            &["--analyze"]
        };
        let more = [&["--claim", "name=ann"], analyze].concat();
        let mut typed = document(fixture, &format!("GET {url}"), "user", &more);
        let keys = |value: &Value| -> Vec<String> {
            value
                .as_object()
                .expect("an object")
                .keys()
                .cloned()
                .collect()
        };
        assert_eq!(keys(&over_http), keys(&typed));
        for own in ["time", "plan"] {
            assert_eq!(over_http[own].is_array(), typed[own].is_array());
            over_http[own].take();
            typed[own].take();
        }
        // The token has an end, and there are headers.
        over_http["caller"]["claims"]["exp"].take();
        assert_eq!(over_http["caller"]["claims"]["name"], "ann");
        for one in [&mut over_http, &mut typed] {
            one["caller"].take();
            one["statements"]["psql"].take();
            let settings = &mut one["statements"]["settings"];
            assert!(
                !settings["parameters"].to_string().contains("Bearer"),
                "{settings}"
            );
            settings["parameters"].take();
        }
        assert_eq!(over_http, typed, "{url}");
    }
}

#[tokio::test]
async fn a_refused_request_is_refused_and_a_write_leaves_nothing() {
    let fixture = own().await;
    let server = serve(&fixture, &["user"]).await;
    for (url, status, code) in [
        ("/jobb", 404, "PGRST205"),
        ("/job?id=5", 400, "PGRST100"),
        ("/hidden", 403, "42501"),
    ] {
        get(&server, &fixture, url, EXPLAIN)
            .await
            .refused(status, code);
    }
    get(
        &server,
        &fixture,
        "/job",
        &format!("{EXPLAIN};for=\"text/html\""),
    )
    .await
    .refused(406, "PGRST107");
    get(
        &server,
        &fixture,
        "/job",
        &format!("{EXPLAIN};for=\"application/vnd.pgrst.plan\""),
    )
    .await
    .refused(406, "PGRST107");
    let csv = get(
        &server,
        &fixture,
        "/job",
        &format!("{EXPLAIN};for=\"text/csv\""),
    )
    .await
    .ok();
    assert_eq!(csv["request"]["understood"]["answer"], "text/csv");

    let token = fixture.user(json!({"name": "ann"}));
    let row = json!({"id": 1000, "owner": "ann"});
    let post = |accept: String| {
        server
            .post("/job")
            .token(&token)
            .header("accept", &accept)
            .json(&row)
            .send()
    };
    let reply = post(format!("{EXPLAIN};options=analyze")).await.ok();
    assert_eq!(reply["answer"]["status"], 201, "{reply:#}");
    assert_eq!(super::names(&reply, "job"), ["insert_own"]);
    let count = get(&server, &fixture, "/job?id=eq.1000", "application/json").await;
    assert_eq!(count.ok(), json!([]));
    let refused = server
        .post("/job")
        .token(&token)
        .header("accept", &format!("{EXPLAIN};options=analyze"))
        .json(&json!({"id": 1001, "owner": "bob"}));
    refused.send().await.refused(403, "42501");
    // OPTIONS has nothing to explain, and the sessions go on as they were.
    assert_eq!(
        server
            .call("OPTIONS", "/job")
            .header("accept", EXPLAIN)
            .send()
            .await
            .status,
        200
    );
    fixture
        .wait_for("state like 'idle in transaction%'", 0)
        .await;
}
