//! What the database says of itself: settings of this server, and those of the roles that requests run
//! as (PostgREST, `docs/references/configuration.rst`, "In-Database Configuration", and
//! `transactions.rst`, "Impersonated Role Settings").

use std::collections::{BTreeMap, HashMap};

use super::{Pool, SessionError};
use crate::sql;

/// Settings by role, each as name and value.
pub type RoleSettings = HashMap<String, Vec<(String, String)>>;

impl Pool {
    /// The settings of these names (`pgrst.…`) that the login role has been given, or else that the
    /// function `pre_config` makes.
    ///
    /// # Errors
    /// [`SessionError`]; the function's own error among them.
    pub async fn database_settings(
        &self,
        names: &[String],
        pre_config: Option<&str>,
    ) -> Result<BTreeMap<String, String>, SessionError> {
        let mut connection = self.extra().await?;
        let transaction = connection.client.build_transaction().read_only(true);
        let transaction = transaction.start().await?;
        let mut settings = BTreeMap::new();
        if let Some(function) = pre_config {
            transaction.query(&sql::pre_config(function), &[]).await?;
            let made = "select name, pg_catalog.current_setting(name, true) as value \
                        from unnest($1::text[]) as name";
            for row in transaction.query(made, &[&names]).await? {
                if let Some(value) = row.try_get("value")? {
                    settings.insert(row.try_get("name")?, value);
                }
            }
        }
        let given = include_str!("settings.sql");
        for row in transaction.query(given, &[&names]).await? {
            settings.insert(row.try_get("name")?, row.try_get("value")?);
        }
        transaction.commit().await?;
        Ok(settings)
    }

    /// The settings of every role that the login role may become.
    ///
    /// # Errors
    /// [`SessionError`].
    pub async fn role_settings(&self) -> Result<RoleSettings, SessionError> {
        let connection = self.extra().await?;
        let rows = connection
            .client
            .query(include_str!("role_settings.sql"), &[])
            .await?;
        let mut settings = RoleSettings::new();
        for row in rows {
            let of_role = settings.entry(row.try_get("role")?).or_default();
            of_role.push((row.try_get("name")?, row.try_get("value")?));
        }
        Ok(settings)
    }

    /// Whether the database answers. The pool may be busy meanwhile.
    pub async fn answers(&self) -> bool {
        match self.extra().await {
            Ok(connection) => connection.client.query_one("select 1", &[]).await.is_ok(),
            Err(_) => false,
        }
    }
}
