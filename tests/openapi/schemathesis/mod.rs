//! Requests that [Schemathesis](https://schemathesis.io) makes of the description, and whether their answers
//! are those described.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::harness::desk::{self, desk};
use crate::harness::server::{TestServer, token};

/// Everything in it is installed as it is pinned there.
const REQUIREMENTS: &str = include_str!("requirements.txt");

/// What is asked of every answer. Not that bad requests fail and good ones succeed: no schema says which
/// text is a good `select`.
const CHECKS: &str = "not_a_server_error,status_code_conformance,content_type_conformance,\
                      response_headers_conformance,response_schema_conformance";

/// Requests that the description holds for `seconds`, after its examples, each operation in its turn.
struct Run {
    name: &'static str,
    token: Option<String>,
    seconds: u8,
}

#[tokio::test]
async fn every_answer_is_as_described() {
    let program = schemathesis().await;
    let database = desk().await;
    let server = desk::serve(&database).await;
    let admin = token("desk_admin", json!({ "team_member_id": 1 }));
    for (name, token, seconds) in [
        ("anonymous", None, 3),
        ("client", Some(desk::client(1)), 15),
        ("agent", Some(desk::agent()), 30),
        ("admin", Some(admin), 40),
    ] {
        let run = Run {
            name,
            token,
            seconds,
        };
        let document = described(&server, run.token.as_deref()).await;
        let output = check(&program, &server, &document, run).await;
        let said = said(&output);
        assert!(output.status.success(), "{name}:\n{said}");
        // An operation that was not tried is not known to be right.
        let operations = operations(&document);
        let tested = format!("Tested: {operations}\n");
        assert!(said.contains(&tested), "{name}: not {tested}{said}");
    }
}

#[tokio::test]
async fn a_description_that_is_wrong_is_found_out() {
    let program = schemathesis().await;
    let database = desk().await;
    let server = desk::serve(&database).await;
    let mut document = described(&server, Some(&desk::agent())).await;
    let statuses = document["paths"]["/ticket_statuses"].take();
    document["paths"] = json!({ "/ticket_statuses": statuses });
    document["components"]["schemas"]["ticket_statuses"] = json!({ "type": "boolean" });
    let run = Run {
        name: "wrong",
        token: Some(desk::agent()),
        seconds: 10,
    };
    let output = check(&program, &server, &document, run).await;
    let said = said(&output);
    assert_eq!(output.status.code(), Some(1), "{said}");
    assert!(said.contains("GET /ticket_statuses"), "{said}");
}

async fn described(server: &TestServer, token: Option<&str>) -> Value {
    let mut call = server
        .get("/")
        .header("accept", "application/vnd.oai.openapi+json;version=3.1");
    if let Some(token) = token {
        call = call.token(token);
    }
    let document = call.send().await.ok();
    assert_eq!(document["openapi"], "3.1.1");
    document
}

fn operations(document: &Value) -> usize {
    let items = document["paths"].as_object().expect("paths").values();
    items
        .map(|item| item.as_object().expect("operations").len())
        .sum()
}

async fn check(program: &Path, server: &TestServer, document: &Value, run: Run) -> Output {
    let own = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/openapi/schemathesis");
    let folder = scratch().join(run.name);
    fs::create_dir_all(&folder).expect("a folder");
    fs::write(folder.join("openapi.json"), document.to_string()).expect("a file");
    let mut command = Command::new(program);
    command
        .current_dir(&folder)
        .env("PYTHONPATH", &own)
        .env("PYTHONDONTWRITEBYTECODE", "1")
        .env("SCHEMATHESIS_HOOKS", "hooks")
        .arg("--config-file")
        .arg(own.join("schemathesis.toml"))
        .args(["run", "openapi.json", "--url", &server.base])
        .args(["--checks", CHECKS, "--phases", "examples,fuzzing"])
        .args(["--max-time", &run.seconds.to_string()])
        .args(["--request-timeout", "30", "--continue-on-failure"])
        .args(["--no-color", "--warnings", "off"]);
    if let Some(token) = run.token {
        command.args(["--header", &format!("Authorization: Bearer {token}")]);
    }
    output(command).await
}

/// The server answers while the command runs.
async fn output(mut command: Command) -> Output {
    let running = tokio::task::spawn_blocking(move || {
        let name = command.get_program().to_string_lossy().into_owned();
        let output = command.output();
        output.unwrap_or_else(|error| panic!("{name} (python3 3.10 or later is needed): {error}"))
    });
    running.await.expect("an output")
}

fn said(output: &Output) -> String {
    let (out, errors) = (&output.stdout, &output.stderr);
    [out, errors]
        .map(|text| String::from_utf8_lossy(text))
        .join("\n")
}

fn scratch() -> PathBuf {
    Path::new(env!("CARGO_TARGET_TMPDIR")).join("schemathesis")
}

/// The program, in an environment of its own, which is made anew where the requirements have changed.
async fn schemathesis() -> PathBuf {
    static ONE_AT_A_TIME: tokio::sync::Mutex<()> = tokio::sync::Mutex::const_new(());
    let _guard = ONE_AT_A_TIME.lock().await;
    let environment = scratch().join("environment");
    let programs = environment.join("bin");
    let installed = environment.join("requirements.txt");
    if fs::read_to_string(&installed).is_ok_and(|text| text == REQUIREMENTS) {
        return programs.join("st");
    }
    let mut python = Command::new("python3");
    python.args(["-m", "venv", "--clear"]).arg(&environment);
    let made = output(python).await;
    assert!(
        made.status.success(),
        "python3 (3.10 or later) with venv is needed: apt-get install python3-venv\n{}",
        said(&made)
    );
    let requirements = environment.join("wanted.txt");
    fs::write(&requirements, REQUIREMENTS).expect("a file");
    let mut pip = Command::new(programs.join("pip"));
    pip.args(["install", "--disable-pip-version-check", "--no-deps"])
        .arg("--requirement")
        .arg(&requirements);
    let got = output(pip).await;
    assert!(
        got.status.success(),
        "Schemathesis cannot be installed from PyPI\n{}",
        said(&got)
    );
    fs::rename(requirements, installed).expect("a file");
    programs.join("st")
}
