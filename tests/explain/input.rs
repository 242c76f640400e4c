//! What is asked wrongly, and what would be refused.

use serde_json::json;

use super::{document, explained, shared};
use crate::harness::server::{SECRET, token};
use crate::process::program::{run, text};

#[tokio::test]
async fn a_request_that_would_be_refused_says_where_and_how() {
    let fixture = shared().await;
    let server = fixture.serve().await;
    for (request, body, stage, status, code) in [
        ("GET /job?id=5", "", "parse", 400, "PGRST100"),
        ("GET /jobb", "", "plan", 404, "PGRST205"),
        (
            "GET /job?select=id,nothing(id)",
            "",
            "plan",
            400,
            "PGRST200",
        ),
        ("GET /job?nocolumn=eq.1", "", "transaction", 400, "42703"),
        ("GET /hidden", "", "transaction", 403, "42501"),
        (
            "POST /job",
            r#"{"id": 1000, "owner": "bob"}"#,
            "transaction",
            403,
            "42501",
        ),
        ("GET /a/b/c", "", "parse", 404, "PGRST125"),
        ("TRACE /job", "", "parse", 405, "PGRST117"),
    ] {
        let more = ["--claim", "name=ann", "--analyze", "--body", body];
        let document = document(fixture, request, "user", &more);
        let refused = &document["refused"];
        assert_eq!(refused["stage"], stage, "{request}: {document:#}");
        assert_eq!(refused["status"], status, "{request}");
        assert_eq!(refused["body"]["code"], code, "{request}");
        let (method, url) = request.split_once(' ').expect("a request");
        let method = match method {
            "POST" => "POST",
            "TRACE" => "TRACE",
            _ => "GET",
        };
        let call = server
            .call(method, url)
            .token(&fixture.user(json!({"name": "ann"})));
        let reply = call.body("application/json", body.to_owned()).send().await;
        assert_eq!(refused["body"], reply.json(), "{request}");
        assert_eq!(document.get("plan"), None, "{request}");
    }
    // As far as it came: the policies that refused are there.
    let refused = document(fixture, "POST /job", "user", &["--analyze", "--body", "{}"]);
    assert_eq!(super::names(&refused, "job"), ["insert_own"]);

    // At the stage response: the rows are there, and are not one.
    let more = [
        "--analyze",
        "--header",
        "Accept: application/vnd.pgrst.object+json",
    ];
    let several = document(fixture, "GET /item", "user", &more);
    assert_eq!(several["refused"]["stage"], "response");
    assert_eq!(several["refused"]["body"]["code"], "PGRST116");
    let (code, stdout, _) = explained(fixture, "GET /nothing_here", &[]);
    assert_eq!(code, Some(1));
    assert!(
        stdout.contains("at the stage plan, with status 404"),
        "{stdout}"
    );
}

#[tokio::test]
async fn what_is_typed_wrongly_says_what_to_type() {
    let fixture = shared().await;
    for (request, more, says) in [
        ("/job", &[] as &[&str], "say 'GET /job'"),
        ("GET job", &[], "say 'GET /job'"),
        ("OPTIONS /job", &[], "explain a GET"),
        ("GET /job", &["--header", "Prefer"], "Name: value"),
        (
            "GET /job",
            &["--body", "@/nonexistent/body"],
            "/nonexistent/body",
        ),
        ("GET /job", &["--role", "postgres"], "superuser"),
        ("GET /job", &["--db-anon-role", ""], "--role"),
        (
            "GET /job",
            &["--db-uri", "host=/nonexistent user=x"],
            "db-uri",
        ),
    ] {
        let (code, stdout, stderr) = explained_loosely(fixture, request, more);
        assert_eq!(
            (code, stdout.as_str()),
            (Some(1), ""),
            "{request}: {stderr}"
        );
        assert!(stderr.contains(says), "{request} {more:?}: {stderr}");
        assert!(stderr.lines().count() <= 2, "{stderr}");
    }
    let near = format!("{}_usr", fixture.database.name());
    let (_, _, stderr) = explained(fixture, "GET /job", &["--role", &near]);
    assert!(
        stderr.contains(&format!("did you mean \"{}\"", fixture.role("user"))),
        "{stderr}"
    );
    for arguments in [
        &["explain"] as &[&str],
        &["explain", "GET /job", "--claim", "a=1"],
        &["explain", "GET /job", "--role", "x", "--token", "y"],
        &["explain", "GET /job", "--role", "x", "--claim", "novalue"],
    ] {
        assert_eq!(run(arguments).status.code(), Some(2), "{arguments:?}");
    }
}

/// As `explained`, where what is given again wins.
fn explained_loosely(
    fixture: &crate::harness::fixture::Fixture,
    request: &str,
    more: &[&str],
) -> (Option<i32>, String, String) {
    let mut settings = vec![
        ("--db-uri", fixture.uri()),
        ("--db-anon-role", fixture.role("anon")),
        ("--db-schemas", "api".to_owned()),
    ];
    settings.retain(|(name, _)| !more.contains(name));
    let mut arguments = vec!["explain", request];
    for (name, value) in &settings {
        arguments.extend([*name, value.as_str()]);
    }
    arguments.extend(more);
    let output = run(&arguments);
    (
        output.status.code(),
        text(&output.stdout),
        text(&output.stderr),
    )
}

#[tokio::test]
async fn a_token_is_verified_and_speaks_for_its_holder() {
    let fixture = shared().await;
    let token = token(&fixture.role("user"), json!({"name": "ann"}));
    let arguments = [
        "--jwt-secret",
        SECRET,
        "--format",
        "json",
        "--token",
        &token,
    ];
    let (code, stdout, _) = explained(fixture, "GET http://localhost:3000/rest/v1/job", &arguments);
    assert_eq!(code, Some(0), "{stdout}");
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(document["caller"]["role"], fixture.role("user"));
    assert_eq!(document["caller"]["claims"]["name"], "ann");
    let bad = [
        "--jwt-secret",
        SECRET,
        "--format",
        "json",
        "--token",
        "a.b.c",
    ];
    let (code, stdout, _) = explained(fixture, "GET /job", &bad);
    assert_eq!(code, Some(1));
    let document: serde_json::Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(document["refused"]["stage"], "jwt", "{stdout}");
    assert_eq!(document["refused"]["status"], 401);
}
