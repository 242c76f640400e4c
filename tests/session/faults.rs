//! The database away, back, and taking connections with it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::json;

use crate::harness::fixture::Fixture;
use crate::harness::http::Reply;
use crate::harness::server::TestServer;

const SOCKET: &str = ".s.PGSQL.5432";

/// A socket of the database that can be taken away and put back.
struct Door {
    folder: PathBuf,
    real: PathBuf,
}

impl Door {
    /// Closed at first.
    fn new(fixture: &Fixture) -> Self {
        let config: tokio_postgres::Config = fixture.uri().parse().expect("a connection string");
        let host = config.get_hosts().first().expect("a host");
        let tokio_postgres::config::Host::Unix(folder) = host else {
            unreachable!("the private Postgres listens on a socket only");
        };
        let real = folder.join(SOCKET);
        let folder = std::env::temp_dir().join(format!(
            "rowdesk-door-{}-{}",
            std::process::id(),
            fixture.database.name()
        ));
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir(&folder).expect("a folder");
        Self { folder, real }
    }

    fn uri(&self, fixture: &Fixture) -> String {
        let real = self.real.parent().expect("a folder").to_string_lossy();
        fixture
            .uri()
            .replace(&*real, &self.folder.to_string_lossy())
    }

    fn socket(&self) -> PathBuf {
        Path::new(&self.folder).join(SOCKET)
    }

    fn open(&self) {
        symlink(&self.real, self.socket()).expect("a link");
    }

    fn close(&self) {
        fs::remove_file(self.socket()).expect("the link");
    }
}

impl Drop for Door {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Asks until the answer is 200.
async fn recovered(server: &TestServer) -> Reply {
    let answered = async {
        loop {
            let reply = server.get("/item?select=id&id=eq.1").send().await;
            if reply.status == 200 {
                return reply;
            }
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(30), answered)
        .await
        .expect("the server recovers by itself")
}

/// Ends every connection of the servers over the fixture.
async fn terminate_all(fixture: &Fixture) {
    let query = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '{}'",
        fixture.role("authenticator")
    );
    let ended = fixture.admin().await.query(&query, &[]).await;
    assert!(!ended.expect("ended sessions").is_empty());
    fixture.wait_for("true", 0).await;
}

#[tokio::test]
async fn a_server_that_starts_before_its_database_waits_for_it() {
    let fixture = Fixture::own().await;
    let door = Door::new(&fixture);
    let server = TestServer::start_loading(door.uri(&fixture), |config| fixture.configure(config));
    let server = server.await;
    for _ in 0..2 {
        let reply = server.get("/item").send().await;
        assert_eq!(
            reply.refused(503, "PGRST002"),
            json!({
                "code": "PGRST002",
                "details": null,
                "hint": null,
                "message": "Could not query the database for the schema cache. Retrying.",
            })
        );
        let proxy_status = reply.header("proxy-status");
        assert_eq!(proxy_status, Some("PostgREST; error=PGRST002"));
    }
    door.open();
    assert_eq!(recovered(&server).await.ids(), [1]);
}

#[tokio::test]
async fn a_server_outlives_its_database() {
    let fixture = Fixture::own().await;
    let door = Door::new(&fixture);
    door.open();
    let server = TestServer::start(door.uri(&fixture), |config| fixture.configure(config)).await;
    assert_eq!(recovered(&server).await.ids(), [1]);
    for _ in 0..2 {
        door.close();
        terminate_all(&fixture).await;
        let reply = server.get("/item").send().await;
        let refused = reply.refused(503, "PGRST000");
        assert_eq!(refused["message"], "Database connection error.");
        assert!(!reply.text().contains("rowdesk-door"), "{}", reply.text());
        door.open();
        assert_eq!(recovered(&server).await.ids(), [1]);
    }
}

#[tokio::test]
async fn a_connection_that_was_ended_between_requests_is_replaced() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    for _ in 0..3 {
        for id in 1..=3 {
            let url = format!("/item?select=id&id=eq.{id}");
            assert_eq!(server.get(&url).send().await.ids(), [id]);
        }
        terminate_all(&fixture).await;
    }
    assert_eq!(
        server.get("/item?select=id&id=eq.1").send().await.ids(),
        [1]
    );
}

#[tokio::test]
async fn a_statement_whose_connection_is_ended_fails_and_the_next_works() {
    let fixture = Fixture::own().await;
    let server = fixture.serve_with(|config| config.db_pool = 1).await;
    let user = fixture.user(json!({}));
    for _ in 0..3 {
        let call = server.post("/rpc/sleep_then_note").token(&user);
        let call = call.json(&json!({"seconds": 600, "body": "never"}));
        let running = tokio::spawn(call.send());
        fixture
            .wait_for("query like '%sleep_then_note%' and state = 'active'", 1)
            .await;
        terminate_all(&fixture).await;
        let reply = running.await.expect("an answer");
        assert_eq!(reply.status, 503, "{}", reply.text());
        assert_eq!(server.get("/note").send().await.ok(), json!([]));
    }
}

#[tokio::test]
async fn a_statement_that_takes_too_long_is_cancelled_by_its_roles_own_limit() {
    let fixture = Fixture::own().await;
    let limit = format!(
        "alter database {} set statement_timeout = '100ms'",
        fixture.database.name()
    );
    crate::harness::desk::execute(&fixture.admin().await, &limit).await;
    let server = fixture.serve_with(|config| config.db_pool = 1).await;
    let call = server.post("/rpc/sleep").json(&json!({"seconds": 600}));
    for _ in 0..3 {
        call.clone().send().await.refused(500, "57014");
        assert_eq!(
            server.get("/item?select=id&id=eq.1").send().await.ids(),
            [1]
        );
    }
}
