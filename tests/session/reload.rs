//! The schema cache is loaded again while requests are answered.

use std::sync::Arc;

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;

const LOADING: &str = "wait_event_type = 'Lock'";

#[tokio::test]
async fn requests_do_not_wait_for_a_load_that_is_stuck() {
    let fixture = Fixture::own().await;
    let server = fixture.serve_with(|config| config.db_pool = 1).await;
    let admin = fixture.admin().await;
    execute(
        &admin,
        "create table api.later (id int); insert into api.later values (7)",
    )
    .await;
    let grant = format!("grant select on api.later to {}", fixture.role("anon"));
    execute(&admin, &grant).await;
    let found = || server.get("/later?select=id").send();
    found().await.refused(404, "PGRST205");

    execute(&admin, "begin; lock table pg_catalog.pg_description").await;
    let app = Arc::clone(&server.app);
    let loading = tokio::spawn(async move { app.try_load_schema_cache().await });
    fixture.wait_for(LOADING, 1).await;
    for _ in 0..3 {
        let reply = server.get("/item?select=id&id=eq.1").send().await;
        assert_eq!(reply.ids(), [1]);
        found().await.refused(404, "PGRST205");
    }
    execute(&admin, "rollback").await;
    loading.await.expect("no panic").expect("a schema cache");
    assert_eq!(found().await.ids(), [7]);
}

#[tokio::test]
async fn a_load_that_fails_keeps_the_last_good_cache() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    let admin = fixture.admin().await;
    let answers = async || {
        let reply = server.get("/item?select=id&id=eq.1").send().await;
        assert_eq!(reply.ids(), [1]);
    };
    answers().await;

    // It is cut off in the middle.
    execute(&admin, "begin; lock table pg_catalog.pg_description").await;
    let app = Arc::clone(&server.app);
    let loading = tokio::spawn(async move { app.try_load_schema_cache().await });
    fixture.wait_for(LOADING, 1).await;
    let kill = format!(
        "select pg_terminate_backend(pid) from pg_stat_activity where usename = '{}' and {LOADING}",
        fixture.role("authenticator")
    );
    execute(&admin, &kill).await;
    assert!(loading.await.expect("no panic").is_err());
    execute(&admin, "rollback").await;
    answers().await;

    // It cannot even begin.
    let login = fixture.role("authenticator");
    execute(&admin, &format!("alter role {login} nologin")).await;
    assert!(server.app.try_load_schema_cache().await.is_err());
    answers().await;
    execute(&admin, &format!("alter role {login} login")).await;
    server
        .app
        .try_load_schema_cache()
        .await
        .expect("a schema cache");
    answers().await;
}
