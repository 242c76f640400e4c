//! Everything that is compared, as it is at one moment of a transaction.

use std::collections::{BTreeMap, BTreeSet};

use tokio_postgres::Transaction;

use super::Asked;
use super::rows::{Tallies, tallies};
use crate::openapi::{Api, Contract, Site, contract};
use crate::plan::{InspectPlan, OpenApiVersion, Plan};
use crate::policies::{Caller, PoliciesError, Roles};
use crate::request::media_type::MediaType;
use crate::schema_cache::{Catalog, SchemaCache};
use crate::sql;

/// The database as its callers find it.
#[derive(Debug)]
pub struct State {
    pub roles: Roles,
    /// The exposed schemas that are there.
    pub schemas: BTreeSet<String>,
    /// By role of those that requests can have.
    pub contracts: BTreeMap<String, Contract>,
    /// What each policy says, by its subject.
    pub policies: BTreeMap<String, String>,
    /// One a caller, in the order in which they were asked about. Of a role that is not there, or that no policy
    /// binds, nothing is told.
    pub rows: Vec<Tallies>,
}

impl State {
    /// `like`: a state whose keys tell rows apart here, too.
    pub async fn read(
        transaction: &mut Transaction<'_>,
        asked: &Asked,
        callers: &[Caller],
        like: Option<&State>,
    ) -> Result<Self, PoliciesError> {
        let failed = || PoliciesError::database("reading the catalog");
        let savepoint = transaction.transaction().await.map_err(failed())?;
        let roles = Roles::read(&savepoint, &asked.requests, &asked.schemas).await?;
        let schemas = "select nspname::text from pg_catalog.pg_namespace where nspname = any ($1)";
        let schemas = savepoint
            .query(schemas, &[&asked.schemas])
            .await
            .map_err(failed())?;
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
            schemas: schemas.iter().map(|row| row.get(0)).collect(),
            contracts: BTreeMap::new(),
            policies: policies
                .iter()
                .map(|row| (row.get("subject"), row.get("text")))
                .collect(),
            rows: Vec::new(),
            roles,
        };
        for role in state.roles.of_requests.intersection(&state.roles.bound) {
            let contract = contract_of(transaction, asked, role, &cache).await?;
            state.contracts.insert(role.clone(), contract);
        }
        for (number, caller) in callers.iter().enumerate() {
            let mut found = Tallies::new();
            if state.roles.bound.contains(&caller.role) {
                let like = like.and_then(|like| like.rows.get(number));
                found = tallies(transaction, caller, asked, &cache, like).await?;
            }
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
    let mut all = Contract::new();
    for (number, schema) in asked.schemas.iter().enumerate() {
        let as_role = transaction.transaction().await.map_err(failed())?;
        let search_path = asked.search_path(schema);
        Caller::new(role, []).enter(&as_role, &search_path).await?;
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
        let usage = "select from pg_catalog.pg_namespace
            where nspname = $1 and pg_catalog.has_schema_privilege(oid, 'usage')";
        let may_use = as_role
            .query_opt(usage, &[schema])
            .await
            .map_err(failed())?;
        let granted: Option<&str> = row.get("body");
        as_role.rollback().await.map_err(failed())?;
        let (Some(granted), Some(_)) = (granted, may_use) else {
            continue;
        };
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
    Ok(all)
}
