//! Becoming somebody, exactly as the server does it.

use std::fmt;

use serde_json::{Map, Value};
use tokio_postgres::Transaction;
use tokio_postgres::types::ToSql;

use super::error::PoliciesError;
use crate::plan::{LOOSE, nearest};
use crate::sql::{Preamble, preamble};

/// A role and what its token says besides.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Caller {
    /// The database role.
    pub role: String,
    /// The token's claims; `role` among them, as in tokens.
    pub claims: Map<String, Value>,
}

impl Caller {
    /// A caller with these further claims.
    pub fn new(role: &str, claims: impl IntoIterator<Item = (String, Value)>) -> Self {
        let mut all = Map::new();
        all.insert("role".to_owned(), role.into());
        all.extend(claims);
        Self {
            role: role.to_owned(),
            claims: all,
        }
    }

    /// Makes the rest of the transaction (or of its savepoint) the caller's: role, claims and search path, by
    /// the statement that requests begin with.
    ///
    /// # Errors
    /// No such role, one that policies do not bind, or one that the login may not become.
    pub async fn enter(
        &self,
        transaction: &Transaction<'_>,
        search_path: &[String],
    ) -> Result<(), PoliciesError> {
        self.refuse_bypassing(transaction).await?;
        let claims = Value::Object(self.claims.clone()).to_string();
        let settings = preamble(&Preamble {
            search_path: search_path.iter().map(String::as_str).collect(),
            role: &self.role,
            claims: &claims,
            method: "GET",
            path: "/",
            headers: "{}",
            cookies: "{}",
            read_only: false,
            timezone: None,
            custom_plan: false,
            without_jit: false,
            exact_text: false,
            role_settings: Vec::new(),
            settings: Vec::new(),
        });
        let params: Vec<&(dyn ToSql + Sync)> = settings.params.iter().map(|it| it as _).collect();
        let entered = transaction.execute(&settings.sql, &params).await;
        entered.map(drop).map_err(|cause| match cause.code() {
            Some(code) if code.code() == "42501" => PoliciesError::NotMember {
                role: self.role.clone(),
            },
            _ => PoliciesError::database(format!("becoming {}", self.role))(cause),
        })
    }

    /// Refuses a role that there is not, or that policies do not bind.
    ///
    /// # Errors
    /// [`PoliciesError::NoRole`], [`PoliciesError::Bypasses`].
    pub async fn refuse_bypassing(
        &self,
        transaction: &Transaction<'_>,
    ) -> Result<(), PoliciesError> {
        let failed = || PoliciesError::database("looking for the role");
        let roles = transaction
            .query(
                "select rolname::text, rolsuper, rolbypassrls from pg_catalog.pg_roles order by 1",
                &[],
            )
            .await
            .map_err(failed())?;
        let names = roles.iter().map(|row| row.get::<_, &str>(0));
        let Some(role) = roles.iter().find(|row| row.get::<_, &str>(0) == self.role) else {
            return Err(PoliciesError::NoRole {
                role: self.role.clone(),
                near: nearest(&self.role, names, LOOSE).map(str::to_owned),
            });
        };
        let why = if role.get(1) {
            "is a superuser"
        } else if role.get(2) {
            "has BYPASSRLS"
        } else {
            return Ok(());
        };
        Err(PoliciesError::Bypasses {
            role: self.role.clone(),
            why,
        })
    }
}

impl fmt::Display for Caller {
    /// `reader`, `reader {"tenant":1}`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut claims = self.claims.clone();
        claims.shift_remove("role");
        f.write_str(&self.role)?;
        if claims.is_empty() {
            return Ok(());
        }
        write!(f, " {}", Value::Object(claims))
    }
}
