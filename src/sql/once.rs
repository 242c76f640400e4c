//! A write at most once: its `Idempotency-Key` and its outcome are kept in a table, in the write's own
//! transaction (draft-ietf-httpapi-idempotency-key-header).
//!
//! The server's login does that, before it becomes the caller and after; callers have no right on the table.

use super::fragment::{Sql, Statement};

/// How long a key is kept: the draft asks servers to say so.
pub const KEPT_HOURS: u8 = 24;

/// A row of the table, by what it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Write<'a> {
    /// `schema.name`, or a name in the search path.
    pub table: &'a str,
    /// Who sends it: nobody else's key is meant.
    pub caller: &'a str,
    pub key: &'a str,
    /// What is asked: another request with the same key is a fault.
    pub request: &'a str,
}

/// Renders the claim of a key: a row if it is new or forgotten, none if it is taken. It waits for a
/// transaction that has claimed the same key.
#[must_use]
pub fn claim(write: &Write) -> Statement {
    let mut sql = Sql::default();
    sql.push("insert into ").dotted(write.table);
    sql.push(" as kept (caller, key, request) values (");
    sql.param(write.caller).push(", ").param(write.key);
    sql.push(", ").param(write.request);
    sql.push(
        ") on conflict (caller, key) do update set request = excluded.request, outcome = null, body = null, \
         created_at = pg_catalog.now() where kept.created_at < ",
    );
    oldest(&mut sql);
    sql.push(" returning true as claimed");
    sql.finish()
}

/// Renders the look at a key that is taken: `same boolean`, whether by the same request, `outcome text` and
/// `body bytea` of what it did.
#[must_use]
pub fn kept(write: &Write) -> Statement {
    let mut sql = Sql::default();
    sql.push("select request = ").param(write.request);
    sql.push(" as same, outcome::text, body from ")
        .dotted(write.table);
    sql.push(" where caller = ").param(write.caller);
    sql.push(" and key = ").param(write.key);
    sql.finish()
}

/// Renders the keeping of an outcome, JSON, and a body. Some of those that are too old go.
#[must_use]
pub fn keep(write: &Write, outcome: &str, body: &[u8]) -> Statement {
    let mut sql = Sql::default();
    sql.push("with forgotten as (delete from ")
        .dotted(write.table);
    sql.push(" where ctid = any(array(select ctid from ")
        .dotted(write.table);
    sql.push(" where created_at < ");
    oldest(&mut sql);
    sql.push(" limit 10 for update skip locked))) update ")
        .dotted(write.table);
    sql.push(" set outcome = ")
        .param(outcome)
        .push("::jsonb, body = ");
    sql.bytes(body);
    sql.push(" where caller = ").param(write.caller);
    sql.push(" and key = ").param(write.key);
    sql.finish()
}

/// Renders the switch to the role that may use the table; without one, back to the login.
#[must_use]
pub fn switch(role: Option<&str>) -> Statement {
    let mut sql = Sql::default();
    sql.push("select pg_catalog.set_config('role', ");
    sql.param(role.unwrap_or("none")).push(", true)");
    sql.finish()
}

fn oldest(sql: &mut Sql) {
    sql.push("pg_catalog.now() - pg_catalog.make_interval(hours => ");
    sql.param(KEPT_HOURS.to_string()).push("::integer)");
}
