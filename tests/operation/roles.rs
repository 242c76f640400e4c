//! Settings of the roles that requests run as.

use std::time::Duration;

use serde_json::json;

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

async fn setting(server: &TestServer, name: &str) -> serde_json::Value {
    let url = format!("/rpc/setting?name={name}");
    server.get(&url).send().await.ok()
}

#[tokio::test]
async fn a_role_brings_its_settings_and_nobody_elses() {
    let fixture = Fixture::own().await;
    let admin = fixture.admin().await;
    let anon = fixture.role("anon");
    for change in [
        "set statement_timeout = '150ms'",
        "set default_transaction_isolation = 'repeatable read'",
        "set my.flavour = 'sour'",
        // Not the login role's to set: it must not fail every request.
        "set session_replication_role = 'replica'",
    ] {
        execute(&admin, &format!("alter role {anon} {change}")).await;
    }
    let server = fixture.serve().await;
    assert_eq!(setting(&server, "statement_timeout").await, "150ms");
    assert_eq!(
        setting(&server, "transaction_isolation").await,
        "repeatable read"
    );
    assert_eq!(setting(&server, "session_replication_role").await, "origin");
    let slow = server.post("/rpc/sleep").json(&json!({"seconds": 5}));
    slow.send().await.refused(500, "57014");
    // What a function asks for itself is nearer.
    let isolated = server.post("/rpc/isolated").send().await;
    assert_eq!(isolated.ok(), "serializable");

    let user = fixture.user(json!({}));
    let url = "/rpc/setting?name=transaction_isolation";
    let other = server.get(url).token(&user).send().await;
    assert_eq!(other.ok(), "read committed");
    let url = "/rpc/setting?name=statement_timeout";
    assert_eq!(server.get(url).token(&user).send().await.ok(), "0");
}

#[tokio::test]
async fn a_setting_that_was_granted_is_made() {
    let fixture = Fixture::own().await;
    let admin = fixture.admin().await;
    let (anon, login) = (fixture.role("anon"), fixture.role("authenticator"));
    let change = format!("alter role {anon} set log_min_duration_statement = '7s'");
    execute(&admin, &change).await;
    let server = fixture.serve().await;
    let name = "log_min_duration_statement";
    assert_eq!(setting(&server, name).await, "-1");
    let grant = format!("grant set on parameter {name} to {login}");
    execute(&admin, &grant).await;
    server.app.try_load_schema_cache().await.expect("a reload");
    assert_eq!(setting(&server, name).await, "7s");
    let revoke = format!("revoke set on parameter {name} from {login}");
    execute(&admin, &revoke).await;
}

#[tokio::test]
async fn a_new_setting_of_the_login_role_holds_after_a_reload() {
    let fixture = Fixture::own().await;
    let admin = fixture.admin().await;
    let server = fixture.serve().await;
    assert_eq!(setting(&server, "statement_timeout").await, "0");
    let login = fixture.role("authenticator");
    let change = format!("alter role {login} set statement_timeout = '7s'");
    execute(&admin, &change).await;
    // A session has the settings that it began with, and the request under way keeps its session.
    let slow = tokio::spawn(server.get("/rpc/sleep?seconds=0.5").send());
    tokio::time::sleep(Duration::from_millis(100)).await;
    server.app.try_load_schema_cache().await.expect("a reload");
    assert_eq!(setting(&server, "statement_timeout").await, "7s");
    assert_eq!(slow.await.expect("an answer").status, 200);
    for _ in 0..5 {
        assert_eq!(setting(&server, "statement_timeout").await, "7s");
    }
}

#[tokio::test]
async fn without_db_config_the_database_settles_nothing() {
    let fixture = Fixture::own().await;
    let admin = fixture.admin().await;
    let anon = fixture.role("anon");
    let change = format!("alter role {anon} set statement_timeout = '150ms'");
    execute(&admin, &change).await;
    let server = fixture.serve_with(|config| config.db_config = false).await;
    assert_eq!(setting(&server, "statement_timeout").await, "0");
}
