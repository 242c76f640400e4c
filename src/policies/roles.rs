//! Who asks.

use std::collections::BTreeSet;

use tokio_postgres::GenericClient;

use super::error::PoliciesError;

/// Which roles are meant.
#[derive(Debug, Clone, Default)]
pub struct Requests {
    /// These, where there are any.
    pub named: Vec<String>,
    /// Else those that this login may become; without one, those that have rights on what the schemas hold.
    pub login: Option<String>,
}

/// The roles as they are at one moment of a transaction.
#[derive(Debug, Default)]
pub struct Roles {
    /// Whom policies bind.
    pub bound: BTreeSet<String>,
    /// Whom they do not: superusers, and those with BYPASSRLS.
    pub bypassing: BTreeSet<String>,
    /// What requests can be.
    pub of_requests: BTreeSet<String>,
}

impl Roles {
    /// Reads them.
    ///
    /// # Errors
    /// The database does not answer.
    pub async fn read(
        client: &impl GenericClient,
        requests: &Requests,
        schemas: &[String],
    ) -> Result<Self, PoliciesError> {
        let failed = || PoliciesError::database("looking for the roles of requests");
        let all = "select rolname::text as role, rolsuper or rolbypassrls as bypasses from pg_catalog.pg_roles";
        let mut roles = Self::default();
        for row in client.query(all, &[]).await.map_err(failed())? {
            let of_its_kind = if row.get("bypasses") {
                &mut roles.bypassing
            } else {
                &mut roles.bound
            };
            of_its_kind.insert(row.get("role"));
        }
        let there = |role: &String| roles.bound.contains(role) || roles.bypassing.contains(role);
        if requests.named.is_empty() {
            let login = requests.login.as_ref().filter(|login| there(login));
            let rows = client
                .query(include_str!("roles.sql"), &[&login, &schemas])
                .await;
            let rows = rows.map_err(failed())?;
            roles.of_requests = rows.iter().map(|row| row.get("role")).collect();
        } else {
            let named = requests.named.iter().filter(|role| there(role));
            roles.of_requests = named.cloned().collect();
        }
        Ok(roles)
    }
}
