//! On the desk itself, and on a schema that knows nothing of it: a policy that lets somebody see too much is seen
//! before it is applied.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::Value;

use crate::harness::cluster::TestDb;
use crate::harness::desk::desk;
use crate::harness::fixture::Fixture;
use crate::process::program::{run, text};

/// The project's files, with one text replaced by another in one of them.
fn project(database: &TestDb, path: &str, from: &str, to: &str) -> PathBuf {
    let folder =
        PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("{}_project", database.name()));
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    for part in [
        "migrations",
        "sql/functions",
        "sql/views",
        "sql/policies",
        "database",
    ] {
        fs::create_dir_all(folder.join(part)).unwrap();
        for entry in fs::read_dir(root.join(part)).unwrap() {
            let entry = entry.unwrap();
            if entry.path().extension().is_some_and(|it| it == "sql") {
                fs::copy(entry.path(), folder.join(part).join(entry.file_name())).unwrap();
            }
        }
    }
    let file = folder.join(path);
    let old = fs::read_to_string(&file).unwrap();
    assert!(old.contains(from), "{path} has no {from}");
    fs::write(file, old.replacen(from, to, 1)).unwrap();
    folder
}

fn diff(database: &TestDb, folder: &Path) -> Value {
    let uri = database.uri("postgres");
    let folder = folder.to_str().unwrap();
    let output = run(&[
        "policies",
        "diff",
        "--admin-db-uri",
        &uri,
        "--source",
        folder,
        "--db-schemas",
        "public",
        "--format",
        "json",
    ]);
    serde_json::from_str(&text(&output.stdout))
        .unwrap_or_else(|_| panic!("{}", text(&output.stderr)))
}

#[tokio::test]
async fn a_broken_policy_is_seen_for_sample_accounts_and_for_nobody_else() {
    let database = desk().await;
    let own = "create policy select_own on public.tickets for select to desk_client\nusing (client_id = (select claims.client_id()));";
    let broken = own.replace("client_id =", "client_id >=");
    let folder = project(&database, "sql/policies/public.tickets.sql", own, &broken);
    let found = diff(&database, &folder);
    assert_eq!(
        found["files"],
        serde_json::json!(["sql/policies/public.tickets.sql"])
    );
    let rows = found["rows"].as_array().unwrap();
    assert!(!rows.is_empty());
    for one in rows {
        assert_eq!(one["role"], "desk_client", "{one}");
        assert!(one["claims"]["client_id"].is_i64(), "{one}");
        assert!(
            one["keys"]["gained"]["count"].as_i64().unwrap() > 0,
            "{one}"
        );
        assert_eq!(one["keys"]["lost"]["count"], 0, "{one}");
    }
    assert!(rows.iter().any(|one| one["relation"] == "public.tickets"));
    assert_eq!(found["api"], serde_json::json!([]));
    let policy = &found["policies"][0];
    assert_eq!(policy["subject"], "public.tickets policy select_own");
}

#[tokio::test]
async fn a_right_taken_away_is_a_breaking_change_of_those_who_had_it() {
    let database = desk().await;
    let granted = "grant delete on public.tickets to desk_admin;";
    let folder = project(&database, "sql/policies/public.tickets.sql", granted, "");
    let found = diff(&database, &folder);
    assert_eq!(found["api"][0]["subject"], "DELETE /tickets");
    assert_eq!(found["api"][0]["roles"], serde_json::json!(["desk_admin"]));
    assert_eq!(found["api"][0]["breaking"], true);
}

#[tokio::test]
async fn a_database_that_is_not_ours_needs_nothing_but_its_files() {
    let fixture = Fixture::own().await;
    let role = fixture.role("user");
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR"))
        .join(format!("{}_files", fixture.database.name()));
    fs::create_dir_all(folder.join("sql/policies")).unwrap();
    let policy = format!(
        "drop policy if exists select_own on api.owned;
        create policy select_own on api.owned for select to {role} using (true);
        revoke select on api.nothing from {role};"
    );
    fs::write(folder.join("sql/policies/api.owned.sql"), policy).unwrap();
    let ann = format!("{role} {{\"name\": \"ann\"}}");
    let uri = fixture.database.uri("postgres");
    let arguments = [
        "policies",
        "diff",
        "--format",
        "json",
        "--as",
        &ann,
        "--source",
        folder.to_str().unwrap(),
        "--admin-db-uri",
        &uri,
        "--db-uri",
        &fixture.uri(),
        "--db-schemas",
        "api,other",
    ];
    let output = run(&arguments);
    let found: Value = serde_json::from_str(&text(&output.stdout))
        .unwrap_or_else(|_| panic!("{}", text(&output.stderr)));
    let subjects = |list: &str| -> Vec<String> {
        let list = found[list].as_array().unwrap().iter();
        list.map(|one| one["subject"].as_str().unwrap().to_owned())
            .collect()
    };
    assert_eq!(subjects("policies"), ["api.owned policy select_own"]);
    assert_eq!(subjects("api"), ["GET /nothing"]);
    assert_eq!(found["api"][0]["roles"], serde_json::json!([role]));
    let rows = found["rows"].as_array().unwrap();
    let of_ann = rows
        .iter()
        .find(|one| one["relation"] == "api.owned" && one["claims"]["name"] == "ann");
    let of_ann = of_ann.unwrap_or_else(|| panic!("{found:#}"));
    assert_eq!(
        (&of_ann["before"], &of_ann["after"]),
        (&Value::from(2), &Value::from(3))
    );
    assert_eq!(
        of_ann["keys"]["gained"]["first"],
        serde_json::json!(["id=3"])
    );
}

#[tokio::test]
async fn one_broken_policy_is_seen_by_each_of_the_four_tools() {
    let database = desk().await;
    let own = "using (client_id = (select claims.client_id()));";
    let broken = "using (client_id >= claims.client_id());";
    let path = "sql/policies/public.tickets.sql";
    let folder = project(&database, path, own, broken);
    let (uri, source) = (database.uri("postgres"), folder.to_str().unwrap());
    let scenes = concat!(env!("CARGO_MANIFEST_DIR"), "/sql/tests");
    let matrix = folder.join("matrix.json");
    let matrix_of = |more: &[&str]| {
        let mut arguments = vec!["policies", "matrix", "--admin-db-uri", &uri];
        arguments.extend(more);
        run(&arguments)
    };
    fs::write(&matrix, matrix_of(&["--format", "json"]).stdout).unwrap();

    let file = fs::read_to_string(folder.join(path)).unwrap();
    let line = 1 + file.lines().position(|line| line == broken).unwrap();
    let found = run(&["check", "--files", "--source", source]);
    // the line of its policy, which begins one above
    let place = format!("{path}:{}: warn: policy select_own", line - 1);
    assert_eq!(found.status.code(), Some(1));
    assert!(
        text(&found.stdout).contains(&place),
        "{}",
        text(&found.stdout)
    );
    assert!(
        text(&found.stdout).contains("claim_per_row"),
        "{}",
        text(&found.stdout)
    );

    let played = run(&[
        "policies",
        "test",
        scenes,
        "--pending",
        "--source",
        source,
        "--admin-db-uri",
        &uri,
    ]);
    assert_eq!(played.status.code(), Some(1));
    let told = text(&played.stdout);
    assert!(
        told.contains("FAIL  a client sees own tickets and nobody else's"),
        "{told}"
    );

    let difference = diff(&database, &folder);
    assert!(!difference["rows"].as_array().unwrap().is_empty());

    let migrated = run(&["migrate", "--source", source, "--admin-db-uri", &uri]);
    assert!(migrated.status.success(), "{}", text(&migrated.stderr));
    let compared = matrix_of(&["--against", matrix.to_str().unwrap()]);
    assert_eq!(compared.status.code(), Some(1));
    let told = text(&compared.stdout);
    assert!(
        told.contains("public.tickets: policy select_own") && told.contains(">="),
        "{told}"
    );
}
