//! The admin server: health, figures, settings, schema cache.

use std::sync::Arc;
use std::time::Duration;

use rowdesk::http::{Place, Server};

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::{Call, Reply};
use crate::harness::server::{SECRET, TestServer};

/// The admin server of `server`: its base URL.
pub async fn admin(server: &TestServer) -> String {
    let place = Place::Port {
        host: "127.0.0.1".to_owned(),
        port: 0,
        is_shared: false,
        setting: "admin-server-port",
    };
    let admin = Server::bind(&place).await.expect("a free port");
    let base = format!("http://{}", admin.place());
    let state = Arc::clone(&server.app);
    tokio::spawn(admin.run_admin(state));
    base
}

pub async fn get(base: &str, url: &str) -> Reply {
    Call::new(base, "GET", url).send().await
}

#[tokio::test]
async fn health_tells_what_requests_would_meet() {
    let fixture = Fixture::shared().await;
    let nowhere = fixture.uri().replace(fixture.database.name(), "nowhere");
    let off = |config: &mut rowdesk::config::Config| config.db_channel_enabled = false;
    let waiting = TestServer::start_loading(nowhere, off).await;
    let base = admin(&waiting).await;
    for (url, status) in [("/live", 200), ("/ready", 503), ("/schema_cache", 503)] {
        let reply = get(&base, url).await;
        assert_eq!(reply.status, status, "{url}");
        assert_eq!(reply.text(), "");
    }

    let server = fixture.serve_with(off).await;
    let base = admin(&server).await;
    for url in ["/live", "/ready"] {
        let reply = get(&base, url).await;
        assert_eq!((reply.status.as_u16(), reply.text()), (200, ""), "{url}");
    }
    for url in ["/", "/item", "/live/", "/nowhere"] {
        assert_eq!(get(&base, url).await.status, 404, "{url}");
    }
    let posted = Call::new(&base, "POST", "/live").send().await;
    assert_eq!(posted.status, 405);
    // None of it stands on the port of the API.
    for url in ["/live", "/ready", "/metrics", "/config", "/schema_cache"] {
        server.get(url).send().await.refused(404, "PGRST205");
    }
}

/// Without a listener's connection nobody knows whether the database is there.
#[tokio::test]
async fn who_does_not_listen_yet_is_not_ready() {
    let server = Fixture::shared().await.serve().await;
    assert_eq!(get(&admin(&server).await, "/ready").await.status, 503);
}

#[tokio::test]
async fn a_busy_pool_is_ready_and_counted() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| {
            config.db_channel_enabled = false;
            config.db_pool = 1;
            config.db_pool_acquisition_timeout = Duration::from_millis(200);
        })
        .await;
    let base = admin(&server).await;
    let slow = tokio::spawn(server.get("/rpc/sleep?seconds=1.5").send());
    tokio::time::sleep(Duration::from_millis(300)).await;
    let waiting = server.get("/item?limit=1").send().await;
    waiting.refused(503, "PGRST003");
    assert_eq!(get(&base, "/ready").await.status, 200);
    let figures = get(&base, "/metrics").await;
    for line in [
        "pgrst_db_pool_timeouts_total 1",
        "pgrst_db_pool_max 1",
        "pgrst_db_pool_available 0",
    ] {
        assert!(figures.text().lines().any(|one| one == line), "{line}");
    }
    assert!(slow.await.expect("an answer").status.is_success());
}

#[tokio::test]
async fn a_database_that_lets_nobody_in_is_not_ready_and_requests_go_on() {
    let fixture = Fixture::own().await;
    let server = fixture
        .serve_with(|config| config.db_channel_enabled = false)
        .await;
    let base = admin(&server).await;
    let login = fixture.role("authenticator");
    let owner = fixture.admin().await;
    assert_eq!(server.get("/item?limit=1").send().await.status, 200);
    assert_eq!(get(&base, "/ready").await.status, 200);
    execute(&owner, &format!("alter role {login} nologin")).await;
    assert_eq!(get(&base, "/ready").await.status, 503);
    assert!(server.app.try_load_schema_cache().await.is_err());
    // On the connection that stands, with the last schema cache.
    assert_eq!(server.get("/item?limit=1").send().await.status, 200);
    execute(&owner, &format!("alter role {login} login")).await;
    assert_eq!(get(&base, "/ready").await.status, 503);
    assert!(server.app.try_load_schema_cache().await.is_ok());
    assert_eq!(get(&base, "/ready").await.status, 200);
    let figures = get(&base, "/metrics").await;
    let failed = "pgrst_schema_cache_loads_total{status=\"FAIL\"} 1";
    assert!(figures.text().lines().any(|one| one == failed));
}

#[tokio::test]
async fn requests_are_counted_by_status_and_stage() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    let base = admin(&server).await;
    let user = fixture.user(serde_json::json!({}));
    for (url, token) in [
        ("/item?limit=1", Some(user.as_str())),
        ("/item?limit=1", Some(&user)),
        ("/nowhere", None),
        ("/item?id=foo.1", None),
        ("/item?id=eq.x", None),
        ("/item", Some("nonsense")),
    ] {
        let call = server.get(url);
        let call = match token {
            Some(token) => call.token(token),
            None => call,
        };
        call.send().await;
    }
    let reply = get(&base, "/metrics").await;
    assert_eq!(
        reply.header("content-type"),
        Some("text/plain; charset=utf-8")
    );
    let text = reply.text();
    for line in [
        "rowdesk_requests_total{stage=\"done\",status=\"200\"} 2",
        "rowdesk_requests_total{stage=\"plan\",status=\"404\"} 1",
        "rowdesk_requests_total{stage=\"parse\",status=\"400\"} 1",
        "rowdesk_requests_total{stage=\"transaction\",status=\"400\"} 1",
        "rowdesk_requests_total{stage=\"jwt\",status=\"401\"} 1",
        "rowdesk_request_seconds_count 6",
        "pgrst_schema_cache_loads_total{status=\"SUCCESS\"} 1",
        "pgrst_db_pool_max 4",
        "pgrst_db_pool_waiting 0",
        "pgrst_db_pool_timeouts_total 0",
        "pgrst_jwt_cache_requests_total 3",
        "pgrst_jwt_cache_hits_total 1",
        "pgrst_jwt_cache_evictions_total 0",
        "# TYPE pgrst_schema_cache_query_time_seconds gauge",
        "# TYPE pgrst_db_pool_available gauge",
    ] {
        assert!(text.lines().any(|one| one == line), "{line}\n{text}");
    }
}

#[tokio::test]
async fn settings_and_schema_cache_are_shown_without_secrets() {
    let server = Fixture::shared().await.serve().await;
    let base = admin(&server).await;
    let settings = get(&base, "/config").await;
    assert!(settings.text().contains("db-schemas = \"api\"\n"));
    assert!(settings.text().contains("jwt-secret = \"***\"\n"));
    assert!(!settings.text().contains(SECRET));
    let cache = get(&base, "/schema_cache").await.ok();
    let tables = cache["dbTables"].as_array().expect("tables");
    let item = tables.iter().find(|table| table["name"] == "api.item");
    let item = item.expect("a table");
    assert_eq!(item["primaryKey"], serde_json::json!(["id"]));
    assert_eq!(item["columns"][0]["name"], "id");
    assert!(!cache["dbRoutines"].as_array().expect("routines").is_empty());
    assert!(
        !cache["dbRelationships"]
            .as_array()
            .expect("some")
            .is_empty()
    );
}
