//! What the live catalog says: one query a kind of object, in the `.sql` files beside this one. Only reads.

use serde::de::DeserializeOwned;
use serde_json::Value;

use super::error::CheckError;
use super::model::{Catalog, Policy, Relation, Role};
use crate::migrate::AdminSession;

/// Reads everything, as of one moment. The session is read-only from then on.
pub async fn read(session: &AdminSession) -> Result<Catalog, CheckError> {
    // With an empty path every name that is told is qualified, as the files' are.
    session
        .execute("set default_transaction_read_only = on; set search_path = ''")
        .await?;
    session
        .execute("begin isolation level repeatable read read only")
        .await?;
    let relations: Vec<Relation> = rows(session, include_str!("relations.sql")).await?;
    let policies: Vec<Policy> = rows(session, include_str!("policies.sql")).await?;
    let roles: Vec<Role> = rows(session, include_str!("roles.sql")).await?;
    let mut catalog = Catalog {
        relations: relations
            .into_iter()
            .map(|relation| (relation.name.clone(), relation))
            .collect(),
        policies,
        routines: rows(session, include_str!("routines.sql")).await?,
        indexes: rows(session, include_str!("indexes.sql")).await?,
        foreign_keys: rows(session, include_str!("foreign_keys.sql")).await?,
        composites: rows(session, include_str!("composites.sql")).await?,
        roles: roles
            .into_iter()
            .map(|role| (role.name.clone(), role))
            .collect(),
        schema_grants: rows(session, include_str!("schema_grants.sql")).await?,
        default_privileges: rows(session, include_str!("default_privileges.sql")).await?,
        extensions: rows(session, include_str!("extensions.sql")).await?,
        leftovers: Vec::new(),
    };
    session.execute("commit").await?;
    catalog.sort();
    Ok(catalog)
}

async fn rows<T: DeserializeOwned>(
    session: &AdminSession,
    sql: &str,
) -> Result<Vec<T>, CheckError> {
    let what = || sql.lines().next().unwrap_or_default().to_owned();
    let rows = session
        .client()
        .query(sql, &[])
        .await
        .map_err(|cause| CheckError::Catalog {
            what: what(),
            cause,
        })?;
    rows.into_iter()
        .map(|row| {
            let value: Value = row.get(0);
            serde_json::from_value(value).map_err(|cause| CheckError::Row {
                what: what(),
                cause,
            })
        })
        .collect()
}
