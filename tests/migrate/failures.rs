//! What is said when it cannot be done; and nothing is left behind.

use super::{count, migrate, pending, source, source_with};
use crate::harness::cluster::TestDb;

async fn failure(db: &TestDb, changes: &[(&str, &str)]) -> String {
    migrate(db, &source_with(changes))
        .await
        .unwrap_err()
        .to_string()
}

#[tokio::test]
async fn an_error_names_file_line_message_and_hint() {
    let db = TestDb::empty().await;
    let text = failure(&db, &[(
        "sql/views/shop.offers.sql",
        "-- What is cheap.\nselect 1;\n\ncreate view shop.offers as\nselect\n    b.nam\nfrom shop.breads as b;",
    )])
    .await;
    assert_eq!(
        text,
        "sql/views/shop.offers.sql:6: column b.nam does not exist (42703)\n  \
         hint: Perhaps you meant to reference the column \"b.name\"."
    );
    let text = failure(
        &db,
        &[(
            "migrations/V003__x.sql",
            "select 1;\nselect 2;\nselect * from shop.cakes;",
        )],
    )
    .await;
    assert_eq!(
        text,
        "migrations/V003__x.sql:3: relation \"shop.cakes\" does not exist (42P01)"
    );
}

#[tokio::test]
async fn an_error_without_a_position_names_the_line_of_its_statement() {
    let db = TestDb::empty().await;
    let text = failure(
        &db,
        &[(
            "sql/policies/shop.x.sql",
            "select 1;\n\n\nselect 1 / (count(*) - count(*)) from shop.breads;",
        )],
    )
    .await;
    assert_eq!(text, "sql/policies/shop.x.sql:4: division by zero (22012)");
}

#[tokio::test]
async fn a_migration_that_fails_leaves_the_earlier_ones_and_nothing_of_itself() {
    let db = TestDb::empty().await;
    failure(
        &db,
        &[(
            "migrations/V003__x.sql",
            "create table shop.half (); select 1 / 0;",
        )],
    )
    .await;
    assert_eq!(
        count(&db, "select count(*) from oven.refinery_schema_history").await,
        2
    );
    assert_eq!(
        count(&db, "select count(*) from pg_class where relname = 'half'").await,
        0
    );
}

#[tokio::test]
async fn a_file_cannot_end_the_transaction_it_runs_in() {
    let db = TestDb::empty().await;
    let text = failure(&db, &[("sql/policies/shop.x.sql", "select 1;\ncommit;")]).await;
    assert!(
        text.starts_with("sql/policies/shop.x.sql:2: commit does not belong here"),
        "{text}"
    );
    assert_eq!(
        count(&db, "select count(*) from oven.repeatable_files").await,
        0
    );
}

#[tokio::test]
async fn a_database_newer_than_the_program_is_left_alone() {
    let db = TestDb::empty().await;
    migrate(
        &db,
        &source_with(&[("migrations/V003__later.sql", "select 1")]),
    )
    .await
    .unwrap();
    let text = migrate(&db, &source()).await.unwrap_err().to_string();
    assert!(
        text.contains("migration V3__later is applied there and unknown here"),
        "{text}"
    );
    assert!(pending(&db, &source()).await.is_err());
}

#[tokio::test]
async fn a_released_migration_cannot_be_edited_or_slipped_in() {
    let db = TestDb::empty().await;
    migrate(
        &db,
        &source_with(&[
            ("migrations/V002__prices.sql", ""),
            (
                "migrations/V009__prices.sql",
                "alter table shop.breads add price numeric",
            ),
        ]),
    )
    .await
    .unwrap();
    let text = migrate(&db, &source()).await.unwrap_err().to_string();
    assert!(text.contains("V9__prices is applied there"), "{text}");
    let slipped = &[(
        "migrations/V009__prices.sql",
        "alter table shop.breads add price numeric",
    )];
    let text = failure(&db, slipped).await;
    assert!(
        text.starts_with("migrations/V002__prices.sql is not applied, but the later V9__prices is"),
        "{text}"
    );
    let edited = &[
        ("migrations/V002__prices.sql", ""),
        ("migrations/V009__prices.sql", "select 1"),
    ];
    let text = failure(&db, edited).await;
    assert!(
        text.starts_with("migrations/V009__prices.sql was changed after it was applied"),
        "{text}"
    );
}

#[tokio::test]
async fn no_server_is_said_with_its_cause() {
    let config = "host=/nowhere user=x".parse().unwrap();
    let error = rowdesk::migrate::run(&config, &source(), |_| {})
        .await
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("connecting as the admin: error connecting to server: "),
        "{error}"
    );
}
