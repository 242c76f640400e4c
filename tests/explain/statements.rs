//! What is explained is what is sent.

use serde_json::{Value, json};

use super::{document, explained, own, shared};
use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::Call;
use crate::harness::server::{SECRET, token};
use crate::process::program::Serving;

/// What a server logs of one request: settings, statement.
async fn logged(
    fixture: &Fixture,
    method: &'static str,
    url: &str,
    body: Option<Value>,
) -> [String; 2] {
    let more = [
        "--log-query",
        "true",
        "--log-format",
        "json",
        "--jwt-secret",
        SECRET,
    ];
    let mut serving = Serving::start(fixture, "info", &more);
    let base = serving_base(&mut serving);
    let token = token(&fixture.role("user"), json!({"name": "ann"}));
    let mut call = Call::new(&base, method, url).token(&token);
    if let Some(body) = body {
        call = call.json(&body);
    }
    call.send().await;
    let mut statement = || {
        let line = serving.wait_for("\"sql\"");
        let line: Value = serde_json::from_str(&line).expect("an object");
        let sql = line["sql"].as_str().or(line["fields"]["sql"].as_str());
        sql.unwrap_or_else(|| unreachable!("{line}")).to_owned()
    };
    [statement(), statement()]
}

fn serving_base(serving: &mut Serving) -> String {
    let line = serving.wait_for("API server listening on");
    let (_, rest) = line.split_once("listening on ").expect("an address");
    let address: String = rest.chars().take_while(|c| *c != '"').collect();
    format!("http://{}", address.trim())
}

#[tokio::test]
async fn the_sql_is_to_the_byte_what_the_server_logs() {
    let fixture = own().await;
    for (method, url, body) in [
        (
            "GET",
            "/job?state=eq.open&select=id,task!inner(id,done)&task.done=is.true&order=id.desc&limit=3",
            None,
        ),
        ("GET", "/rpc/jobs?only_state=open&id=gt.3&select=id", None),
        ("GET", "/item?name=like.A*&or=(id.eq.1,stock.gt.5)", None),
        ("POST", "/job", Some(json!({"id": 1000, "owner": "ann"}))),
        ("PATCH", "/job?id=lt.5", Some(json!({"state": "closed"}))),
        ("DELETE", "/job?id=eq.2", None),
    ] {
        let sent = body.as_ref().map(ToString::to_string);
        let mut more = vec!["--claim", "name=ann"];
        more.extend(sent.iter().flat_map(|body| ["--body", body.as_str()]));
        let document = document(&fixture, &format!("{method} {url}"), "user", &more);
        let [settings, main] = logged(&fixture, method, url, body).await;
        assert_eq!(document["statements"]["settings"]["sql"], settings, "{url}");
        assert_eq!(document["statements"]["main"]["sql"], main, "{url}");
    }
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "as psql does")]
async fn what_it_gives_to_paste_runs_and_says_the_same() {
    let fixture = shared().await;
    let login = fixture
        .database
        .connect(&fixture.role("authenticator"))
        .await;
    let server = fixture.serve().await;
    for url in [
        "/job?select=id,state&order=id",
        "/item?name=eq.100%25%20%22juice%22%20(b)&select=id",
        "/item?name=neq.%5C'%24%24x%241&select=id&order=id&limit=2",
        "/rpc/jobs?only_state=public&select=id&order=id",
    ] {
        let document = document(
            fixture,
            &format!("GET {url}"),
            "user",
            &["--claim", "name=ann"],
        );
        let psql = document["statements"]["psql"].as_str().expect("a script");
        let messages = login.simple_query(psql).await.expect("a script that runs");
        let body = messages.iter().find_map(|message| match message {
            tokio_postgres::SimpleQueryMessage::Row(row) => row.try_get("body").ok().flatten(),
            _ => None,
        });
        let body: Value = serde_json::from_str(body.expect("a body")).expect("JSON");
        let reply = server
            .get(url)
            .token(&fixture.user(json!({"name": "ann"})))
            .send()
            .await;
        assert_eq!(body, reply.ok(), "{url}");
    }
}

#[tokio::test]
async fn the_request_is_told_as_it_was_understood() {
    let fixture = shared().await;
    let url = "/job?state=in.(open,public)&or=(id.gt.3,owner.not.is.null)&select=id,task!inner(id)&task.done=is.true&limit=5&offset=2";
    let document = document(
        fixture,
        &format!("GET {url}"),
        "user",
        &["--claim", "name=ann"],
    );
    let understood = &document["request"]["understood"];
    assert_eq!(understood["action"], "read");
    assert_eq!(understood["target"], "relation api.job");
    assert_eq!(
        understood["filters"],
        json!([
            "or=(id.gt.3,owner.not.is.null)",
            "state=in.(open,public)",
            "task!inner"
        ])
    );
    assert_eq!(
        understood["embeds"],
        json!(["task: api.task, inner, done=is.true"])
    );
    assert_eq!(
        (understood["limit"].as_i64(), understood["offset"].as_i64()),
        (Some(5), Some(2))
    );
    assert_eq!(
        document["caller"]["claims"],
        json!({"role": fixture.role("user"), "name": "ann"})
    );
    for stage in ["jwt", "parse", "plan", "transaction", "settings"] {
        assert!(document["time"][stage].is_number(), "{stage}");
    }
    // Nothing was run.
    for absent in ["statement", "response"] {
        assert_eq!(document["time"].get(absent), None, "{absent}");
    }
    assert_eq!(document.get("answer"), None);
}

#[tokio::test]
async fn analyzed_it_is_run_and_tells_what_would_be_answered() {
    let fixture = shared().await;
    let document = document(
        fixture,
        "GET /item?id=lt.4&limit=2",
        "user",
        &["--analyze", "--header", "Prefer: count=exact"],
    );
    let answer = &document["answer"];
    assert_eq!(answer["status"], 206);
    assert_eq!((&answer["rows"], &answer["total"]), (&json!(2), &json!(3)));
    assert!(document["time"]["statement"].is_number() && document["time"]["response"].is_number());
    assert!(document["plan"][0]["Plan"]["Actual Rows"].is_number());
    let (code, stdout, _) = explained(fixture, "GET /item?id=lt.4", &["--analyze"]);
    assert_eq!(code, Some(0));
    for words in [
        "Buffers:",
        "actual time=",
        "status 200, 3 row(s)",
        "as ",
        "(without a token)",
        "for psql",
    ] {
        assert!(stdout.contains(words), "{words}: {stdout}");
    }
}

#[tokio::test]
async fn writes_are_explained_and_leave_nothing() {
    let fixture = own().await;
    let admin = fixture.admin().await;
    let state = async || -> String {
        let rows = "select md5(string_agg(j::text, ',' order by id)) || (select count(*) from api.note)::text from api.job as j";
        admin.query_one(rows, &[]).await.expect("a state").get(0)
    };
    execute(
        &admin,
        "update api.job set owner = 'ann', state = 'closed' where id < 10",
    )
    .await;
    let before = state().await;
    let row = r#"{"id": 1000, "owner": "ann"}"#;
    for (request, body, status) in [
        ("POST /job", row, 201),
        ("PATCH /job?id=eq.3", r#"{"boss": "x"}"#, 204),
        ("DELETE /job?id=eq.3", "", 204),
        ("POST /rpc/add_note", r#"{"body": "hello"}"#, 200),
    ] {
        for analyze in [&[] as &[&str], &["--analyze"]] {
            let more = [&["--claim", "name=ann", "--body", body], analyze].concat();
            let document = document(&fixture, request, "user", &more);
            assert_eq!(document.get("refused"), None, "{request}: {document:#}");
            assert_eq!(
                document["request"]["understood"]["may_write"], true,
                "{request}"
            );
            if !analyze.is_empty() {
                assert_eq!(document["answer"]["status"], status, "{request}");
            }
            assert_eq!(state().await, before, "{request}");
        }
    }
    // What only the COMMIT would say is heard.
    let refused = document(
        &fixture,
        "POST /note",
        "user",
        &["--analyze", "--body", r#"{"body": "x", "parent": 77}"#],
    );
    assert_eq!(refused["refused"]["body"]["code"], "23503", "{refused:#}");
    assert_eq!(state().await, before);
}

#[tokio::test]
async fn secrets_are_masked() {
    let fixture = shared().await;
    let token = token(&fixture.role("user"), json!({"name": "ann"}));
    let folder = std::env::temp_dir().join(format!("rowdesk-explain-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file = folder.join("rowdesk.conf");
    std::fs::write(&file, "app.settings.key = \"very hidden\"\n").unwrap();
    let file = file.to_string_lossy().into_owned();
    let arguments = [
        "--token",
        &token,
        "--jwt-secret",
        SECRET,
        "--config",
        &file,
        "--header",
        "Cookie: session=hidden cookie",
        "--header",
        "apikey: hidden key",
        "--header",
        "X-Shown: shown",
    ];
    for format in ["text", "json"] {
        let arguments = [&arguments as &[&str], &["--format", format]].concat();
        let (code, stdout, stderr) = explained(fixture, "GET /job?limit=1", &arguments);
        assert_eq!(code, Some(0), "{stdout}{stderr}");
        assert!(
            stdout.contains("shown") && stdout.contains("***"),
            "{stdout}"
        );
        assert!(
            !stdout.contains("hidden") && !stdout.contains(&token),
            "{stdout}"
        );
        assert!(stdout.contains("ann"), "{stdout}");
    }
    std::fs::remove_dir_all(&folder).unwrap();
}
