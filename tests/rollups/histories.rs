//! Random histories: four sessions write, two fold, somebody rebuilds in another time zone, the tickets are
//! emptied and loaded again; and in one snapshot after the other every widget is what brute force counts.

use serde_json::Value;
use tokio_postgres::Client;

use super::camera::Camera;
use super::commotion::{Commotion, rebuild};
use super::questions::QUESTIONS;
use super::rows::insert;
use super::writer::IMPATIENT;
use super::{attempt, number, small_desk, verify};
use crate::brute_force::Generator;
use crate::harness::desk::execute;

const COMPARISONS: usize = 10_000;
/// Random selections of each snapshot; there is one more, of everything.
const SELECTIONS: usize = 12;

fn setting(name: &str, otherwise: usize) -> usize {
    std::env::var(name).map_or(otherwise, |value| value.parse().expect("a number"))
}

/// Empties the tickets and loads others, in one transaction, which may be undone; until nobody is in the way.
async fn reload(session: &Client, generator: &mut Generator) {
    let keep = generator.chance(70);
    let script = format!(
        "begin; {}; savepoint loaded; truncate public.tickets cascade; {}; {} {}; commit",
        insert(generator, 3),
        insert(generator, 2),
        if keep {
            ""
        } else {
            "rollback to savepoint loaded;"
        },
        insert(generator, 150)
    );
    while let Err(error) = attempt(session, &script).await {
        execute(session, "rollback").await;
        let code = error.code().map_or("", |code| code.code());
        // locked, a deadlock, a status that another session renamed meanwhile
        assert!(["55P03", "40P01", "23503"].contains(&code), "{error:?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 3)]
async fn every_snapshot_of_a_random_history_is_exact() {
    let wanted = setting("ROLLUP_COMPARISONS", COMPARISONS);
    let seed = setting("ROLLUP_SEED", 1) as u64;
    let (database, admin) = small_desk().await;
    execute(&admin, IMPATIENT).await;
    let camera = Camera::new(&database).await;
    let mut rebuilder = Some(database.connect("postgres").await);
    let commotion = Commotion::begin(&database, seed).await;
    let mut generator = Generator::new(seed);
    let (mut compared, mut snapshots, mut with_changes, mut reloads, mut rebuilds) =
        (0, 0, 0, 0, 0);
    while compared < wanted {
        let mut rebuilding = None;
        if snapshots % 6 == 3 {
            reload(&admin, &mut generator).await;
            reloads += 1;
        } else if snapshots % 3 == 1 {
            let session = rebuilder.take().expect("it came back");
            rebuilding = Some(rebuild(session, &mut generator));
            rebuilds += 1;
        }
        if number(&admin, "select count(*) from public.tickets").await > 350 {
            let half = "delete from public.tickets where id % 2 = 0";
            let _ = attempt(&admin, half).await;
        }
        let photograph = camera.photograph(&mut generator, SELECTIONS).await;
        let wrong = &photograph.outcome.wrong;
        assert!(
            wrong.is_empty(),
            "ROLLUP_SEED={seed}, snapshot {snapshots}, {} tickets, {} cells, {} changes, {} of {} wrong:\n{}",
            photograph.tickets,
            photograph.cells,
            photograph.changes,
            wrong.len(),
            photograph.outcome.comparisons,
            wrong
                .iter()
                .take(10)
                .cloned()
                .collect::<Vec<_>>()
                .join("\n")
        );
        compared += photograph.outcome.comparisons;
        snapshots += 1;
        with_changes += usize::from(photograph.cells > 0 && photograph.changes > 0);
        if let Some(rebuilding) = rebuilding {
            rebuilder = Some(rebuilding.await.expect("a rebuild"));
        }
    }
    let (tally, folded) = commotion.end().await;
    assert_eq!(verify(&admin).await, Vec::<Value>::new());

    // it was a history
    assert_eq!(compared, snapshots * (1 + QUESTIONS * (1 + SELECTIONS)));
    let counts = format!(
        "{compared} comparisons, {snapshots} snapshots, {with_changes} with changes, {reloads} reloads, \
         {rebuilds} rebuilds, {folded} folded, {tally:?}"
    );
    assert!(with_changes * 3 > snapshots, "{counts}");
    assert!(
        reloads > 0 && rebuilds > 0 && folded > snapshots,
        "{counts}"
    );
    assert!(tally.statements > 3 * snapshots, "{counts}");
    assert!(tally.refused * 2 < tally.statements, "{counts}");
    for kind in [
        tally.committed,
        tally.rolled_back,
        tally.undone,
        tally.prepared,
    ] {
        assert!(kind > 0, "{counts}");
    }
}
