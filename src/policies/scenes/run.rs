//! Playing scenes: one transaction each, rolled back whatever happens in it.

use std::time::Instant;

use tokio_postgres::Transaction;

use super::outcome::{Done, Outcome, Refusal};
use super::parse::{Act, Scene, Step, Who};
use super::report::{Failure, Played};
use crate::migrate::{AdminSession, Source, rehearse};
use crate::policies::{Caller, PoliciesError};

/// Who is asking, and whether this is still the scene's transaction.
const STANDING: &str = "select current_user::text as role,
    pg_catalog.current_setting('request.jwt.claims', true) as claims,
    pg_catalog.transaction_timestamp()::text as began";

/// Plays scenes one after the other; tells `played` of each. Where there are `pending` files, each scene is played as
/// if they had been applied.
///
/// # Errors
/// The connection fails, or a pending file does. Whatever a scene does wrong is its failure.
pub async fn play(
    session: &mut AdminSession,
    scenes: &[Scene],
    schemas: &[String],
    pending: Option<&Source>,
    mut played: impl FnMut(&Played),
) -> Result<Vec<Played>, PoliciesError> {
    let mut all = Vec::new();
    for scene in scenes {
        let started = Instant::now();
        let failures = one(session, scene, schemas, pending).await?;
        let one = Played {
            file: scene.file.clone(),
            line: scene.line,
            title: scene.title.clone(),
            milliseconds: u64::try_from(started.elapsed().as_millis()).unwrap_or(u64::MAX),
            failures,
        };
        played(&one);
        all.push(one);
    }
    Ok(all)
}

async fn one(
    session: &mut AdminSession,
    scene: &Scene,
    schemas: &[String],
    pending: Option<&Source>,
) -> Result<Vec<Failure>, PoliciesError> {
    let failed = |doing: &'static str| PoliciesError::database(doing);
    let transaction = session.transaction().await?;
    if let Some(source) = pending {
        rehearse(&transaction, source).await?;
    }
    let began = standing(&transaction).await?.began;
    let mut stage = Stage {
        transaction,
        scene,
        schemas,
        began,
        failures: Vec::new(),
    };
    for act in &scene.acts {
        if !stage.act(act).await? {
            break;
        }
    }
    let Stage {
        transaction,
        failures,
        ..
    } = stage;
    transaction
        .rollback()
        .await
        .map_err(failed("rolling back"))?;
    Ok(failures)
}

#[derive(PartialEq)]
struct Standing {
    role: String,
    claims: String,
    began: String,
}

async fn standing(transaction: &Transaction<'_>) -> Result<Standing, PoliciesError> {
    let row = transaction.query_one(STANDING, &[]).await;
    let row = row.map_err(PoliciesError::database("looking who is asking"))?;
    Ok(Standing {
        role: row.get("role"),
        claims: row.get::<_, Option<String>>("claims").unwrap_or_default(),
        began: row.get("began"),
    })
}

/// A scene under way.
struct Stage<'a> {
    transaction: Transaction<'a>,
    scene: &'a Scene,
    schemas: &'a [String],
    began: String,
    failures: Vec<Failure>,
}

impl Stage<'_> {
    /// Whether the scene can go on.
    async fn act(&mut self, act: &Act) -> Result<bool, PoliciesError> {
        if let Err(error) = self.enter(&act.who).await {
            if error.is_of_connection() {
                return Err(error);
            }
            self.fail(act, act.line, "", error.to_string());
            return Ok(false);
        }
        let before = standing(&self.transaction).await?;
        for step in &act.steps {
            let outcome = self.run(&step.sql).await?;
            let after = standing(&self.transaction).await?;
            if after.began != self.began {
                // Cannot happen: single statements within a transaction. If it does, nothing else may run.
                self.fail(
                    act,
                    step.line,
                    &step.sql,
                    "the transaction has ended: what was done before is kept".to_owned(),
                );
                return Ok(false);
            }
            if after != before {
                let what = format!(
                    "the statement became somebody else: {} {} instead of {} {}",
                    after.role, after.claims, before.role, before.claims
                );
                self.fail(act, step.line, &step.sql, what);
                return Ok(false);
            }
            if !self.judge(act, step, &outcome) {
                return Ok(false);
            }
        }
        self.settle(act).await
    }

    async fn enter(&self, who: &Who) -> Result<(), PoliciesError> {
        match who {
            Who::Caller(caller) => {
                caller.enter(&self.transaction, self.schemas).await?;
                self.refuse_owner(caller).await
            }
            Who::Setup(role) => {
                let role = role.as_deref().unwrap_or("none");
                let path: Vec<_> = self
                    .schemas
                    .iter()
                    .map(|one| format!("\"{}\"", one.replace('"', "\"\"")))
                    .collect();
                let sql = "select pg_catalog.set_config('search_path', $1, true), \
                    pg_catalog.set_config('request.jwt.claims', '', true), \
                    pg_catalog.set_config('role', $2, true)";
                let set = self
                    .transaction
                    .execute(sql, &[&path.join(", "), &role])
                    .await;
                set.map(drop)
                    .map_err(PoliciesError::database(format!("becoming {role}")))
            }
        }
    }

    /// `Caller::enter` refuses roles that policies never bind; this one, those that a table's do not.
    async fn refuse_owner(&self, caller: &Caller) -> Result<(), PoliciesError> {
        let owned = self
            .transaction
            .query(include_str!("owned.sql"), &[&caller.role])
            .await;
        let owned = owned.map_err(PoliciesError::database("looking for tables of the role"))?;
        match owned.first() {
            Some(row) => Err(PoliciesError::Owns {
                role: caller.role.clone(),
                relation: row.get("relation"),
            }),
            None => Ok(()),
        }
    }

    /// In a savepoint, so that the scene goes on after a refusal.
    async fn run(&mut self, sql: &str) -> Result<Outcome, PoliciesError> {
        let failed = |doing: &'static str| PoliciesError::database(doing);
        let savepoint = self
            .transaction
            .savepoint("step")
            .await
            .map_err(failed("savepoint"))?;
        // Prepared only to be read: Postgres takes one statement there, and no two. Values come as text only
        // by the protocol that would take two.
        let done = match savepoint.prepare(sql).await {
            Ok(_) => savepoint.simple_query(sql).await,
            Err(error) => Err(error),
        };
        match done {
            Ok(messages) => {
                savepoint
                    .commit()
                    .await
                    .map_err(failed("releasing the savepoint"))?;
                Ok(Outcome::Done(Done::new(&messages)))
            }
            Err(error) => match error.as_db_error().map(Refusal::from) {
                Some(refusal) => {
                    savepoint
                        .rollback()
                        .await
                        .map_err(failed("rolling back to the savepoint"))?;
                    Ok(Outcome::Refused(refusal))
                }
                None => Err(failed("playing a scene")(error)),
            },
        }
    }

    /// Whether the scene can go on: not without what an unexpected refusal left undone.
    fn judge(&mut self, act: &Act, step: &Step, outcome: &Outcome) -> bool {
        for expectation in &step.expectations {
            if let Some(why) = expectation.unmet(outcome) {
                self.fail(act, step.line, &step.sql, why);
            }
        }
        match outcome {
            Outcome::Done(_) => true,
            Outcome::Refused(_) if !step.expectations.is_empty() => true,
            Outcome::Refused(refusal) => {
                self.fail(
                    act,
                    step.line,
                    &step.sql,
                    format!("refused: {}", refusal.explained),
                );
                false
            }
        }
    }

    /// A request would end here, and what is deferred until then speaks last. Only asked: what comes later in
    /// the scene finds constraints as deferred as they were.
    async fn settle(&mut self, act: &Act) -> Result<bool, PoliciesError> {
        let Some(last) = act.steps.last().filter(|last| !last.settles) else {
            return Ok(true);
        };
        let failed = |doing: &'static str| PoliciesError::database(doing);
        let savepoint = self
            .transaction
            .savepoint("settling")
            .await
            .map_err(failed("savepoint"))?;
        let settled = savepoint
            .execute("set constraints all immediate", &[])
            .await;
        savepoint
            .rollback()
            .await
            .map_err(failed("rolling back to the savepoint"))?;
        let Err(error) = settled else {
            return Ok(true);
        };
        let Some(refusal) = error.as_db_error().map(Refusal::from) else {
            return Err(failed("looking at deferred constraints")(error));
        };
        let what = format!(
            "refused at the end of the transaction: {}\n(expected? Then let `set constraints all immediate` be refused)",
            refusal.explained
        );
        self.fail(act, last.line, &last.sql, what);
        Ok(false)
    }

    fn fail(&mut self, act: &Act, line: usize, sql: &str, what: String) {
        self.failures.push(Failure {
            file: self.scene.file.clone(),
            line,
            who: match &act.who {
                Who::Setup(None) => "setup".to_owned(),
                Who::Setup(Some(role)) => format!("setup: {role}"),
                Who::Caller(caller) => format!("as {caller}"),
            },
            sql: sql.to_owned(),
            what,
        });
    }
}
