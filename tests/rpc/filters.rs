//! Functions that take filters: pushed down, results filtered.

use crate::harness::desk::{agent, client, desk, serve};

#[tokio::test]
async fn filters_reach_the_aggregate_and_its_result() {
    let database = desk().await;
    let server = serve(&database).await;
    let rows = server
        .get(
            "/rpc/team_performance?priority=eq.high&member_status=eq.active&tickets_resolved=gte.1\
             &order=avg_rating.desc.nullslast&limit=5",
        )
        .token(&agent())
        .send()
        .await
        .ok();
    assert_eq!(rows.as_array().unwrap().len(), 5, "{rows}");
}

#[tokio::test]
async fn clients_may_not_call_widgets() {
    let database = desk().await;
    let server = serve(&database).await;
    for url in [
        "/rpc/team_performance",
        "/rpc/dashboard_overview?priority=eq.high",
    ] {
        server
            .get(url)
            .token(&client(1))
            .send()
            .await
            .refused(403, "42501");
        server.get(url).send().await.refused(401, "42501");
    }
}
