//! Every way to the same state.

use super::{FILES, config, count, migrate, pending, source, source_with};
use crate::harness::cluster::TestDb;

const ORDER: [&str; 4] = [
    "sql/functions/shop.is_cheap.sql",
    "sql/views/shop.offers.sql",
    "sql/functions/shop.cheap.sql",
    "sql/policies/shop.breads.sql",
];

#[tokio::test]
async fn an_empty_database_gets_everything_in_the_order_of_need() {
    let db = TestDb::empty().await;
    let plan = pending(&db, &source()).await.unwrap();
    assert_eq!(plan.pending().count(), FILES.len());
    assert_eq!(
        count(
            &db,
            "select count(*) from pg_namespace where nspname = 'shop'"
        )
        .await,
        0,
        "a plan changes nothing"
    );

    let report = migrate(&db, &source()).await.unwrap();
    assert_eq!(
        report.migrations,
        ["migrations/V001__breads.sql", "migrations/V002__prices.sql"]
    );
    assert_eq!(report.files, ORDER);
    assert!(pending(&db, &source()).await.unwrap().is_clean());
    let owned = "select count(*) from pg_class c join pg_roles r on r.oid = c.relowner
                 where relnamespace = 'shop'::regnamespace and rolname <> 'bakery_owner'";
    assert_eq!(count(&db, owned).await, 0, "everything is the owner's");
}

#[tokio::test]
async fn a_second_run_does_nothing() {
    let db = TestDb::empty().await;
    migrate(&db, &source()).await.unwrap();
    for _ in 0..3 {
        assert_eq!(
            migrate(&db, &source()).await.unwrap(),
            rowdesk::migrate::Report::default()
        );
    }
    assert_eq!(count(&db, "select count(*) from shop.breads").await, 1);
}

#[tokio::test]
async fn ten_at_once_give_the_result_of_one() {
    let db = TestDb::empty().await;
    let runs = (0..10).map(|_| {
        let config = config(&db);
        tokio::spawn(async move { rowdesk::migrate::run(&config, &source(), |_| {}).await })
    });
    let mut busy = 0;
    for run in runs.collect::<Vec<_>>() {
        let report = run.await.unwrap().unwrap();
        busy += usize::from(!report.files.is_empty() || !report.migrations.is_empty());
    }
    assert_eq!(busy, 1);
    assert_eq!(
        count(&db, "select count(*) from oven.refinery_schema_history").await,
        2
    );
    assert!(pending(&db, &source()).await.unwrap().is_clean());
}

#[tokio::test]
async fn several_databases_at_once_share_the_roles() {
    let dbs = [
        TestDb::empty().await,
        TestDb::empty().await,
        TestDb::empty().await,
    ];
    let runs = dbs.each_ref().map(|db| {
        let config = config(db);
        tokio::spawn(async move { rowdesk::migrate::run(&config, &source(), |_| {}).await })
    });
    for run in runs {
        assert_eq!(run.await.unwrap().unwrap().files.len(), 4);
    }
}

#[tokio::test]
async fn a_run_that_stopped_after_the_migrations_is_completed() {
    let db = TestDb::empty().await;
    let broken = source_with(&[(
        "sql/views/shop.offers.sql",
        "create view shop.offers as select nonsense",
    )]);
    migrate(&db, &broken).await.unwrap_err();
    assert_eq!(
        count(&db, "select count(*) from oven.refinery_schema_history").await,
        2
    );
    assert_eq!(
        count(&db, "select count(*) from oven.repeatable_files").await,
        0,
        "no file is half applied"
    );
    assert_eq!(migrate(&db, &source()).await.unwrap().files, ORDER);
}

#[tokio::test]
async fn a_run_that_was_killed_is_completed() {
    let db = TestDb::empty().await;
    let slow = source_with(&[("sql/policies/shop.slow.sql", "select pg_sleep(60)")]);
    let config = config(&db);
    let task = tokio::spawn(async move { rowdesk::migrate::run(&config, &slow, |_| {}).await });
    let admin = db.connect("postgres").await;
    let kill = "select count(pg_terminate_backend(pid)) from pg_stat_activity
                where datname = current_database() and query = 'select pg_sleep(60)'";
    while admin.query_one(kill, &[]).await.unwrap().get::<_, i64>(0) == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(10)).await;
    }
    assert!(task.await.unwrap().is_err());
    assert_eq!(migrate(&db, &source()).await.unwrap().files, ORDER);
}

#[tokio::test]
async fn the_callers_settings_do_not_matter() {
    let db = TestDb::empty().await;
    let strange = "-c search_path=pg_catalog -c default_transaction_read_only=on -c statement_timeout=1 -c datestyle=german";
    let config = format!("{} options='{strange}'", db.uri("postgres"))
        .parse()
        .unwrap();
    rowdesk::migrate::run(&config, &source(), |_| {})
        .await
        .unwrap();
}
