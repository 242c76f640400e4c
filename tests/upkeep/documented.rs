//! The worked examples of docs/rollups.md, as they stand there, one upon the other.

use rowdesk::migrate::run;
use serde_json::Value;

use super::files::Files;
use super::{assert_verified, count};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, desk, execute, serve};

const PAGE: &str = include_str!("../../docs/rollups.md");

/// What stands below a heading.
fn section(title: &str) -> &'static str {
    let (_, text) = PAGE
        .split_once(&format!("\n## {title}\n"))
        .unwrap_or_else(|| panic!("no {title}"));
    text.split("\n## ").next().unwrap()
}

async fn migrate(database: &TestDb, files: &Files) {
    let config = database.uri("postgres").parse().unwrap();
    run(&config, &files.source(), |_| {}).await.unwrap();
}

async fn answer(database: &TestDb, url: &str) -> Value {
    let server = serve(database).await;
    server.get(url).token(&agent()).send().await.ok()
}

#[tokio::test]
async fn a_widget_a_filter_and_a_dimension_are_added_as_the_page_says() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let mut files = Files::of_the_project();

    files.change_as(section("A widget more"));
    migrate(&database, &files).await;
    let url =
        "/rpc/unrated_by_type?priority=in.(high,urgent)&created_at=gte.2025-03-10&order=type_id";
    assert!(section("A widget more").contains(url.split("&order").next().unwrap()));
    let expected = admin
        .query_one(
            "select jsonb_agg(to_jsonb(w) order by w.type_id)
            from (
                select y.id as type_id, y.type_name,
                    count(t.resolved_at) as resolved,
                    count(t.resolved_at) filter (where t.rating is null) as unrated
                from public.ticket_types as y
                left join public.tickets as t
                    on t.ticket_type_id = y.id
                    and t.priority in ('high', 'urgent')
                    and t.created_at >= '2025-03-10 00:00:00+00'
                group by y.id
            ) as w",
            &[],
        )
        .await
        .unwrap();
    assert_eq!(answer(&database, url).await, expected.get::<_, Value>(0));

    execute(
        &admin,
        "update public.tickets set merged_into = 1, status = 'closed', closed_at = now() where id in (7, 8, 9)",
    )
    .await;
    files.change_as(section("A filter more, for every widget"));
    migrate(&database, &files).await;
    let unmerged = "select count(*) from public.tickets where merged_into is null";
    let overview = answer(&database, "/rpc/dashboard_overview?merged_into=is.null").await;
    assert_eq!(
        overview[0]["total_tickets"],
        count(&admin, unmerged).await,
        "{overview}"
    );

    files.change_as(section("A dimension more"));
    migrate(&database, &files).await;
    assert_verified(&admin).await;
    let url = "/rpc/dashboard_overview?source_channel=eq.email";
    let by_email = "select count(*) from public.tickets where source_channel = 'email'";
    for change in [
        "",
        "update public.tickets set source_channel = 'email' where id % 7 = 0",
        "select analytics.fold()",
    ] {
        execute(&admin, change).await;
        assert_verified(&admin).await;
        let overview = answer(&database, url).await;
        let expected = count(&admin, by_email).await;
        assert_eq!(overview[0]["total_tickets"], expected, "{change}");
    }
    // from the cells, which know no other way than this one
    execute(
        &admin,
        "update analytics.ticket_cells set tickets = tickets + 1000
        where series = 'created' and grain = 'all' and node = 144 and source_channel = 'email' and status = 'open'",
    )
    .await;
    let overview = answer(&database, url).await;
    let expected = count(&admin, by_email).await + 1000;
    assert_eq!(overview[0]["total_tickets"], expected, "{overview}");
}
