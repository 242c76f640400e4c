//! `rowdesk check --data`: whether the data is what it should be, by the database's own word.
//!
//! Every function without arguments that is named `verify`, returns rows and is the owner's is asked: a row
//! that it returns is something wrong. What is verified, and how, only those functions know.

use std::fmt::Write as _;
use std::process::ExitCode;
use std::time::Instant;

use anyhow::{Context, bail};
use serde_json::{Value, json};

use crate::config::Config;
use crate::migrate::{AdminSession, Source};

use super::super::{print, target};
use super::{Args, Format};

/// How many differences of one function are printed; more are counted.
const MOST_PRINTED: i64 = 20;

const FUNCTIONS: &str = "
    select n.nspname || '.verify', format('%I.%I', n.nspname, p.proname)
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    where p.proname = 'verify'
        and p.prokind = 'f'
        and p.pronargs = 0
        and p.proretset
        and pg_catalog.pg_get_userbyid(p.proowner) = current_user
    order by 1";

/// What one function found.
struct Verified {
    function: String,
    milliseconds: u128,
    differences: i64,
    /// The first of them.
    printed: Vec<Value>,
}

pub(super) async fn run(args: &Args, config: &Config) -> anyhow::Result<ExitCode> {
    let target = target::open(&args.target, config).await?;
    let session = AdminSession::open(&target.admin).await?;
    let became = session.become_owner(&Source::embedded()).await;
    became.context("becoming the owner (is the database migrated?)")?;
    // Whatever a function does, this command changes nothing.
    session
        .execute("set default_transaction_read_only = on")
        .await?;
    let functions = session.client().query(FUNCTIONS, &[]).await;
    let functions = functions.context("looking for functions that verify data")?;
    if functions.is_empty() {
        bail!(
            "nothing to check: no schema has a function verify() of the owner that returns rows \
             (is the database migrated?)"
        );
    }
    let mut all = Vec::new();
    for function in functions {
        all.push(verified(&session, function.get(0), function.get(1)).await?);
    }
    print(&match args.format {
        Format::Text => all.iter().map(Verified::text).collect(),
        Format::Json | Format::Sarif => {
            format!("{}\n", all.iter().map(Verified::json).collect::<Value>())
        }
    })?;
    let is_well = all.iter().all(|one| one.differences == 0);
    Ok(if is_well {
        ExitCode::SUCCESS
    } else {
        ExitCode::FAILURE
    })
}

async fn verified(session: &AdminSession, name: String, call: &str) -> anyhow::Result<Verified> {
    let started = Instant::now();
    let sql = format!(
        "select to_jsonb(v)::text, count(*) over () from {call}() as v limit {MOST_PRINTED}"
    );
    let rows = session.client().query(&sql, &[]).await;
    let rows = rows.with_context(|| format!("calling {name}()"))?;
    let printed = rows
        .iter()
        .map(|row| serde_json::from_str(row.get(0)))
        .collect::<Result<_, _>>()
        .with_context(|| format!("reading what {name}() returned"))?;
    Ok(Verified {
        function: name,
        milliseconds: started.elapsed().as_millis(),
        differences: rows.first().map_or(0, |row| row.get(1)),
        printed,
    })
}

impl Verified {
    fn text(&self) -> String {
        let (function, milliseconds) = (&self.function, self.milliseconds);
        if self.differences == 0 {
            return format!("{function}: verified, nothing wrong, {milliseconds} ms\n");
        }
        let mut text = String::new();
        for row in &self.printed {
            // Writing to a String does not fail.
            let _ = writeln!(text, "{function}: {row}");
        }
        let more = self.differences - MOST_PRINTED;
        if more > 0 {
            let _ = writeln!(text, "{function}: and {more} more");
        }
        let plural = if self.differences == 1 { "" } else { "s" };
        let _ = writeln!(
            text,
            "{function}: {} difference{plural}, {milliseconds} ms",
            self.differences
        );
        text
    }

    fn json(&self) -> Value {
        json!({
            "function": self.function,
            "milliseconds": u64::try_from(self.milliseconds).unwrap_or(u64::MAX),
            "differences": self.differences,
            "first": self.printed,
        })
    }
}
