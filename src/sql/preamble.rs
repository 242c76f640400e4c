//! What a transaction begins with: BEGIN, then access mode, settings, role and claims in one select
//! (PostgREST, `docs/references/transactions.rst`).

use super::Caller;
use super::body::guard;
use super::fragment::{Sql, Statement, quoted_list};
use crate::plan::Isolation;

/// Who asks, and what the database may know of the request.
#[derive(Debug, Clone)]
#[expect(clippy::struct_excessive_bools, reason = "each is a setting")]
pub struct Preamble<'a> {
    pub search_path: Vec<&'a str>,
    pub role: &'a str,
    /// JSON object.
    pub claims: &'a str,
    pub method: &'a str,
    pub path: &'a str,
    /// JSON object.
    pub headers: &'a str,
    /// JSON object.
    pub cookies: &'a str,
    /// The statement may not write.
    pub read_only: bool,
    /// A zone that Postgres knows.
    pub timezone: Option<&'a str>,
    /// Plan the statement for its values each time.
    pub custom_plan: bool,
    /// Rows within rows: Postgres would compile each level for longer than it takes to run it.
    pub without_jit: bool,
    /// Values are handed out as text, and must be read again as they were.
    pub exact_text: bool,
    /// Settings of the role, some of which perhaps only the login role may make.
    pub role_settings: Vec<(&'a str, &'a str)>,
    /// Further settings with their full names: the owner's `app.settings.…`, the function's own.
    pub settings: Vec<(&'a str, &'a str)>,
}

/// Opens the transaction, as plain text. It asks for nothing that could be refused: a `begin read
/// write` fails on a standby, and the statements behind it would run outside any transaction.
pub const BEGIN: &str = "begin isolation level read committed";

/// [`BEGIN`] for the isolation that a function asks for. A transaction cannot change it later.
#[must_use]
pub const fn begin(isolation: Isolation) -> &'static str {
    match isolation {
        Isolation::ReadCommitted => BEGIN,
        Isolation::RepeatableRead => "begin isolation level repeatable read",
        Isolation::Serializable => "begin isolation level serializable",
    }
}

/// Calls the pre-request function, by any other role than the caller's failing before it does
/// (see [`super::body::guard`]). A name without a schema is looked for in the search path.
#[must_use]
pub fn pre_request(function: &str, role: &str) -> Statement {
    let mut sql = Sql::default();
    sql.push("select ").dotted(function).push("() where ");
    guard(&mut sql, Caller::from(role));
    sql.finish()
}

/// Renders the select of `set_config`s, each for this transaction only.
#[must_use]
pub fn preamble(of: &Preamble) -> Statement {
    let path = quoted_list(of.search_path.iter().copied());
    let mut sql = Sql::default();
    sql.push("select ");
    // First, while it can still be set. Never "off": that is the database's own to say.
    if of.read_only {
        set(&mut sql, "'transaction_read_only'", "on").push(", ");
    }
    set(&mut sql, "'search_path'", &path);
    // Before the role, which may lack the right to make them.
    set_all(&mut sql, &of.role_settings);
    let mut settings = vec![
        ("'role'", of.role),
        ("'request.jwt.claims'", of.claims),
        ("'request.method'", of.method),
        ("'request.path'", of.path),
        ("'request.headers'", of.headers),
        ("'request.cookies'", of.cookies),
    ];
    if let Some(timezone) = of.timezone {
        settings.push(("'timezone'", timezone));
    }
    if of.custom_plan {
        settings.push(("'plan_cache_mode'", "force_custom_plan"));
    }
    if of.without_jit {
        settings.push(("'jit'", "off"));
    }
    if of.exact_text {
        settings.extend([
            ("'extra_float_digits'", "1"),
            ("'datestyle'", "ISO"),
            ("'intervalstyle'", "postgres"),
        ]);
    }
    for (name, value) in settings {
        set(sql.push(", "), name, value);
    }
    // What a function left behind for the whole session is not of this request.
    sql.push(", pg_catalog.set_config('response.headers', '', true)");
    sql.push(", pg_catalog.set_config('response.status', '', true)");
    set_all(&mut sql, &of.settings);
    sql.finish()
}

fn set<'a>(sql: &'a mut Sql, name: &'static str, value: &str) -> &'a mut Sql {
    sql.push("pg_catalog.set_config(").push(name).push(", ");
    sql.param(value).push(", true)")
}

/// Of any names.
fn set_all(sql: &mut Sql, settings: &[(&str, &str)]) {
    for (name, value) in settings {
        sql.push(", pg_catalog.set_config(").param(*name).push(", ");
        sql.param(*value).push(", true)");
    }
}
