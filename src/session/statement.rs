//! One statement: prepared or not, with a row, with rows or with nothing that matters.

use tokio_postgres::types::{ToSql, Type};
use tokio_postgres::{Error, Row};

use super::Connection;
use crate::sql::{self, TextParam};

impl Connection {
    #[expect(
        clippy::disallowed_methods,
        reason = "this is the room that talks to Postgres"
    )]
    pub(super) async fn text(&self, sql: &str) -> Result<(), Error> {
        self.client.batch_execute(sql).await
    }

    /// `statement` is prepared, or text that the driver prepares for this once.
    pub(super) async fn one_row<T>(&self, statement: &T, params: &[TextParam]) -> Result<Row, Error>
    where
        T: ?Sized + tokio_postgres::ToStatement,
    {
        let params: Vec<&(dyn ToSql + Sync)> = params.iter().map(|p| p as _).collect();
        self.client.query_one(statement, &params).await
    }

    /// As [`Self::one_row`], where what comes back does not matter.
    pub(super) async fn call<T>(&self, statement: &T, call: &sql::Statement) -> Result<(), Error>
    where
        T: ?Sized + tokio_postgres::ToStatement,
    {
        let params: Vec<&(dyn ToSql + Sync)> = call.params.iter().map(|p| p as _).collect();
        self.client.execute(statement, &params).await.map(drop)
    }

    /// Parsed for this once, under no name. Types that are unknown here are inferred by Postgres.
    pub(super) async fn unnamed(&self, statement: &sql::Statement) -> Result<Row, Error> {
        let params = inferred(statement);
        self.client.query_typed_one(&statement.sql, &params).await
    }

    /// As [`Self::unnamed`], for any number of rows.
    pub(super) async fn unnamed_rows(&self, statement: &sql::Statement) -> Result<Vec<Row>, Error> {
        let params = inferred(statement);
        self.client.query_typed(&statement.sql, &params).await
    }
}

fn inferred(statement: &sql::Statement) -> Vec<(&(dyn ToSql + Sync), Type)> {
    let params = statement.params.iter();
    params.map(|param| (param as _, Type::UNKNOWN)).collect()
}
