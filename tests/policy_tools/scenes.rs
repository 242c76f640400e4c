//! `rowdesk policies test`: scenes that pass, scenes that fail with a message that says where and why, and what no
//! scene can do.

use serde_json::Value;

use super::{Folder, policies};
use crate::harness::desk::{desk, execute};
use crate::harness::fixture::Fixture;

const SCENES: &str = "\
-- setup
insert into api.mine values (9, 'ann', 'nine');
-- scene: ann sees and changes what is hers
-- as: web_user {\"name\": \"ann\"}
-- expect: rows in order
--   id | body
--   1  | one
--   2  | two
--   9  | nine
select id, body from mine order by id;
-- expect: 1 row changed
update mine set body = null where id = 9;
-- expect: rows
--  id | body
-- ----+------
--   9 | null
-- (1 row)
select id, body from mine where id = 9;
-- expect: no rows changed
delete from mine where owner = 'bob';
-- expect: refused 42501 violates row-level security policy
insert into mine values (10, 'bob', 'x');
-- expect: columns id, owner, body
-- expect: 3 rows
select * from mine;

-- scene: nobody's rows are nobody's
-- as: web_user
-- expect: no rows
select from mine;
-- as: web_anon {\"name\": \"ann\"}
-- expect: refused 42501
select from mine;

-- scene: a trigger and a function answer as in a request
-- as: web_user {\"name\": \"ann\"}
-- expect: refused PT409 is locked
insert into guarded values (1, 'locked');
-- expect: value ann
select current_setting('request.jwt.claims')::json ->> 'name';
";

/// The scenes, or one of their own, played as the superuser.
fn play(fixture: &Fixture, text: &str, more: &[&str]) -> (Option<i32>, String, String) {
    let folder = Folder::empty();
    let prefix = format!("{}_", fixture.database.name());
    let file = folder.write("a.sql", &text.replace("web_", &prefix));
    let uri = fixture.database.uri("postgres");
    let arguments = [
        &["test", &file, "--admin-db-uri", &uri, "--db-schemas", "api"],
        more,
    ]
    .concat();
    let (code, stdout, stderr) = policies(&arguments);
    let plain = |text: String| text.replace(&prefix, "web_").replace(folder.path(), "");
    (code, plain(stdout), plain(stderr))
}

/// What is printed of a scene that fails, without its time.
fn failure(fixture: &Fixture, lines: &str) -> String {
    let (code, stdout, stderr) = play(fixture, &format!("-- scene: it\n{lines}"), &[]);
    assert_eq!(code, Some(1), "{stdout}{stderr}");
    let lines = stdout.lines().filter(|line| line.starts_with("      "));
    let lines: Vec<_> = lines
        .map(|line| line.get(6..).unwrap_or_default())
        .collect();
    format!("{}{stderr}", lines.join("\n"))
}

#[tokio::test]
async fn scenes_of_a_foreign_database_pass_and_leave_nothing() {
    let fixture = Fixture::own().await;
    let (code, stdout, stderr) = play(&fixture, SCENES, &[]);
    assert_eq!((code, stderr.as_str()), (Some(0), ""), "{stdout}");
    let lines: Vec<_> = stdout
        .lines()
        .map(|line| line.split(" (").next().unwrap())
        .collect();
    assert_eq!(
        lines,
        [
            "/a.sql",
            "ok    ann sees and changes what is hers",
            "ok    nobody's rows are nobody's",
            "ok    a trigger and a function answer as in a request",
            "3 scenes, 0 failed; nothing of them is kept",
        ]
    );
    let rows = fixture
        .admin()
        .await
        .query("select from api.mine", &[])
        .await
        .unwrap();
    assert_eq!(rows.len(), 3);

    let (_, stdout, _) = play(&fixture, SCENES, &["--filter", "NOBODY a.sql"]);
    assert!(
        stdout.ends_with("\n1 scene, 0 failed; nothing of them is kept\n"),
        "{stdout}"
    );
    let (code, _, stderr) = play(&fixture, SCENES, &["--filter", "zebra"]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("no scene has the words zebra"), "{stderr}");
}

/// The login of the server can play scenes that need no setup.
#[tokio::test]
async fn the_servers_own_login_is_enough_to_ask() {
    let fixture = Fixture::own().await;
    let folder = Folder::empty();
    let role = fixture.role("user");
    let text = format!(
        "-- scene: x\n-- as: {role} {{\"name\": \"bob\"}}\n-- expect: value 3\nselect id from owned;"
    );
    folder.write("sql/tests/x.sql", &text);
    let play = |text: &str| {
        folder.write("sql/tests/x.sql", text);
        policies(&[
            "test",
            "--source",
            folder.path(),
            "--db-uri",
            &fixture.uri(),
            "--db-schemas",
            "api",
        ])
    };
    let (code, stdout, stderr) = play(&text);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    // and becomes nobody whom it may not become
    let (code, stdout, _) = play(&text.replace(&role, "postgres"));
    assert_eq!(code, Some(1));
    assert!(
        stdout.contains("\"postgres\" is a superuser, so no policy applies to it"),
        "{stdout}"
    );
    let (code, stdout, _) = play(&text.replace(&role, "pg_monitor"));
    assert_eq!(code, Some(1));
    assert!(
        stdout.contains("this login may not become \"pg_monitor\""),
        "{stdout}"
    );
}

#[tokio::test]
async fn every_kind_of_failure_says_where_and_why() {
    let fixture = Fixture::own().await;
    let as_ann = "-- as: web_user {\"name\": \"ann\"}\n";
    for (lines, said) in [
        (
            "-- expect: rows\n--   id | body\n--   1 | one\n--   3 | three\nselect id, body from mine;",
            "/a.sql:7: as web_user {\"name\":\"ann\"}\n  select id, body from mine\n  \
             the rows differ (- missing, + extra), of id | body:\n  - 3 | three\n  + 2 | two",
        ),
        (
            "-- expect: no rows\nselect id\nfrom mine\nwhere id = 1;",
            "/a.sql:4: as web_user {\"name\":\"ann\"}\n  select id …\n  expected: no rows\n  got: 1 row\n  id\n  1",
        ),
        (
            "-- expect: refused 42501\nupdate mine set body = 'x';",
            "/a.sql:4: as web_user {\"name\":\"ann\"}\n  update mine set body = 'x'\n  expected: refused 42501\n  got: 2 rows changed",
        ),
        (
            "-- expect: refused 42501\ninsert into guarded values (1, 'locked');",
            "/a.sql:4: as web_user {\"name\":\"ann\"}\n  insert into guarded values (1, 'locked')\n  expected: refused 42501\n  \
             refused otherwise: is locked (PT409)\n    detail: the detail\n    hint: the hint\n    \
             where: PL/pgSQL function private.guard() line 4 at RAISE",
        ),
        (
            "insert into guarded values (1, 'locked');\n-- expect: no rows\nselect 1;",
            "/a.sql:3: as web_user {\"name\":\"ann\"}\n  insert into guarded values (1, 'locked')\n  refused: is locked (PT409)\n    \
             detail: the detail\n    hint: the hint\n    where: PL/pgSQL function private.guard() line 4 at RAISE",
        ),
        (
            "-- expect: 1 row\nselect id from mine where id = 1;\n-- expect: value 2\nselect id from mine where id = 1;\n\
             -- expect: no rows\nselect id from mine where id = 2;",
            "/a.sql:6: as web_user {\"name\":\"ann\"}\n  select id from mine where id = 1\n  expected: value 2\n  got: 1 row\n  id\n  1\n\
             /a.sql:8: as web_user {\"name\":\"ann\"}\n  select id from mine where id = 2\n  expected: no rows\n  got: 1 row\n  id\n  2",
        ),
        // what a request would hear at its COMMIT
        (
            "-- expect: done\ninsert into note (body, parent) values ('x', 999);",
            "/a.sql:4: as web_user {\"name\":\"ann\"}\n  insert into note (body, parent) values ('x', 999)\n  \
             refused at the end of the transaction: insert or update on table \"note\" violates foreign key constraint \
             \"note_parent_fkey\" (23503)\n    detail: Key (parent)=(999) is not present in table \"note\".\n  \
             (expected? Then let `set constraints all immediate` be refused)",
        ),
        // whatever the file may be thought to be: one statement at a time
        (
            "-- expect: done\nselect set_config('role', 'none', true);",
            "/a.sql:4: as web_user {\"name\":\"ann\"}\n  select set_config('role', 'none', true)\n  \
             the statement became somebody else: postgres {\"role\":\"web_user\",\"name\":\"ann\"} instead of web_user \
             {\"role\":\"web_user\",\"name\":\"ann\"}",
        ),
        (
            "-- expect: done\nselect set_config('request.jwt.claims', '{}', true);",
            "/a.sql:4: as web_user {\"name\":\"ann\"}\n  select set_config('request.jwt.claims', '{}', true)\n  \
             the statement became somebody else: web_user {} instead of web_user {\"role\":\"web_user\",\"name\":\"ann\"}",
        ),
    ] {
        assert_eq!(
            failure(&fixture, &format!("{as_ann}{lines}")),
            said,
            "{lines}"
        );
    }
    let setup = failure(
        &fixture,
        "-- setup\nselect 1 / 0;\n-- as: web_user\n-- expect: done\nselect 1;",
    );
    assert_eq!(
        setup,
        "/a.sql:3: setup\n  select 1 / 0\n  refused: division by zero (22012)"
    );
    // a deferred constraint that is meant to refuse
    let meant = format!(
        "-- scene: it\n{as_ann}insert into note (body, parent) values ('x', 999);\n\
         -- expect: refused 23503\nset constraints all immediate;"
    );
    let (code, stdout, _) = play(&fixture, &meant, &[]);
    assert_eq!(code, Some(0), "{stdout}");
    // a mistake of the form stops before anything is played
    let (code, stdout, stderr) = play(
        &fixture,
        "-- scene: it\n-- as: web_user\n-- expect: done\ncommit;",
        &[],
    );
    assert_eq!((code, stdout.as_str()), (Some(1), ""));
    assert!(
        stderr.contains("/a.sql:4: commit does not belong here"),
        "{stderr}"
    );
    let (code, _, stderr) = policies(&["test", "/nonexistent.sql", "--db-uri", &fixture.uri()]);
    assert_eq!(code, Some(1));
    assert!(stderr.contains("cannot read /nonexistent.sql"), "{stderr}");
}

#[tokio::test]
async fn nobody_plays_whom_policies_do_not_bind() {
    let fixture = Fixture::own_with(
        "create role web_bypasser bypassrls nologin;
        create role web_boss nologin;
        alter table api.owned owner to web_boss;
        create role web_heir nologin;
        grant web_boss to web_heir;",
    )
    .await;
    for (role, said) in [
        (
            "postgres",
            "\"postgres\" is a superuser, so no policy applies to it: name a role that requests have",
        ),
        (
            "web_bypasser",
            "\"web_bypasser\" has BYPASSRLS, so no policy applies to it: name a role that requests have",
        ),
        (
            "web_heir",
            "\"web_heir\" owns api.owned, itself or by a role that it inherits, so its policies do not hold for it: name \
             a role that requests have, or say: alter table api.owned force row level security",
        ),
        (
            "web_usre",
            "there is no role \"web_usre\"; did you mean \"web_user\"?",
        ),
    ] {
        let lines = format!("-- as: {role}\n-- expect: done\nselect 1;");
        assert_eq!(
            failure(&fixture, &lines),
            format!("/a.sql:2: as {role}\n  {said}")
        );
    }
    execute(
        &fixture.admin().await,
        "alter table api.owned force row level security",
    )
    .await;
    // bound like anybody else, also where that is not said by a right
    let heir = "-- scene: x\n-- as: web_heir\n-- expect: refused 42501\nselect from api.owned;";
    assert_eq!(play(&fixture, heir, &[]).0, Some(0));
}

#[tokio::test]
async fn the_scenes_of_the_page_pass() {
    let fixture = Fixture::own_with(
        "create role web_notes_owner; create role web_notes_reader;
        create table api.notes (id int, owner text, body text);
        alter table api.notes owner to web_notes_owner;
        alter table api.notes enable row level security;
        alter table api.notes force row level security;
        grant usage on schema api to web_notes_owner, web_notes_reader;
        grant select, update (body) on api.notes to web_notes_reader;
        create policy all_owner on api.notes to web_notes_owner using (true);
        create policy all_own on api.notes to web_notes_reader
        using (owner = current_setting('request.jwt.claims')::json ->> 'name');",
    )
    .await;
    let page = include_str!("../../docs/policy-tools.md");
    let (_, scenes) = page.split_once("```sql\n").unwrap();
    let (scenes, shown) = scenes.split_once("```\n").unwrap();
    let scenes = scenes
        .replace("notes_owner", "web_notes_owner")
        .replace("notes_reader", "web_notes_reader");
    let (code, stdout, stderr) = play(&fixture, &scenes, &[]);
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    for line in stdout.lines().skip(1) {
        let title = line.split(" (").next().unwrap();
        assert!(shown.contains(title), "{title} is not on the page");
    }
}

#[tokio::test]
async fn machines_read_json_and_tap() {
    let fixture = Fixture::own().await;
    let text = "-- scene: good #1\n-- as: web_user\n-- expect: value 1\nselect 1;\n\
                -- scene: bad\n-- as: web_user\n-- expect: value 2\nselect 1;\n";
    let (code, stdout, _) = play(&fixture, text, &["--format", "json"]);
    assert_eq!(code, Some(1));
    let mut all: Value = serde_json::from_str(&stdout).unwrap();
    for scene in all["scenes"].as_array_mut().unwrap() {
        assert!(scene["milliseconds"].is_u64());
        scene["milliseconds"] = 0.into();
    }
    assert_eq!(
        all,
        serde_json::json!({
            "passed": 1,
            "failed": 1,
            "scenes": [
                {
                    "file": "/a.sql", "line": 1, "scene": "good #1", "passed": true, "milliseconds": 0, "failures": [],
                },
                {
                    "file": "/a.sql", "line": 5, "scene": "bad", "passed": false, "milliseconds": 0,
                    "failures": [{
                        "file": "/a.sql", "line": 8, "who": "as web_user", "statement": "select 1",
                        "what": "expected: value 2\ngot: 1 row\n?column?\n1",
                    }],
                },
            ],
        })
    );
    let (code, stdout, _) = play(&fixture, text, &["--format", "tap"]);
    assert_eq!(code, Some(1));
    assert_eq!(
        stdout,
        "TAP version 13\n1..2\nok 1 - /a.sql: good \\#1\nnot ok 2 - /a.sql: bad\n# /a.sql:8: as web_user\n\
         #   select 1\n#   expected: value 2\n#   got: 1 row\n#   ?column?\n#   1\n"
    );
}

#[tokio::test]
async fn the_scenes_of_the_desk_pass_and_a_broken_policy_fails_them() {
    let database = desk().await;
    let uri = database.uri("postgres");
    let source = env!("CARGO_MANIFEST_DIR");
    let play = || policies(&["test", "--source", source, "--admin-db-uri", &uri]);
    let (code, stdout, stderr) = play();
    assert_eq!(code, Some(0), "{stdout}{stderr}");
    let admin = database.connect("postgres").await;
    for (hole, mended, scene) in [
        (
            "alter policy select_own on tickets using (true)",
            "alter policy select_own on tickets using (client_id = (select claims.client_id()))",
            "FAIL  a client sees own tickets and nobody else's",
        ),
        (
            "grant select on team_members to desk_client",
            "revoke select on team_members from desk_client; grant select (id, username, display_name, department, status) on team_members to desk_client",
            "FAIL  a client knows who answers, and not how to reach them",
        ),
        (
            "alter table ticket_messages disable row level security",
            "",
            "FAIL  an internal note is for staff",
        ),
    ] {
        execute(&admin, hole).await;
        let (code, stdout, _) = play();
        assert_eq!(code, Some(1), "{hole}");
        assert!(stdout.contains(scene), "{hole}: {stdout}");
        if !mended.is_empty() {
            execute(&admin, mended).await;
            assert_eq!(play().0, Some(0), "{mended}");
        }
    }
}
