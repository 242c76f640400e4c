//! Looks at a desk in one snapshot, from several sessions at once.

use futures_util::future::join_all;
use tokio_postgres::Client;

use super::questions::{Outcome, compare};
use super::{everything, number, unfolded, verify};
use crate::brute_force::{Base, Generator, Promises, Sight};
use crate::harness::cluster::TestDb;
use crate::harness::desk::execute;

/// Of which each answers a part of the questions.
const READERS: usize = 3;

pub struct Camera {
    owner: Client,
    readers: Vec<Client>,
}

/// A snapshot, compared.
pub struct Photograph {
    pub outcome: Outcome,
    pub tickets: usize,
    /// Rows of cells and of changes that were read.
    pub cells: i64,
    pub changes: i64,
}

impl Camera {
    pub async fn new(database: &TestDb) -> Self {
        let mut readers = Vec::new();
        for _ in 0..READERS {
            readers.push(database.connect("postgres").await);
        }
        Self {
            owner: database.connect("postgres").await,
            readers,
        }
    }

    /// Verifies the cells, and compares every widget for all tickets and for so many random selections.
    ///
    /// The lock is taken before the snapshot: a TRUNCATE in between would empty the tables under it.
    pub async fn photograph(&self, generator: &mut Generator, selections: usize) -> Photograph {
        let owner = &self.owner;
        execute(
            owner,
            "begin isolation level repeatable read;
             lock table public.tickets in access share mode",
        )
        .await;
        let row = owner.query_one("select pg_export_snapshot()", &[]).await;
        let snapshot: String = row.expect("a snapshot").get(0);
        let base = Base::load(owner).await;
        let promises = Promises::load(owner).await;
        let mut outcome = Outcome::default();
        outcome.comparisons += 1;
        let cells = verify(owner).await;
        if let Some(first) = cells.first() {
            let number = cells.len();
            let wrong = format!("verify() finds {number} cells, as {first}");
            outcome.wrong.push(wrong);
        }
        let mut asked = vec![everything()];
        asked.extend((0..selections).map(|_| generator.selection()));
        let parts = asked.chunks(asked.len().div_ceil(READERS));
        let parts = parts.zip(&self.readers).map(|(selections, reader)| {
            let mut generator = Generator::new(generator.below(1 << 30) as u64);
            let (base, promises, snapshot) = (&base, &promises, &snapshot);
            async move {
                let begin = format!(
                    "begin isolation level repeatable read; set transaction snapshot '{snapshot}';
                     set local role desk_manager"
                );
                execute(reader, &begin).await;
                let mut outcome = Outcome::default();
                for selection in selections {
                    let sight = Sight::new(base, selection);
                    outcome.add(compare(reader, &sight, promises, &mut generator).await);
                }
                execute(reader, "commit").await;
                outcome
            }
        });
        for part in join_all(parts).await {
            outcome.add(part);
        }
        let cells = number(owner, "select count(*) from analytics.ticket_cells").await;
        let changes = unfolded(owner).await;
        execute(owner, "commit").await;
        Photograph {
            outcome,
            tickets: base.tickets.len(),
            cells,
            changes,
        }
    }
}
