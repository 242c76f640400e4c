//! The catalog to a matrix, in one read-only transaction.

use std::collections::BTreeMap;

use tokio_postgres::{Client, IsolationLevel, Row, Transaction};

use super::model::{Asked, FORMAT, Function, Matrix, Policy, Relation, Right, Rows};
use crate::plan::{LOOSE, nearest};
use crate::policies::PoliciesError;

/// Whose rights to show where nobody says.
#[derive(Debug, Clone, Default)]
pub struct Who {
    /// The server's login: the roles that it may become.
    pub login: Option<String>,
    /// The role of callers without a token.
    pub anon: Option<String>,
}

/// Reads what was asked for.
///
/// # Errors
/// A schema, role or relation that is not there.
pub async fn read(client: &mut Client, asked: &Asked, who: &Who) -> Result<Matrix, PoliciesError> {
    let begun = client
        .build_transaction()
        .isolation_level(IsolationLevel::RepeatableRead)
        .read_only(true)
        .start()
        .await;
    let transaction = begun.map_err(PoliciesError::database("begin"))?;
    refuse_unknown(
        &transaction,
        "schema",
        "select nspname::text from pg_catalog.pg_namespace",
        &asked.schemas,
    )
    .await?;
    refuse_unknown(
        &transaction,
        "role",
        "select rolname::text from pg_catalog.pg_roles",
        &asked.roles,
    )
    .await?;
    let failed = |doing: &'static str| PoliciesError::database(doing);
    let roles = transaction
        .query(
            include_str!("roles.sql"),
            &[&asked.roles, &who.login, &asked.schemas, &who.anon],
        )
        .await
        .map_err(failed("reading roles"))?;
    let roles: Vec<String> = roles.iter().map(|row| row.get("role")).collect();
    let relations = relations(&transaction, asked, &roles).await?;
    let functions = if asked.relations.is_empty() {
        let rows = transaction
            .query(include_str!("functions.sql"), &[&asked.schemas, &roles])
            .await;
        rows.map_err(failed("reading functions"))?
            .iter()
            .map(function)
            .collect()
    } else {
        Vec::new()
    };
    Ok(Matrix {
        format: FORMAT,
        asked: asked.clone(),
        roles,
        relations,
        functions,
    })
}

async fn refuse_unknown(
    transaction: &Transaction<'_>,
    kind: &'static str,
    sql: &str,
    names: &[String],
) -> Result<(), PoliciesError> {
    let rows = transaction.query(sql, &[]).await;
    let rows = rows.map_err(PoliciesError::database(format!("looking for each {kind}")))?;
    let known: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    match names.iter().find(|name| !known.contains(&name.as_str())) {
        Some(name) => Err(unknown(kind, name, known)),
        None => Ok(()),
    }
}

fn unknown<'a>(
    kind: &'static str,
    name: &str,
    known: impl IntoIterator<Item = &'a str>,
) -> PoliciesError {
    PoliciesError::Unknown {
        kind,
        name: name.to_owned(),
        near: nearest(name, known, LOOSE).map(str::to_owned),
    }
}

async fn relations(
    transaction: &Transaction<'_>,
    asked: &Asked,
    roles: &[String],
) -> Result<Vec<Relation>, PoliciesError> {
    let failed = |doing: &'static str| PoliciesError::database(doing);
    let rows = transaction
        .query(
            include_str!("relations.sql"),
            &[&asked.schemas, &asked.relations],
        )
        .await
        .map_err(failed("reading relations"))?;
    let oids: Vec<u32> = rows.iter().map(|row| row.get("oid")).collect();
    let policies = transaction
        .query(include_str!("policies.sql"), &[&oids])
        .await;
    let mut policies = by_relation(&policies.map_err(failed("reading policies"))?, policy);
    let rights = transaction
        .query(include_str!("rights.sql"), &[&oids, &roles])
        .await;
    let mut rights = by_relation(&rights.map_err(failed("reading rights"))?, right);
    let found: Vec<Relation> = rows
        .iter()
        .map(|row| {
            let oid = row.get("oid");
            let mut relation = relation(row);
            relation.policies = policies.remove(&oid).unwrap_or_default();
            relation.rights = rights.remove(&oid).unwrap_or_default();
            relation
        })
        .collect();
    for name in &asked.relations {
        let is_it = |one: &Relation| one.name == *name || bare(&one.name) == name;
        // Quoted names are compared by Postgres; here only nothing at all is told.
        if !found.iter().any(is_it) && found.len() < asked.relations.len() {
            return Err(unknown("relation", name, []));
        }
    }
    Ok(found)
}

fn bare(name: &str) -> &str {
    name.split_once('.').map_or(name, |(_, bare)| bare)
}

fn by_relation<T>(rows: &[Row], read: impl Fn(&Row) -> T) -> BTreeMap<u32, Vec<T>> {
    let mut found: BTreeMap<u32, Vec<T>> = BTreeMap::new();
    for row in rows {
        found
            .entry(row.get("relation"))
            .or_default()
            .push(read(row));
    }
    found
}

fn relation(row: &Row) -> Relation {
    let runs_as: Option<String> = row.get("runs_as");
    let runs_as_owner = runs_as.as_deref() == Some("owner");
    Relation {
        name: row.get("name"),
        kind: row.get("kind"),
        owner: row.get("owner"),
        row_security: row.get("row_security"),
        owner_bypasses: row
            .get::<_, Option<String>>("owner_bypasses")
            .filter(|_| runs_as_owner),
        runs_as,
        reads: row.get("reads"),
        columns: row.get("columns"),
        policies: Vec::new(),
        rights: Vec::new(),
    }
}

fn policy(row: &Row) -> Policy {
    Policy {
        name: row.get("name"),
        verb: row.get("verb"),
        restrictive: row.get("restrictive"),
        roles: row.get("roles"),
        using: row.get("using"),
        check: row.get("check"),
    }
}

fn right(row: &Row) -> Right {
    let bypasses: Option<String> = row.get("bypasses");
    let policies: Vec<String> = row.get("permissive");
    let rows = if row.get("is_view") {
        Rows::ByView
    } else if bypasses.is_some() || !row.get::<_, bool>("is_filtered") {
        Rows::All
    } else if policies.is_empty() {
        Rows::None
    } else {
        Rows::ByPolicies
    };
    Right {
        role: row.get("role"),
        verb: row.get("verb"),
        usage: row.get("usage"),
        whole: row.get("whole"),
        columns: row.get("columns"),
        by: row.get("by"),
        rows,
        bypasses,
        policies,
        restrictive: row.get("restrictive"),
    }
}

fn function(row: &Row) -> Function {
    Function {
        name: row.get("name"),
        owner: row.get("owner"),
        definer: row.get("definer"),
        public: row.get("public"),
        roles: row.get("roles"),
    }
}
