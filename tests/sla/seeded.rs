//! The demo data writes its clocks itself: they are those that the triggers would have kept.

use super::desk::TICKET;
use crate::harness::cluster::TestDb;
use crate::harness::desk::{execute, migrate_to, seed};

const KEPT: &str = "ticket_id, metric, started_at, stopped_at, is_done, is_paused, policy_id, target_seconds, warn_at, due_at, breached_at";
const STAMPED: &str = "id, first_response_due_at, next_response_due_at, resolution_due_at, sla_state, sla_warn_at, sla_due_at, promises";

#[tokio::test]
async fn the_clocks_of_the_demo_are_those_that_triggers_keep() {
    let database = TestDb::empty().await;
    migrate_to(&database.uri("postgres")).await;
    let admin = database.connect("postgres").await;
    seed(&admin, 3_000).await;
    execute(
        &admin,
        &format!(
            "create temporary table clocks as select {KEPT} from public.sla_clocks;
             create temporary table stamps as select {STAMPED} from public.tickets;
             delete from public.sla_clocks;
             update public.tickets set first_response_due_at = null, next_response_due_at = null, resolution_due_at = null,
                sla_state = null, sla_warn_at = null, sla_due_at = null, promises = 0;
             select ops.keep_clocks(array(select id from public.tickets))"
        ),
    )
    .await;
    for (what, columns, table) in [
        ("clocks", KEPT, "sla_clocks"),
        ("stamps", STAMPED, "tickets"),
    ] {
        let sql = format!(
            "select count(*) from (
                (select * from {what} except select {columns} from public.{table})
                union all
                (select {columns} from public.{table} except select * from {what})
            ) as d"
        );
        let differing: i64 = admin.query_one(&sql, &[]).await.unwrap().get(0);
        assert_eq!(differing, 0, "{what}");
        let all: i64 = admin
            .query_one(&format!("select count(*) from {what}"), &[])
            .await
            .unwrap()
            .get(0);
        assert!(all >= 3_000);
    }
    let states = "select count(distinct public.clock_state(c)) from public.sla_clocks as c where ticket_id < $1";
    assert!(
        admin
            .query_one(states, &[&TICKET])
            .await
            .unwrap()
            .get::<_, i64>(0)
            >= 3
    );
}
