//! Becoming a caller exactly as the server does: the same BEGIN, the same settings, the real login.

use rowdesk::sql::{self, Preamble};
use serde_json::{Map, Value, json};
use tokio_postgres::types::ToSql;
use tokio_postgres::{Client, Error, Row};

use super::desk::execute;

/// Who asks: what the server takes from a verified token.
#[derive(Debug, Clone)]
pub struct Identity {
    pub role: String,
    /// The text of `request.jwt.claims`.
    pub claims: String,
}

impl Identity {
    /// A role with these claims.
    pub fn with(role: &str, claims: Value) -> Self {
        let mut all = Map::new();
        if let Value::Object(claims) = claims {
            all.extend(claims);
        }
        all.insert("role".to_owned(), json!(role));
        Self::raw(role, &Value::Object(all).to_string())
    }

    /// A role with claims that may be anything, even no JSON.
    pub fn raw(role: &str, claims: &str) -> Self {
        Self {
            role: role.to_owned(),
            claims: claims.to_owned(),
        }
    }

    pub fn client(id: i32) -> Self {
        Self::with("desk_client", json!({ "client_id": id }))
    }

    pub fn agent(id: i32) -> Self {
        Self::with("desk_agent", json!({ "team_member_id": id }))
    }

    /// One statement that reads, in a transaction that is rolled back. `login` is the server's login.
    pub async fn query(&self, login: &Client, statement: &str) -> Result<Vec<Row>, Error> {
        self.attempt(login, statement, true).await
    }

    /// One statement that may write, in a transaction that is rolled back.
    pub async fn write(&self, login: &Client, statement: &str) -> Result<Vec<Row>, Error> {
        self.attempt(login, statement, false).await
    }

    /// As `write`, for the number of rows alone.
    pub async fn affects(&self, login: &Client, statement: &str) -> Result<u64, Error> {
        execute(login, sql::BEGIN).await;
        let result = match self.become_it(login, false).await {
            Ok(()) => login.execute(statement, &[]).await,
            Err(error) => Err(error),
        };
        execute(login, "rollback").await;
        result
    }

    async fn attempt(
        &self,
        login: &Client,
        statement: &str,
        read_only: bool,
    ) -> Result<Vec<Row>, Error> {
        execute(login, sql::BEGIN).await;
        let result = match self.become_it(login, read_only).await {
            Ok(()) => login.query(statement, &[]).await,
            Err(error) => Err(error),
        };
        execute(login, "rollback").await;
        result
    }

    /// How many rows of a relation it sees.
    pub async fn count(&self, login: &Client, relation: &str) -> i64 {
        self.query(login, &format!("select count(*) from {relation}"))
            .await
            .unwrap_or_else(|error| panic!("{self:?} cannot count {relation}: {error:?}"))[0]
            .get(0)
    }

    async fn become_it(&self, login: &Client, read_only: bool) -> Result<(), Error> {
        let settings = sql::preamble(&Preamble {
            search_path: vec!["public"],
            role: &self.role,
            claims: &self.claims,
            method: if read_only { "GET" } else { "POST" },
            path: "/",
            headers: "{}",
            cookies: "{}",
            read_only,
            timezone: None,
            custom_plan: false,
            without_jit: false,
            exact_text: false,
            role_settings: Vec::new(),
            settings: Vec::new(),
        });
        let params: Vec<&(dyn ToSql + Sync)> = settings.params.iter().map(|p| p as _).collect();
        login.query_one(&settings.sql, &params).await.map(|_| ())
    }
}

/// The SQLSTATE of a statement that Postgres refused; empty where it answered.
pub fn sqlstate<T>(result: &Result<T, Error>) -> &str {
    match result {
        Ok(_) => "",
        Err(error) => error.code().expect("an error of Postgres").code(),
    }
}
