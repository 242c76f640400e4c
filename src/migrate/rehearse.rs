//! A run within somebody else's transaction, who looks at what came of it and rolls it back.

use tokio_postgres::Transaction;

use super::applied::Applied;
use super::error::MigrateError;
use super::files::apply;
use super::order::Ordered;
use super::plan::Plan;
use super::run::{Report, create_ledger, objects};
use super::script;
use super::source::{BOOTSTRAP, Source};
use crate::postgres::quoted;

/// What [`run`](super::run) would do now, done within a transaction of the caller's, who rolls it back. The lock that keeps
/// other runs away is the caller's, too ([`AdminSession::lock`](super::AdminSession::lock)). The bootstrap file counts among the migrations.
pub async fn rehearse(
    transaction: &Transaction<'_>,
    source: &Source,
) -> Result<Report, MigrateError> {
    let ordered = Ordered::new(source)?;
    let migrations = source.migrations()?;
    let applied = Applied::read(transaction, source, &objects(&ordered)).await?;
    let plan = Plan::new(source, &ordered, &applied)?;
    if let (Some(pending), Some(text)) = (&plan.bootstrap, source.file(BOOTSTRAP)) {
        script::run(transaction, &pending.path, 1, text).await?;
    }
    if let Some(owner) = source.owner() {
        let become_owner = format!("set local role {}", quoted(owner));
        let became = transaction.batch_execute(&become_owner).await;
        became.map_err(MigrateError::database("becoming the owner"))?;
    }
    create_ledger(transaction, source).await?;
    for pending in &plan.migrations {
        let this = migrations.iter().find(|one| one.path == pending.path);
        let text = this.and_then(|one| one.migration.sql()).unwrap_or_default();
        script::run(transaction, &pending.path, 1, text).await?;
        // As its COMMIT would.
        let checks = "set constraints all immediate; set constraints all deferred";
        script::run(transaction, &pending.path, 1, checks).await?;
    }
    Ok(Report {
        files: apply(transaction, source, &ordered, None, &mut |_| {}).await?,
        migrations: plan
            .bootstrap
            .into_iter()
            .chain(plan.migrations)
            .map(|one| one.path)
            .collect(),
        leftovers: plan.leftovers,
    })
}
