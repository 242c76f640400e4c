//! `rowdesk policies matrix`: what it says of a database that is not ours, of ours, and what it finds changed.

use serde_json::Value;

use super::{Folder, policies};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};
use crate::harness::fixture::Fixture;

/// What the fixture lacks: each kind of view, restrictive policies, an owner that no policy binds, a definer.
const MORE: &str = "
    create table api.shared (id int primary key, owner text, body text, gone boolean);
    alter table api.shared enable row level security;
    alter table api.shared force row level security;
    grant select, insert (id, body), update (body) on api.shared to web_user;
    grant select on api.shared to public;
    create policy select_own on api.shared for select to web_user using (owner = current_setting('me', true));
    create policy select_listed on api.shared for select to web_user using (id < 10);
    create policy not_gone on api.shared as restrictive to web_user using (not gone);
    create policy insert_own on api.shared for insert to web_user with check (true);
    create view api.shared_bodies as select body from api.shared;
    grant select on api.shared_bodies to web_user;
    create role web_boss inherit;
    grant web_user to web_boss;
    alter table api.owned owner to web_boss;
    grant web_boss to web_authenticator;
    create function api.secret_count() returns bigint language sql security definer as 'select count(*) from api.hidden';
    revoke execute on function api.secret_count() from public;
    grant execute on function api.secret_count() to web_user;";

async fn fixture() -> Fixture {
    Fixture::own_with(MORE).await
}

/// Names without the prefix of this test's database.
fn plain(fixture: &Fixture, text: &str) -> String {
    text.replace(&format!("{}_", fixture.database.name()), "web_")
}

fn matrix(fixture: &Fixture, more: &[&str]) -> (Option<i32>, String, String) {
    let uri = fixture.uri();
    let arguments = [&["matrix", "--db-uri", &uri, "--db-schemas", "api"], more].concat();
    let (code, stdout, stderr) = policies(&arguments);
    (code, plain(fixture, &stdout), plain(fixture, &stderr))
}

/// As the server's own login, which has no rights: the catalog is enough.
#[tokio::test]
async fn a_foreign_database_is_shown_to_its_plain_login() {
    let fixture = fixture().await;
    let relations = [
        "--relation",
        "shared",
        "--relation",
        "api.shared_bodies",
        "--relation",
        "owned",
    ];
    let more = [
        "--relation",
        "half_open",
        "--relation",
        "cheap",
        "--relation",
        "hidden",
    ];
    let (code, stdout, stderr) = matrix(&fixture, &[&relations[..], &more].concat());
    assert_eq!((code, stderr.as_str()), (Some(0), ""));
    let expected = "\
api.cheap (view, runs as who asks, reads api.item)

           | select             | insert | update | delete
  web_anon | all                | –      | –      | –
  web_boss | all, by web_user   | –      | –      | –
  web_user | all                | –      | –      | –
  nothing: web_stranger
";
    assert_eq!(block(&stdout, "api.cheap"), squeezed(expected));
    let expected = "\
api.half_open (table, row-level security off, owner postgres)

           | select                               | insert                               | update                               | delete
  web_boss | (id, body): all rows, by web_user    | (body): all rows, by web_user        | (body): all rows, by web_user        | –
  web_user | (id, body): all rows                 | (body): all rows                     | (body): all rows                     | –
  nothing: web_anon, web_stranger
";
    assert_eq!(block(&stdout, "api.half_open"), squeezed(expected));
    assert_eq!(
        block(&stdout, "api.hidden"),
        squeezed(
            "api.hidden (table, row-level security off, owner postgres)\n\n\
             nothing: web_anon, web_boss, web_stranger, web_user\n"
        )
    );
    let expected = "\
api.owned (table, row-level security on, owner web_boss)

           | select                | insert                 | update                 | delete                 | truncate
  web_boss | all: all rows (owner) | all: all rows (owner)  | all: all rows (owner)  | all: all rows (owner)  | all: all rows (owner)
  web_user | all: select_own       | – | – | – | –
  nothing: web_anon, web_stranger
  policy select_own for select to web_user using (owner = ( SELECT ((current_setting('request.jwt.claims'::text, true))::json ->> 'name'::text)))
";
    assert_eq!(block(&stdout, "api.owned"), squeezed(expected));
    let expected = "\
api.shared (table, row-level security forced, owner postgres)

               | select | insert | update | delete
  web_anon     | all: no rows, by public | – | – | –
  web_boss     | all: select_listed or select_own, and not_gone, by public, web_user | (id, body): insert_own, and not_gone, by web_user | (body): no rows, by web_user | –
  web_stranger | all: no rows, by public | – | – | –
  web_user     | all: select_listed or select_own, and not_gone | (id, body): insert_own, and not_gone | (body): no rows | –
  policy insert_own for insert to web_user with check (true)
  policy not_gone restrictive for all to web_user using (NOT gone)
  policy select_listed for select to web_user using (id < 10)
  policy select_own for select to web_user using (owner = current_setting('me'::text, true))
";
    assert_eq!(block(&stdout, "api.shared ("), squeezed(expected));
    assert!(
        stdout.contains("api.shared_bodies (view, runs as postgres, whom no policy binds (superuser), reads api.shared)"),
        "{stdout}"
    );
}

/// The block of a relation, without the spaces that align it.
fn block(text: &str, name: &str) -> String {
    let start = text.find(name);
    let start = start.unwrap_or_else(|| panic!("no {name} in {text}"));
    let rest = text.get(start..).expect("a block");
    let end = rest.find("\n\napi.").map_or(rest.len(), |end| end + 1);
    squeezed(rest.get(..end).expect("a block"))
}

fn squeezed(text: &str) -> String {
    let words = |line: &str| {
        let line = line.split_whitespace().collect::<Vec<_>>().join(" ");
        // Long ones are cut, with the names that they really have.
        let end = if line.starts_with("policy") {
            100
        } else {
            line.len()
        };
        line.get(..end).unwrap_or(&line).to_owned()
    };
    let lines: Vec<_> = text.trim().lines().map(words).collect();
    lines.join("\n")
}

#[tokio::test]
async fn the_json_has_the_shape_that_the_page_describes() {
    let fixture = fixture().await;
    let (_, stdout, stderr) = matrix(&fixture, &["--format", "json"]);
    let all: Value =
        serde_json::from_str(&stdout).unwrap_or_else(|error| panic!("{error}: {stderr}"));
    assert_eq!(all["format"], 1);
    assert_eq!(all["asked"]["schemas"], serde_json::json!(["api"]));
    assert_eq!(
        all["roles"],
        serde_json::json!(["web_anon", "web_boss", "web_stranger", "web_user"])
    );
    let shared = all["relations"]
        .as_array()
        .unwrap()
        .iter()
        .find(|it| it["name"] == "api.shared")
        .unwrap();
    assert_eq!(
        shared["columns"],
        serde_json::json!(["id", "owner", "body", "gone"])
    );
    let right = |role: &str, verb: &str| {
        let rights = shared["rights"].as_array().unwrap();
        rights
            .iter()
            .find(|it| it["role"] == role && it["verb"] == verb)
            .unwrap()
            .clone()
    };
    assert_eq!(
        right("web_user", "insert"),
        serde_json::json!({
            "role": "web_user", "verb": "insert", "usage": true, "whole": false, "columns": ["id", "body"],
            "by": ["web_user"], "rows": "by_policies", "bypasses": null, "policies": ["insert_own"],
            "restrictive": ["not_gone"],
        })
    );
    assert_eq!(right("web_anon", "select")["rows"], "none");
    assert_eq!(
        shared["policies"][0],
        serde_json::json!({
            "name": "insert_own", "verb": "insert", "restrictive": false, "roles": ["web_user"], "using": null,
            "check": "true",
        })
    );
    let functions = all["functions"].as_array().unwrap();
    let definer = functions
        .iter()
        .find(|it| it["name"] == "api.secret_count()")
        .unwrap();
    assert_eq!(
        *definer,
        serde_json::json!({
            "name": "api.secret_count()", "owner": "postgres", "definer": true, "public": false,
            "roles": ["web_boss", "web_user"],
        })
    );
    assert!(stdout.ends_with("}\n"));
}

#[tokio::test]
async fn every_hole_is_found_against_a_matrix_that_was_kept() {
    let fixture = fixture().await;
    let folder = Folder::empty();
    let uri = fixture.uri();
    let (_, kept, _) = policies(&[
        "matrix",
        "--db-uri",
        &uri,
        "--db-schemas",
        "api",
        "--format",
        "json",
    ]);
    let file = folder.write("matrix.json", &kept);
    // the file says what was asked
    let against = || {
        let (code, stdout, stderr) = policies(&["matrix", "--db-uri", &uri, "--against", &file]);
        assert_eq!(stderr, "");
        (code, plain(&fixture, &stdout))
    };
    assert_eq!(
        against(),
        (Some(0), "The matrix is as it was.\n".to_owned())
    );
    let admin = fixture.admin().await;
    for (hole, mended, said) in [
        (
            "alter policy select_listed on api.shared using (true)",
            "alter policy select_listed on api.shared using (id < 10)",
            "api.shared: policy select_listed for select to web_user using (id < 10) → for select to web_user using (true)\n",
        ),
        (
            "grant delete on api.shared to web_stranger",
            "revoke delete on api.shared from web_stranger",
            "api.shared: web_stranger gains delete, no rows\n",
        ),
        (
            "grant update (owner) on api.shared to web_user",
            "revoke update (owner) on api.shared from web_user",
            "api.shared: web_boss gains update (owner)\napi.shared: web_user gains update (owner)\n",
        ),
        (
            "drop policy not_gone on api.shared",
            "create policy not_gone on api.shared as restrictive to web_user using (not gone)",
            "api.shared: policy not_gone is gone, restrictive for all to web_user using (NOT gone)\n\
             api.shared: web_boss insert: insert_own, and not_gone → insert_own\n\
             api.shared: web_boss select: select_listed or select_own, and not_gone → select_listed or select_own\n\
             api.shared: web_user insert: insert_own, and not_gone → insert_own\n\
             api.shared: web_user select: select_listed or select_own, and not_gone → select_listed or select_own\n",
        ),
        (
            "alter table api.owned force row level security",
            "alter table api.owned no force row level security",
            "api.owned: table, row-level security on, owner web_boss → table, row-level security forced, owner web_boss\n\
             api.owned: web_boss delete: all rows (owner) → no rows\n",
        ),
        (
            "alter view api.cheap set (security_invoker = false)",
            "alter view api.cheap set (security_invoker = true)",
            "api.cheap: view, runs as who asks, reads api.item → view, runs as postgres, whom no policy binds (superuser), \
             reads api.item\n",
        ),
        (
            "grant execute on function api.secret_count() to public",
            "revoke execute on function api.secret_count() from public",
            "api.secret_count(): web_anon gains execute\napi.secret_count(): web_stranger gains execute\n\
             api.secret_count(): everybody may execute it (public)\n",
        ),
        (
            "create table api.forgotten (secret text); grant select on api.forgotten to web_anon",
            "drop table api.forgotten",
            "api.forgotten: new, a table, row-level security off, owner postgres\n\
             api.forgotten: web_anon gains select, all rows\n",
        ),
        (
            "grant web_boss to web_stranger",
            "revoke web_boss from web_stranger",
            "api.hidden: web_stranger",
        ),
    ] {
        let real = |sql: &str| sql.replace("web_", &format!("{}_", fixture.database.name()));
        execute(&admin, &real(hole)).await;
        let (code, stdout) = against();
        assert_eq!(code, Some(1), "{hole}");
        if hole.starts_with("grant web_boss") {
            assert!(
                stdout.contains("api.owned: web_stranger gains delete, all rows (owner)\n"),
                "{stdout}"
            );
        } else {
            assert!(stdout.starts_with(said), "{hole}: {stdout}");
        }
        execute(&admin, &real(mended)).await;
        assert_eq!(against().0, Some(0), "{mended}");
    }
}

#[tokio::test]
async fn what_is_not_there_is_refused_with_what_may_be_meant() {
    let fixture = fixture().await;
    let stranger = fixture.role("strangre");
    for (arguments, said) in [
        (
            &["--schema", "apo"][..],
            "there is no schema \"apo\"; did you mean \"api\"?",
        ),
        (
            &["--role", stranger.as_str()],
            "there is no role \"web_strangre\"; did you mean \"web_stranger\"?",
        ),
        (
            &["--relation", "nonsense"],
            "there is no relation \"nonsense\"",
        ),
        (&["--against", "/nonexistent"], "cannot read /nonexistent"),
        (&["--against", "/dev/null"], "/dev/null is no matrix"),
    ] {
        let (code, stdout, stderr) = matrix(&fixture, arguments);
        assert_eq!((code, stdout.as_str()), (Some(1), ""), "{arguments:?}");
        assert!(stderr.contains(said), "{stderr}");
    }
}

/// Whoever asks as the owner names no login: then it is those that something was granted to.
#[tokio::test]
async fn without_a_login_the_roles_are_those_of_the_grants() {
    let fixture = fixture().await;
    let uri = fixture.database.uri("postgres");
    let (code, stdout, stderr) = policies(&[
        "matrix",
        "--db-uri",
        &uri,
        "--db-schemas",
        "api",
        "--format",
        "json",
    ]);
    assert_eq!(code, Some(0), "{stderr}");
    let all: Value = serde_json::from_str(&plain(&fixture, &stdout)).unwrap();
    // web_boss owns a table of the schema
    assert_eq!(
        all["roles"],
        serde_json::json!(["web_anon", "web_stranger", "web_user"])
    );
}

#[tokio::test]
async fn a_broken_policy_of_the_desk_and_a_grant_by_hand_are_found() {
    let database = desk().await;
    let folder = Folder::empty();
    let uri = database.uri("desk_authenticator");
    let (code, kept, stderr) = policies(&["matrix", "--db-uri", &uri, "--format", "json"]);
    assert_eq!(code, Some(0), "{stderr}");
    let file = folder.write("matrix.json", &kept);
    execute(
        &database.connect("postgres").await,
        "alter policy select_own on tickets using (true);
        grant select on team_members to desk_client",
    )
    .await;
    let (code, stdout, _) = policies(&["matrix", "--db-uri", &uri, "--against", &file]);
    assert_eq!(code, Some(1));
    assert_eq!(
        stdout.lines().collect::<Vec<_>>(),
        [
            "public.team_members: desk_client select: (id, username, department, status, display_name) → all columns",
            "public.tickets: policy select_own for select to desk_client using (client_id = ( SELECT claims.client_id() \
             AS client_id)) → for select to desk_client using (true)",
        ]
    );
}

#[tokio::test]
async fn the_page_shows_what_is_printed() {
    let database = desk().await;
    let uri = database.uri("desk_authenticator");
    let (_, stdout, stderr) = policies(&["matrix", "--db-uri", &uri, "--relation", "tickets"]);
    let printed = squeezed(&stdout);
    let page = include_str!("../../docs/policy-tools.md");
    let (_, example) = page.split_once("## matrix\n\n").unwrap();
    let (example, _) = example.split_once("\n\nA cell").unwrap();
    let mut lines = 0;
    for line in squeezed(example)
        .lines()
        .filter(|line| !line.starts_with('$') && *line != "…")
    {
        assert!(
            printed.lines().any(|one| one == line),
            "{line} is not in\n{printed}{stderr}"
        );
        lines += 1;
    }
    assert!(lines > 6, "{lines}");
}

#[tokio::test]
async fn a_database_without_tables_says_so() {
    let database = TestDb::empty().await;
    let (code, _, stderr) = policies(&["matrix", "--db-uri", &database.uri("postgres")]);
    assert_eq!(code, Some(1));
    assert!(
        stderr
            .contains("no role to show: nothing of public is granted to any; name one with --role"),
        "{stderr}"
    );
}
