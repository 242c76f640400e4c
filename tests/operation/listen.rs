//! NOTIFY, and the way back after the connection is lost.

use std::collections::BTreeMap;
use std::time::Duration;

use rowdesk::config::Config;

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

const PATIENCE: Duration = Duration::from_secs(30);
/// As docs/reloading.md has it.
const EVENT_TRIGGER: &str = "
    create function public.pgrst_watch() returns event_trigger language plpgsql as $$
    begin notify pgrst, 'reload schema'; end $$;
    create event trigger pgrst_watch on ddl_command_end execute function public.pgrst_watch();";

/// What the database says of db-max-rows is heeded.
async fn listening(fixture: &Fixture, channel: &'static str) -> TestServer {
    let server = TestServer::start_reloading(
        fixture.uri(),
        |config| {
            fixture.configure(config);
            channel.clone_into(&mut config.db_channel);
        },
        |config: &mut Config, said: BTreeMap<String, String>| {
            let rows = said.get("pgrst.db_max_rows");
            config.db_max_rows = rows.and_then(|rows| rows.parse().ok());
            Ok(())
        },
    );
    let server = server.await;
    fixture.wait_for("query ilike 'listen%'", 1).await;
    // What was asked for when it began to listen is done by then.
    tokio::time::sleep(Duration::from_millis(500)).await;
    server
}

async fn becomes(server: &TestServer, url: &str, status: u16) {
    let seen = async {
        while server.get(url).send().await.status != status {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
    };
    let seen = tokio::time::timeout(PATIENCE, seen).await;
    assert!(seen.is_ok(), "{url} never was {status}");
}

async fn table(fixture: &Fixture, name: &str) {
    let anon = fixture.role("anon");
    let sql = format!("create table api.{name} (id int); grant select on api.{name} to {anon}");
    execute(&fixture.admin().await, &sql).await;
}

#[tokio::test]
async fn a_notification_reloads_the_schema_cache() {
    let fixture = Fixture::own().await;
    let server = listening(&fixture, "pgrst").await;
    let admin = fixture.admin().await;
    for (name, notify) in [
        ("one", "notify pgrst, 'reload schema'"),
        ("two", "notify pgrst"),
    ] {
        table(&fixture, name).await;
        // Others may use the channel.
        execute(&admin, "notify pgrst, 'something else'").await;
        tokio::time::sleep(Duration::from_millis(200)).await;
        let url = format!("/{name}");
        server.get(&url).send().await.refused(404, "PGRST205");
        execute(&admin, notify).await;
        becomes(&server, &url, 200).await;
    }
}

#[tokio::test]
async fn a_notification_reloads_the_settings() {
    let fixture = Fixture::own().await;
    let server = listening(&fixture, "pgrst").await;
    let admin = fixture.admin().await;
    let login = fixture.role("authenticator");
    for rows in [2, 1] {
        let sql = format!("alter role {login} set pgrst.db_max_rows = '{rows}'");
        execute(&admin, &sql).await;
        execute(&admin, "notify pgrst, 'reload config'").await;
        let seen = async {
            while server.get("/item?select=id").send().await.ids().len() != rows {
                tokio::time::sleep(Duration::from_millis(10)).await;
            }
        };
        let seen = tokio::time::timeout(PATIENCE, seen).await;
        assert!(seen.is_ok(), "never {rows}");
    }
}

#[tokio::test]
async fn an_event_trigger_makes_it_automatic_on_a_channel_of_any_name() {
    let fixture = Fixture::own().await;
    let server = listening(&fixture, "Some \"channel\"").await;
    let trigger = EVENT_TRIGGER.replace("notify pgrst,", "notify \"Some \"\"channel\"\"\",");
    execute(&fixture.admin().await, &trigger).await;
    table(&fixture, "automatic").await;
    becomes(&server, "/automatic", 200).await;
}

#[tokio::test]
async fn what_happened_while_nobody_listened_is_found() {
    let fixture = Fixture::own().await;
    let server = listening(&fixture, "pgrst").await;
    let admin = fixture.admin().await;
    for name in ["lost", "lost_again"] {
        let login = fixture.role("authenticator");
        table(&fixture, name).await;
        let sql = format!(
            "select pg_terminate_backend(pid) from pg_stat_activity \
             where usename = '{login}' and query ilike 'listen%'"
        );
        assert_eq!(admin.query(&sql, &[]).await.expect("ended").len(), 1);
        becomes(&server, &format!("/{name}"), 200).await;
        fixture.wait_for("query ilike 'listen%'", 1).await;
    }
}
