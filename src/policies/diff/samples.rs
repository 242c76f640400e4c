//! Accounts to ask as. What an account is, only the database knows: every function `sample_callers(integer)` of
//! the owner's is asked for so many of each role, and returns `role text, claims jsonb`.

use serde_json::{Map, Value};
use tokio_postgres::Transaction;

use crate::migrate::Source;
use crate::policies::{Caller, PoliciesError};
use crate::postgres::quoted;

/// So many callers of each role, as the database's functions name them; none where it has no such function.
///
/// # Errors
/// The database does not answer, or a function returns something else.
pub async fn samples(
    transaction: &mut Transaction<'_>,
    source: &Source,
    per_role: i32,
) -> Result<Vec<Caller>, PoliciesError> {
    let failed = || PoliciesError::database("looking for sample callers");
    let as_owner = transaction.transaction().await.map_err(failed())?;
    // A database that was never migrated has no owner yet, and no samples either.
    if let Some(owner) = source.owner() {
        let known = "select from pg_catalog.pg_roles where rolname = $1";
        let known = as_owner.query_opt(known, &[&owner]).await;
        if known.map_err(failed())?.is_none() {
            return Ok(Vec::new());
        }
        let become_owner = format!("set local role {}", quoted(owner));
        as_owner
            .execute(&become_owner, &[])
            .await
            .map_err(failed())?;
    }
    let functions = as_owner.query(include_str!("samples.sql"), &[]).await;
    let mut found = Vec::new();
    for function in functions.map_err(failed())? {
        let call: &str = function.get("call");
        let sql = format!("select role::text, claims::jsonb from {call}($1)");
        let rows = as_owner.query(&sql, &[&per_role]).await;
        for row in rows.map_err(PoliciesError::database(format!("calling {call}")))? {
            let (Some(role), Some(Value::Object(claims))) = (row.get("role"), row.get("claims"))
            else {
                return Err(PoliciesError::Unreadable {
                    what: "a sample caller: it is a role, not null, and a JSON object",
                });
            };
            found.push(Caller::new(role, claims_of(claims)));
        }
    }
    as_owner.rollback().await.map_err(failed())?;
    Ok(found)
}

/// The role is the caller's own.
fn claims_of(mut claims: Map<String, Value>) -> Map<String, Value> {
    claims.shift_remove("role");
    claims
}
