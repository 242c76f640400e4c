//! Readers, hundreds of times, while everybody writes, folds and rebuilds: what a widget counts is what is there.

use std::collections::BTreeSet;

use super::commotion::{Commotion, rebuild};
use super::{manager, small_desk, verify};
use crate::brute_force::Generator;

const READS: usize = 600;

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn every_read_is_exact() {
    let (database, admin) = small_desk().await;
    let reader = manager(&database).await;
    let mut generator = Generator::new(21);
    let commotion = Commotion::begin(&database, 21).await;
    let mut rebuilding = rebuild(database.connect("postgres").await, &mut generator);
    let mut totals = BTreeSet::new();
    for nth in 0..READS {
        if rebuilding.is_finished() && nth < READS - 100 {
            let session = rebuilding.await.expect("a rebuild");
            rebuilding = rebuild(session, &mut generator);
        }
        let row = reader
            .query_one(
                "select
                    (select count(*) from public.tickets),
                    (select total_tickets from public.dashboard_overview()),
                    (select sum(tickets)::bigint from public.tickets_by_type()),
                    (select sum(tickets)::bigint from public.tickets_by_priority('(\"(2025-02-02,,,,,,,,,,,)\",,,,,,,,)')),
                    (select count(*) from public.tickets where created_at >= '2025-02-02')",
                &[],
            )
            .await
            .expect("a row");
        let [tickets, total, by_type, since, expected]: [i64; 5] =
            std::array::from_fn(|column| row.get(column));
        assert_eq!([total, by_type], [tickets; 2], "read {nth}");
        assert_eq!(since, expected, "read {nth}");
        totals.insert(tickets);
    }
    rebuilding.await.expect("a rebuild");
    commotion.end().await;
    assert!(totals.len() > 20, "it was quiet: {totals:?}");
    assert!(verify(&admin).await.is_empty());
}
