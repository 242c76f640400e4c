//! Where database and files differ.

use rowdesk::migrate::Reason;

use super::{count, migrate, pending, source, source_with};
use crate::harness::cluster::TestDb;

#[tokio::test]
async fn a_changed_file_runs_again_with_all_that_requires_it() {
    let db = TestDb::empty().await;
    migrate(&db, &source()).await.unwrap();
    let changed = source_with(&[(
        "sql/functions/shop.is_cheap.sql",
        "create or replace function shop.is_cheap(p numeric) returns boolean language sql immutable return p < 4;",
    )]);
    let plan = pending(&db, &changed).await.unwrap();
    let reasons: Vec<_> = plan
        .pending()
        .map(|pending| pending.reason.to_string())
        .collect();
    assert_eq!(
        reasons,
        [
            "changed",
            "requires sql/functions/shop.is_cheap.sql",
            "requires sql/views/shop.offers.sql",
            "requires sql/functions/shop.is_cheap.sql",
        ]
    );
    assert_eq!(migrate(&db, &changed).await.unwrap().files.len(), 4);

    let leaf = source_with(&[("sql/policies/shop.breads.sql", "select 1")]);
    migrate(&db, &source()).await.unwrap();
    assert_eq!(
        migrate(&db, &leaf).await.unwrap().files,
        ["sql/policies/shop.breads.sql"]
    );
}

#[tokio::test]
async fn an_object_dropped_by_hand_is_drift_and_comes_back() {
    let db = TestDb::empty().await;
    migrate(&db, &source()).await.unwrap();
    db.connect("postgres")
        .await
        .execute("drop view shop.offers cascade", &[])
        .await
        .unwrap();
    let plan = pending(&db, &source()).await.unwrap();
    assert_eq!(
        plan.files[0].reason,
        Reason::Missing("shop.offers".to_owned())
    );
    assert_eq!(
        migrate(&db, &source()).await.unwrap().files,
        ["sql/views/shop.offers.sql", "sql/functions/shop.cheap.sql"]
    );
    assert!(pending(&db, &source()).await.unwrap().is_clean());
}

#[tokio::test]
async fn a_file_that_vanished_is_reported_and_nothing_is_dropped() {
    let db = TestDb::empty().await;
    migrate(&db, &source()).await.unwrap();
    let less = source_with(&[("sql/functions/shop.cheap.sql", "")]);
    let plan = pending(&db, &less).await.unwrap();
    assert_eq!(plan.leftovers, ["sql/functions/shop.cheap.sql"]);
    assert!(!plan.is_clean());
    migrate(&db, &less).await.unwrap();
    assert_eq!(
        migrate(&db, &less).await.unwrap().leftovers,
        ["sql/functions/shop.cheap.sql"]
    );
    assert_eq!(
        count(&db, "select count(*) from pg_proc where proname = 'cheap'").await,
        1
    );
}

#[tokio::test]
async fn a_changed_bootstrap_file_is_drift() {
    let db = TestDb::empty().await;
    migrate(&db, &source()).await.unwrap();
    let text = format!(
        "{}\nselect 1;",
        source().file("database/bootstrap.sql").unwrap()
    );
    let changed = source_with(&[("database/bootstrap.sql", &text)]);
    assert!(pending(&db, &changed).await.unwrap().bootstrap.is_some());
    migrate(&db, &changed).await.unwrap();
    assert!(pending(&db, &changed).await.unwrap().is_clean());
}
