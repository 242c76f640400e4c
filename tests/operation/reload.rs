//! Settings that are replaced while requests are under way.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::Duration;

use rowdesk::config::{Config, ConfigError, Secret};
use serde_json::{Map, json};

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

/// A server whose settings are the n-th at the n-th reading.
async fn numbered(
    fixture: &Fixture,
    change: impl Fn(&mut Config, u64) -> Result<(), ConfigError> + Send + Sync + 'static,
) -> (TestServer, Arc<AtomicU64>) {
    let number = Arc::new(AtomicU64::new(0));
    let read = Arc::clone(&number);
    let server = TestServer::start_reloading(
        fixture.uri(),
        |config| fixture.configure(config),
        move |config: &mut Config, _: BTreeMap<_, _>| change(config, read.load(Ordering::SeqCst)),
    );
    (server.await, number)
}

#[tokio::test(flavor = "multi_thread")]
async fn ten_configurations_under_load_fail_no_request() {
    let fixture = Fixture::own().await;
    let (server, number) = numbered(&fixture, |config, number| {
        config.db_max_rows = Some(1 + number % 5);
        // Other schemas, and so another schema cache, at every second.
        config.db_schemas = match number % 2 {
            0 => vec!["api".to_owned()],
            _ => vec!["other".to_owned(), "api".to_owned()],
        };
        config.db_extra_search_path = vec![format!("extra_{number}")];
        Ok(())
    })
    .await;
    let server = Arc::new(server);
    let is_over = Arc::new(AtomicBool::new(false));
    let clients = (0..8).map(|_| {
        let (server, is_over) = (Arc::clone(&server), Arc::clone(&is_over));
        tokio::spawn(async move {
            let mut answered = 0;
            while !is_over.load(Ordering::Relaxed) {
                let call = server.get("/item?select=id,size&order=id");
                let reply = call.header("accept-profile", "api").send().await;
                assert_eq!(reply.status, 200, "{}", reply.text());
                let rows = reply.ids().len();
                assert!((1..=5).contains(&rows), "{rows}");
                answered += 1;
            }
            answered
        })
    });
    let clients: Vec<_> = clients.collect();
    for n in 1..=10 {
        number.store(n, Ordering::SeqCst);
        server.app.reload_config().await.expect("settings");
        if n % 3 == 0 {
            // New connections for all.
            server.app.try_load_schema_cache().await.expect("a cache");
        }
        let call = server.get("/item?select=id");
        let rows = call.header("accept-profile", "api").send().await.ids();
        assert_eq!(rows.len(), usize::try_from(1 + n % 5).expect("few"));
        let lonely = server.get("/lonely").header("accept-profile", "other");
        let status = if n % 2 == 0 { 406 } else { 200 };
        assert_eq!(lonely.send().await.status, status);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    is_over.store(true, Ordering::Relaxed);
    let mut answered = 0;
    for client in clients {
        answered += client.await.expect("no request failed");
    }
    assert!(answered >= 80, "{answered} requests are no load");
}

#[tokio::test]
async fn settings_that_cannot_be_used_leave_the_last_ones() {
    let fixture = Fixture::own().await;
    let (server, number) = numbered(&fixture, |config, number| {
        config.db_max_rows = Some(2);
        match number {
            0 => Ok(()),
            1 => Err(ConfigError::SamePort),
            _ => {
                config.db_max_rows = Some(1);
                config.jwt_secret = Some(Secret::new("short"));
                Ok(())
            }
        }
    })
    .await;
    for n in 1..=2 {
        number.store(n, Ordering::SeqCst);
        assert!(server.app.reload_config().await.is_err());
        let schema = server.app.load_schema_cache().await;
        schema.expect("a schema cache, whatever the settings are");
        assert_eq!(server.get("/item?select=id").send().await.ids().len(), 2);
    }
    number.store(0, Ordering::SeqCst);
    server.app.reload_config().await.expect("settings");
}

#[tokio::test]
async fn a_token_of_the_last_secret_is_worth_nothing() {
    let fixture = Fixture::own().await;
    let secret = |n: u64| format!("secret number {n}, of more than 32 bytes");
    let (server, number) = numbered(&fixture, move |config, number| {
        config.jwt_secret = Some(Secret::new(secret(number)));
        Ok(())
    })
    .await;
    let mut claims = Map::new();
    claims.insert("role".to_owned(), json!(fixture.role("user")));
    let tokens = [0, 1].map(|n| rowdesk::auth::mint(secret(n), &claims).expect("a token"));
    for n in [0, 1, 0] {
        number.store(n, Ordering::SeqCst);
        server.app.reload_config().await.expect("settings");
        for (of, token) in tokens.iter().enumerate() {
            // Twice: the second time it would come from the cache.
            for _ in 0..2 {
                let reply = server.get("/item?limit=1").token(token).send().await;
                let expected = if of as u64 == n { 200 } else { 401 };
                assert_eq!(reply.status, expected, "{n} {of}");
            }
        }
    }
}

#[tokio::test]
async fn a_new_schema_is_served_though_settings_cannot_be_read() {
    let fixture = Fixture::own().await;
    let admin = fixture.admin().await;
    let login = fixture.role("authenticator");
    execute(
        &admin,
        "create function private.settle() returns void language sql as ''",
    )
    .await;
    execute(&admin, &format!("grant usage on schema private to {login}")).await;
    let server = fixture
        .serve_with(|config| {
            config.db_pre_config = Some("private.settle".to_owned());
            // What is wrong is not the connection.
            config.db_pool_automatic_recovery = false;
        })
        .await;
    assert_eq!(server.get("/item?limit=1").send().await.status, 200);
    execute(&admin, "drop function private.settle()").await;
    execute(&admin, "create table api.later (id int)").await;
    execute(
        &admin,
        &format!("grant select on api.later to {}", fixture.role("anon")),
    )
    .await;
    server
        .app
        .load_schema_cache()
        .await
        .expect("a schema cache");
    assert_eq!(server.get("/item?limit=1").send().await.status, 200);
    assert_eq!(server.get("/later").send().await.ok(), json!([]));
}

#[tokio::test]
async fn a_schema_that_cannot_be_read_leaves_the_last_cache() {
    let fixture = Fixture::own().await;
    let admin = fixture.admin().await;
    let login = fixture.role("authenticator");
    let server = fixture
        .serve_with(|config| {
            config.db_config = false;
            config.db_pool_automatic_recovery = false;
        })
        .await;
    assert_eq!(server.get("/item?limit=1").send().await.status, 200);
    execute(&admin, "create table api.later (id int)").await;
    let limit = |limit: &str| format!("alter role {login} set statement_timeout = '{limit}'");
    execute(&admin, &limit("1ms")).await;
    assert!(server.app.try_load_schema_cache().await.is_err());
    assert_eq!(server.get("/item?limit=1").send().await.status, 200);
    server.get("/later").send().await.refused(404, "PGRST205");
    // It is tried again for as long as it takes.
    let app = std::sync::Arc::clone(&server.app);
    let loading = tokio::spawn(async move { app.load_schema_cache().await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    assert!(!loading.is_finished());
    execute(&admin, &limit("10s")).await;
    loading.await.expect("an end").expect("a schema cache");
    server.get("/later").send().await.refused(401, "42501");
}
