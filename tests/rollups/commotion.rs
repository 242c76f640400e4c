//! Everything that goes on at a desk while somebody looks.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::task::JoinHandle;
use tokio_postgres::Client;

use super::fold;
use super::writer::{Tally, Writer};
use crate::brute_force::{Generator, ZONES};
use crate::harness::cluster::TestDb;
use crate::harness::desk::execute;

const WRITERS: usize = 4;

/// Folds small batches until it is told to stop; rests now and then, so that changes pile up.
async fn keep_folding(session: Client, seed: u64, stop: Arc<AtomicBool>) -> usize {
    let mut generator = Generator::new(seed);
    let mut folded = 0;
    while !stop.load(Ordering::Relaxed) {
        let batch = i32::try_from(1 + generator.below(200)).expect("a small number");
        folded += usize::try_from(fold(&session, batch).await).expect("not less than none");
        let rest = if generator.chance(10) { 1_500 } else { 200 };
        tokio::time::sleep(Duration::from_millis(rest)).await;
    }
    folded
}

/// Rebuilds beside whatever else goes on, in the same zone or another.
pub fn rebuild(session: Client, generator: &mut Generator) -> JoinHandle<Client> {
    let zone = generator.one(ZONES);
    let script = generator.one(&["call analytics.rebuild()", "call analytics.rebuild('ZONE')"]);
    let script = script.replace("ZONE", zone);
    tokio::spawn(async move {
        execute(&session, &script).await;
        session
    })
}

/// Four sessions that write and two that fold, until it ends.
pub struct Commotion {
    stop: Arc<AtomicBool>,
    writers: Vec<JoinHandle<Tally>>,
    folders: Vec<JoinHandle<usize>>,
}

impl Commotion {
    pub async fn begin(database: &TestDb, seed: u64) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut writers = Vec::new();
        for nth in 0..WRITERS {
            let writer = Writer::new(database, nth, seed).await;
            writers.push(tokio::spawn(writer.write(Arc::clone(&stop))));
        }
        let mut folders = Vec::new();
        for nth in 0..2 {
            let session = database.connect("postgres").await;
            folders.push(tokio::spawn(keep_folding(
                session,
                seed + nth,
                Arc::clone(&stop),
            )));
        }
        Self {
            stop,
            writers,
            folders,
        }
    }

    /// Everybody ends what they are at.
    pub async fn end(self) -> (Tally, usize) {
        self.stop.store(true, Ordering::Relaxed);
        let mut tally = Tally::default();
        for writer in self.writers {
            tally.add(&writer.await.expect("a writer"));
        }
        let mut folded = 0;
        for folder in self.folders {
            folded += folder.await.expect("a folder");
        }
        (tally, folded)
    }
}
