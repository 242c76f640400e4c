//! Everything that is compared, as it is at one moment of a transaction.

use std::collections::BTreeMap;

use tokio_postgres::Transaction;

use super::Asked;
use super::rows::{Tallies, tallies};
use crate::openapi::{Api, Contract, Site, contract};
use crate::plan::{InspectPlan, OpenApiVersion, Plan};
use crate::policies::{Caller, PoliciesError};
use crate::request::media_type::MediaType;
use crate::schema_cache::{Catalog, SchemaCache};
use crate::sql;

/// The database as its callers find it.
#[derive(Debug)]
pub struct State {
    pub cache: SchemaCache,
    /// By role.
    pub contracts: BTreeMap<String, Contract>,
    /// What each policy says, by its subject.
    pub policies: BTreeMap<String, String>,
    /// One a caller, in the order in which they were asked about; none where rows are not measured.
    pub rows: Vec<Tallies>,
}

impl State {
    pub async fn read(
        transaction: &mut Transaction<'_>,
        asked: &Asked,
        callers: &[Caller],
    ) -> Result<Self, PoliciesError> {
        let failed = || PoliciesError::database("reading the catalog");
        let savepoint = transaction.transaction().await.map_err(failed())?;
        let catalog = Catalog::read(&savepoint, &asked.schemas).await;
        let cache = catalog
            .and_then(|catalog| catalog.cache())
            .map_err(failed())?;
        // With the empty search path that the catalog is read with, so that every name is qualified.
        let policies = savepoint
            .query(include_str!("policies.sql"), &[&asked.schemas])
            .await;
        let policies = policies.map_err(failed())?;
        savepoint.rollback().await.map_err(failed())?;
        let mut state = Self {
            contracts: BTreeMap::new(),
            policies: policies
                .iter()
                .map(|row| (row.get("subject"), row.get("text")))
                .collect(),
            rows: Vec::new(),
            cache,
        };
        for role in &asked.roles {
            let contract = contract_of(transaction, asked, role, &state.cache).await?;
            state.contracts.insert(role.clone(), contract);
        }
        for caller in callers {
            let found = tallies(transaction, caller, &asked.schemas, &state.cache).await?;
            state.rows.push(found);
        }
        Ok(state)
    }
}

/// What a role may use; endpoints of other schemas than the default one carry its name.
async fn contract_of(
    transaction: &mut Transaction<'_>,
    asked: &Asked,
    role: &str,
    cache: &SchemaCache,
) -> Result<Contract, PoliciesError> {
    let failed = || PoliciesError::database(format!("asking what {role} may use"));
    let site = Site {
        scheme: "http".to_owned(),
        host: "localhost".to_owned(),
        port: 80,
        path: "/".to_owned(),
        says_tokens: false,
        schemas: asked.schemas.clone(),
        takes_anonymous: true,
        version_column: None,
    };
    let as_role = transaction.transaction().await.map_err(failed())?;
    Caller::new(role, [])
        .enter(&as_role, &asked.schemas)
        .await?;
    let mut all = Contract::new();
    for (number, schema) in asked.schemas.iter().enumerate() {
        let plan = Plan::Inspect(InspectPlan {
            schema: schema.clone(),
            ignores_privileges: false,
            version: OpenApiVersion::V3,
            media_type: MediaType::OpenApi,
        });
        let question = sql::render(&plan, role);
        let params: Vec<_> = question.params.iter().map(|it| it as _).collect();
        let row = as_role
            .query_one(&question.sql, &params)
            .await
            .map_err(failed())?;
        let granted: Option<&str> = row.get("body");
        let Some(granted) = granted else { continue };
        let api = Api::new(&site, cache, schema, granted.as_bytes()).map_err(|_| {
            PoliciesError::Unreadable {
                what: "the rights of a role",
            }
        })?;
        for (endpoint, facts) in contract(&api) {
            let endpoint = match number {
                0 => endpoint,
                _ => format!("{endpoint} of {schema}"),
            };
            all.insert(endpoint, facts);
        }
    }
    as_role.rollback().await.map_err(failed())?;
    Ok(all)
}
