//! The real program with PostgREST's ways to configure it.

use std::fs;
use std::path::PathBuf;

use rustix::process::Signal;

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::Call;
use crate::process::program::{Serving, run, text};

/// A file that is removed with the value.
struct File(PathBuf);

impl File {
    fn new(name: &str, content: &str) -> Self {
        let name = format!("rowdesk-{}-{name}.conf", std::process::id());
        let path = std::env::temp_dir().join(name);
        fs::write(&path, content).expect("a file");
        Self(path)
    }

    fn path(&self) -> &str {
        self.0.to_str().expect("text")
    }
}

impl Drop for File {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// As an existing deployment might have it.
fn deployed(fixture: &Fixture, more: &str) -> String {
    format!(
        "# postgrest.conf\n\
         db-uri = \"{}\"\n\
         db-anon-role = \"{}\"\n\
         db-schema = \"api\"\n\
         db-channel = \"pgrst\"\n\
         db-channel-enabled = true\n\
         db-config = true\n\
         db-extra-search-path = \"public\"\n\
         db-pool = 4\n\
         db-pool-timeout = 10\n\
         db-pool-acquisition-timeout = 10\n\
         db-prepared-statements = true\n\
         db-tx-end = \"commit\"\n\
         jwt-role-claim-key = \".role\"\n\
         jwt-secret = \"reallyreallyreallyreallyverysafe\"\n\
         jwt-secret-is-base64 = false\n\
         log-level = \"info\"\n\
         openapi-mode = \"follow-privileges\"\n\
         openapi-server-proxy-uri = \"\"\n\
         server-host = \"127.0.0.1\"\n\
         server-port = 0\n\
         server-unix-socket-mode = \"660\"\n\
         app.settings.flavour = \"sweet\"\n\
         {more}\n",
        fixture.uri(),
        fixture.role("anon"),
    )
}

async fn rows(base: &str) -> usize {
    let reply = Call::new(base, "GET", "/item?select=id").send().await;
    reply.ids().len()
}

#[tokio::test]
async fn a_file_of_postgrest_is_used_as_it_is() {
    let fixture = Fixture::shared().await;
    let file = File::new("as-it-is", &deployed(fixture, "max-rows = 3"));
    let mut serving = Serving::run(&["serve", file.path()]);
    let base = serving.base();
    assert_eq!(rows(&base).await, 3);
    let url = "/rpc/setting?name=app.settings.flavour";
    let flavour = Call::new(&base, "GET", url).send().await;
    assert_eq!(flavour.ok(), "sweet");
    serving.signal(Signal::TERM);
    let (code, log) = serving.finish();
    assert_eq!(code, Some(0));
    // As PostgREST warns of it, too.
    let older = "jwt-role-claim-key is .role, in the older language";
    for line in log.iter().filter(|line| !line.contains(older)) {
        assert!(
            !line.contains("warning") && !line.contains("WARN"),
            "{line}"
        );
    }
}

#[tokio::test]
async fn sigusr2_reads_the_file_again() {
    let fixture = Fixture::own().await;
    let file = File::new("again", &deployed(&fixture, "db-max-rows = 3"));
    let mut serving = Serving::run(&["serve", file.path()]);
    let base = serving.base();
    assert_eq!(rows(&base).await, 3);
    for (content, expected) in [
        (
            deployed(&fixture, "db-max-rows = 2\ndb-pool = 9"),
            "Config reloaded",
        ),
        ("db-max-rows = ".to_owned(), "Failed reloading config"),
        (
            deployed(&fixture, "db-max-rows = \"x\""),
            "Failed reloading config",
        ),
    ] {
        fs::write(&file.0, content).expect("written");
        serving.signal(Signal::USR2);
        serving.wait_for(expected);
        assert_eq!(rows(&base).await, 2);
    }
    let said = serving.log.join("\n");
    assert!(
        said.contains("db-pool has another value, which the next start will use"),
        "{said}"
    );
}

#[tokio::test]
async fn the_database_configures_by_its_login_and_by_a_function() {
    let fixture = Fixture::own().await;
    let admin = fixture.admin().await;
    let login = fixture.role("authenticator");
    let name = fixture.database.name();
    for sql in [
        "create function public.pre_config() returns void language sql as $$
             select set_config('pgrst.db_max_rows', '2', true),
                    set_config('pgrst.db_schemas', 'api,other', true) $$"
            .to_owned(),
        format!("alter role {login} set pgrst.db_pre_config = 'public.pre_config'"),
        format!("alter role {login} set pgrst.server_trace_header = 'X-A'"),
        format!("alter role {login} in database {name} set pgrst.server_trace_header = 'X-B'"),
        format!(
            "alter role {login} set pgrst.jwt_secret = 'a secret that only the database knows'"
        ),
    ] {
        execute(&admin, &sql).await;
    }
    let (uri, anon) = (fixture.uri(), fixture.role("anon"));
    let arguments = [
        "serve",
        "--db-uri",
        &uri,
        "--db-anon-role",
        &anon,
        "--server-host",
    ];
    let arguments = [&arguments[..], &["127.0.0.1", "--server-port", "0"]].concat();
    let mut serving = Serving::run(&arguments);
    let base = serving.base();
    assert_eq!(rows(&base).await, 2);
    let reply = Call::new(&base, "GET", "/item?limit=1").header("x-b", "1");
    assert_eq!(reply.send().await.header("x-b"), Some("1"));

    let dump = |more: &[&str]| {
        let output = run(&[&arguments[..], more, &["--dump-config"]].concat());
        assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
        text(&output.stdout)
    };
    let dumped = dump(&[]);
    for line in [
        "db-max-rows = 2\n",
        "db-schemas = \"api,other\"\n",
        "server-trace-header = \"X-B\"\n",
        "jwt-secret = \"***\"\n",
    ] {
        assert!(dumped.contains(line), "{line}: {dumped}");
    }
    let mut sorted: Vec<_> = dumped.lines().collect();
    sorted.sort_unstable();
    assert_eq!(dumped.lines().collect::<Vec<_>>(), sorted);
    assert!(dump(&["--db-max-rows", "5"]).contains("db-max-rows = 5\n"));
    let off = dump(&["--db-config", "false"]);
    assert!(off.contains("db-schemas = \"public\"\n"), "{off}");

    let output = run(&[&arguments[..], &["--dump-schema"]].concat());
    let cache: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    assert!(cache["dbTables"].to_string().contains("api.item"));
}

#[tokio::test]
async fn ready_asks_the_admin_server() {
    let fixture = Fixture::shared().await;
    let socket = std::env::temp_dir().join(format!("rowdesk-{}-adm.sock", std::process::id()));
    let socket = socket.to_str().expect("text");
    let ready = ["serve", "--ready", "--admin-server-unix-socket", socket];
    let refused = run(&ready);
    assert_eq!(refused.status.code(), Some(1));
    assert!(text(&refused.stderr).contains("connection refused to"));

    let mut serving = Serving::start(fixture, "info", &["--admin-server-unix-socket", socket]);
    serving.base();
    if !serving
        .log
        .iter()
        .any(|line| line.contains("Listening for database notifications"))
    {
        serving.wait_for("Listening for database notifications");
    }
    let output = run(&ready);
    assert_eq!(output.status.code(), Some(0), "{}", text(&output.stderr));
    assert_eq!(text(&output.stdout), format!("OK: {socket}:/ready\n"));

    for (more, words) in [
        (&[][..], "Please check admin-server-port config"),
        (
            &["--admin-server-port", "1"],
            "cannot be used when server-host",
        ),
    ] {
        let output = run(&[&["serve", "--ready"], more].concat());
        assert_eq!(output.status.code(), Some(1));
        assert!(
            text(&output.stderr).contains(words),
            "{}",
            text(&output.stderr)
        );
    }
}

#[tokio::test]
async fn a_login_that_is_refused_ends_the_server() {
    let fixture = Fixture::own().await;
    let login = fixture.role("authenticator");
    let admin = fixture.admin().await;
    execute(&admin, &format!("alter role {login} nologin")).await;
    let (code, log) = Serving::start(&fixture, "error", &[]).finish();
    assert_eq!(code, Some(1), "{log:?}");
    let says_why = log
        .iter()
        .any(|line| line.contains("is not permitted to log in"));
    assert!(says_why, "{log:?}");
}

#[test]
fn the_example_has_every_setting() {
    let output = run(&["serve", "--example"]);
    assert_eq!(output.status.code(), Some(0));
    let example = text(&output.stdout);
    for line in [
        "db-channel = \"pgrst\"\n",
        "# admin-server-port = \"\"\n",
        "server-port = 3000\n",
    ] {
        assert!(example.contains(line), "{line}: {example}");
    }
}
