//! `rowdesk migrate` and `rowdesk seed`, as a user runs them.

use super::program::{run, text};
use crate::harness::cluster::TestDb;

/// Pages that VACUUM did not mark make index-only scans read the tables, twice the time of a widget.
/// The private Postgres commits asynchronously, which is what stands in VACUUM's way.
#[tokio::test]
async fn after_seeding_every_page_is_known_to_be_visible() {
    let database = TestDb::empty().await;
    let uri = database.uri("postgres");
    for arguments in [
        &["migrate", "--admin-db-uri", &uri] as &[_],
        &["seed", "--admin-db-uri", &uri, "--tickets", "500"],
    ] {
        let output = run(arguments);
        assert!(output.status.success(), "{}", text(&output.stderr));
    }

    let admin = database.connect("postgres").await;
    let of = "select relname::text from pg_class
              where relnamespace in ('public'::regnamespace, 'analytics'::regnamespace) and relkind = 'r'";
    let filled = admin.query(&format!("{of} and relpages > 0"), &[]).await;
    assert!(filled.expect("tables").len() >= 9);
    let unmarked = format!("{of} and relallvisible < relpages order by 1");
    let unmarked = admin.query(&unmarked, &[]).await.expect("tables");
    let unmarked: Vec<String> = unmarked.iter().map(|row| row.get(0)).collect();
    assert_eq!(unmarked, [""; 0]);

    // seeding fills the roll-ups and leaves nothing to fold
    for nothing in ["analytics.ticket_delta", "analytics.verify()"] {
        let sql = format!("select count(*) from {nothing}");
        let count: i64 = admin.query_one(&sql, &[]).await.expect("rows").get(0);
        assert_eq!(count, 0, "{nothing}");
    }
}
