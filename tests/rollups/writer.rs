//! One of the sessions that write: transactions short and long, of any isolation, given up, undone in
//! part, and prepared to be decided upon later.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio_postgres::Client;

use super::attempt;
use super::statements::statement;
use crate::brute_force::Generator;
use crate::harness::cluster::TestDb;
use crate::harness::desk::execute;

/// Whoever stands in another's way gives up soon: the others have something to look at all the time.
pub const IMPATIENT: &str = "set lock_timeout = '200ms'; set deadlock_timeout = '50ms'";

/// What has been done, to know that nothing was left out.
#[derive(Default, Debug)]
pub struct Tally {
    pub statements: usize,
    pub refused: usize,
    pub committed: usize,
    pub rolled_back: usize,
    pub undone: usize,
    pub prepared: usize,
}

impl Tally {
    pub fn add(&mut self, other: &Self) {
        self.statements += other.statements;
        self.refused += other.refused;
        self.committed += other.committed;
        self.rolled_back += other.rolled_back;
        self.undone += other.undone;
        self.prepared += other.prepared;
    }
}

pub struct Writer {
    session: Client,
    generator: Generator,
    /// Begins the names of the prepared transactions, which the whole cluster shares.
    name: String,
    prepared: Vec<String>,
    tally: Tally,
}

impl Writer {
    pub async fn new(database: &TestDb, nth: usize, seed: u64) -> Self {
        let session = database.connect("postgres").await;
        execute(&session, IMPATIENT).await;
        Self {
            session,
            generator: Generator::new(seed.wrapping_mul(1_000) + nth as u64),
            name: format!("{}_{nth}", database.name()),
            prepared: Vec::new(),
            tally: Tally::default(),
        }
    }

    /// Writes until it is told to stop.
    pub async fn write(mut self, stop: Arc<AtomicBool>) -> Tally {
        while !stop.load(Ordering::Relaxed) {
            self.transaction().await;
            if self.prepared.len() > 1 || self.generator.chance(40) {
                self.decide().await;
            }
            self.pause(80).await;
        }
        while !self.prepared.is_empty() {
            self.decide().await;
        }
        self.tally
    }

    async fn pause(&mut self, most_ms: usize) {
        let ms = self.generator.below(most_ms) as u64;
        tokio::time::sleep(Duration::from_millis(ms)).await;
    }

    async fn transaction(&mut self) {
        let isolation = self.generator.one(&[
            "read committed",
            "read committed",
            "read committed",
            "repeatable read",
            "serializable",
        ]);
        execute(&self.session, &format!("begin isolation level {isolation}")).await;
        for _ in 0..=self.generator.below(4) {
            self.step().await;
            if self.generator.chance(6) {
                self.pause(400).await;
            }
        }
        match self.generator.below(10) {
            0 | 1 => {
                execute(&self.session, "rollback").await;
                self.tally.rolled_back += 1;
            }
            2 => self.prepare().await,
            // a serializable one may not be able to
            _ => match attempt(&self.session, "commit").await {
                Ok(()) => self.tally.committed += 1,
                Err(_) => self.tally.refused += 1,
            },
        }
    }

    /// One statement in a savepoint, which now and then is undone.
    async fn step(&mut self) {
        let script = statement(&mut self.generator);
        execute(&self.session, "savepoint before").await;
        self.tally.statements += 1;
        let is_refused = attempt(&self.session, &script).await.is_err();
        self.tally.refused += usize::from(is_refused);
        if is_refused || self.generator.chance(10) {
            execute(&self.session, "rollback to savepoint before").await;
            self.tally.undone += usize::from(!is_refused);
        }
    }

    async fn prepare(&mut self) {
        let name = format!("{}_{}", self.name, self.tally.prepared);
        let prepare = format!("prepare transaction '{name}'");
        if attempt(&self.session, &prepare).await.is_ok() {
            self.tally.prepared += 1;
            self.prepared.push(name);
        } else {
            self.tally.refused += 1;
        }
    }

    /// The oldest prepared transaction comes to its end.
    async fn decide(&mut self) {
        if self.prepared.is_empty() {
            return;
        }
        let name = self.prepared.remove(0);
        let verb = self.generator.one(&["commit", "commit", "rollback"]);
        execute(&self.session, &format!("{verb} prepared '{name}'")).await;
    }
}
