//! Counts, in one transaction that is rolled back.

use super::super::{Policy, RowSecurity};
use super::levels::{Condition, Levels, Source};
use super::sum::{Flags, Tally, filter_counts, is_set, summed, with_embeds};
use super::{Level, choosing, missing_claims};
use crate::plan::{CallPlan, Isolation, Plan};
use crate::schema_cache::SqlExpression;
use crate::session::{Pool, SessionError, Trial};
use crate::sql::{self, Asked, Statement, Stead, Tallied, TextParam};

/// What the login may do with a relation: whether it sees all rows, and may read them at all.
struct Lent {
    view: String,
    function: String,
}

pub(super) async fn count(pool: &Pool, levels: &Levels<'_>) -> Result<Vec<Level>, SessionError> {
    let sources = levels.sources();
    let mut trial = pool.trial(sql::begin(Isolation::RepeatableRead)).await?;
    let mut lent = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        lent.push(lend(&mut trial, source, number).await?);
    }
    trial.rows(levels.settings).await?;
    if let Some(call) = levels.pre_request {
        trial.rows(call).await?;
    }
    // A role's own timeout is for its requests, and not for who counts all rows.
    set(&mut trial, "statement_timeout", "0").await?;
    let mut counted = Vec::new();
    if let Plan::Call(plan) = levels.plan {
        counted.push(called(&mut trial, levels, plan).await?);
    }
    for (source, lent) in sources.iter().zip(&lent) {
        set(&mut trial, "role", &source.guarded.role).await?;
        let mut level = match lent {
            Ok(lent) if source.is_table() => {
                Box::pin(in_full(&mut trial, levels, source, lent)).await?
            }
            Ok(_) => Level::default(),
            Err(why) => Level {
                notes: vec![why.clone()],
                ..Level::default()
            },
        };
        level.rows_of.clone_from(&source.label);
        level.role.clone_from(&source.guarded.role);
        as_the_role(&mut trial, source, &mut level).await?;
        counted.push(level);
    }
    let sees_all = lent.iter().all(Result::is_ok);
    set(&mut trial, "role", "none").await?;
    let first = counted.len() - sources.len();
    for ((source, lent), level) in sources
        .iter()
        .zip(&lent)
        .zip(counted.iter_mut().skip(first))
    {
        // What a view or an embedded resource reads may be another's.
        if lent.is_ok() && sees_all {
            as_the_login(&mut trial, source, level).await?;
        }
    }
    trial.end().await?;
    Ok(counted)
}

async fn set(trial: &mut Trial, name: &str, value: &str) -> Result<(), SessionError> {
    let statement = Statement {
        sql: "select pg_catalog.set_config($1, $2, true)".to_owned(),
        params: [name, value].map(|it| TextParam(it.to_owned())).to_vec(),
    };
    trial.rows(&statement).await.map(drop)
}

/// Lends the rows to the role, or says why that cannot be.
async fn lend(
    trial: &mut Trial,
    source: &Source<'_>,
    number: usize,
) -> Result<Result<Lent, String>, SessionError> {
    let asked = Statement {
        sql: "select current_user::text as login, pg_catalog.row_security_active(c.oid) as is_bound, \
              pg_catalog.has_table_privilege(c.oid, 'select') as may_read \
              from pg_catalog.pg_class c join pg_catalog.pg_namespace n on n.oid = c.relnamespace \
              where n.nspname = $1::text and c.relname = $2::text"
            .to_owned(),
        params: [&source.guarded.schema, &source.guarded.name]
            .map(|it| TextParam(it.clone()))
            .to_vec(),
    };
    let rows = trial.rows(&asked).await?;
    let Some(row) = rows.first() else {
        return Ok(Err("it is not there any more".to_owned()));
    };
    let (login, is_bound): (String, bool) = (row.try_get("login")?, row.try_get("is_bound")?);
    let may_read: bool = row.try_get("may_read")?;
    if is_bound || !may_read {
        let why = if may_read {
            "is itself bound by its policies"
        } else {
            "may not read it"
        };
        return Ok(Err(format!(
            "how many rows exist is not known: \"{login}\" {why}; set admin-db-uri to a superuser, a role with \
             BYPASSRLS, or the owner of the table (unless it forces row-level security upon its owner)"
        )));
    }
    let (statements, [view, function]) =
        sql::lend(&source.relation(), number, &source.guarded.role);
    if source.is_table() {
        for statement in &statements {
            trial.rows(statement).await?;
        }
    }
    Ok(Ok(Lent { view, function }))
}

/// The policies that choose rows, each with the verb for which it does.
fn choosers<'a>(source: &Source<'a>) -> Vec<(&'a str, &'a Policy)> {
    if source.guarded.row_security != RowSecurity::On {
        return Vec::new();
    }
    let guarded = source.guarded;
    let mut found = Vec::new();
    for verb in choosing(guarded) {
        for permissive in [true, false] {
            found.extend(guarded.of(verb, permissive).map(|policy| (verb, policy)));
        }
    }
    found
}

/// As the role, over all rows that exist.
async fn in_full(
    trial: &mut Trial,
    levels: &Levels<'_>,
    source: &Source<'_>,
    lent: &Lent,
) -> Result<Level, SessionError> {
    let policies = choosers(source);
    // Without an expression a permissive policy lets nothing pass, and a restrictive one everything.
    let expressions: Vec<SqlExpression> = policies
        .iter()
        .map(|(_, policy)| {
            let default = if policy.permissive { "false" } else { "true" };
            let using = policy.using.as_deref().unwrap_or(default);
            SqlExpression::from_catalog(using.to_owned())
        })
        .collect();
    let name = source.guarded.name.as_str();
    let view = Stead::View(lent.view.clone());
    let function = Stead::Function(lent.function.clone());
    let from = |from| Tallied::Relation { from, name };
    let by_view = sql::tally(from(&view), source.asked, &expressions);
    let tallied = match Tally::of(trial, &by_view).await {
        // What takes the whole row, as computed fields do, takes it only of its own type.
        Err(SessionError::Database(_)) => {
            let by_function = sql::tally(from(&function), source.asked, &expressions);
            Tally::of(trial, &by_function).await
        }
        tallied => tallied,
    };
    let tally = match tallied {
        Ok(tally) => tally,
        Err(SessionError::Database(error)) => {
            return Ok(Level {
                notes: vec![format!("its rows cannot be counted one by one: {error}")],
                ..Level::default()
            });
        }
        Err(error) => return Err(error),
    };
    let mut level = summed(source, &policies, &tally);
    for policy in &source.guarded.policies {
        level.notes.extend(unset(trial, levels, policy).await?);
    }
    Ok(level)
}

/// What the policy reads of the caller, and is not there.
async fn unset(
    trial: &mut Trial,
    levels: &Levels<'_>,
    policy: &Policy,
) -> Result<Vec<String>, SessionError> {
    let name = &policy.name;
    let missing = missing_claims(policy, &levels.claims).into_iter();
    let mut notes: Vec<String> = missing
        .map(|claim| {
            format!("policy {name} reads the claim \"{claim}\", which the caller does not have")
        })
        .collect();
    for function in &policy.silent {
        let asked = Statement {
            sql: format!("select {function}() is null as is_null"),
            params: Vec::new(),
        };
        // Whether it may be called or not: it is only a hint.
        let Ok(rows) = trial.try_rows(&asked).await else {
            continue;
        };
        if rows
            .first()
            .is_some_and(|row| row.get::<_, bool>("is_null"))
        {
            let claims: Vec<&str> = levels.claims.keys().map(String::as_str).collect();
            notes.push(format!(
                "policy {name} asks {function}(), which is null for this caller (claims: {})",
                claims.join(", ")
            ));
        }
    }
    Ok(notes)
}

/// What the role sees of the relation itself: the proof of what was counted, and all there is where nobody else may
/// count.
async fn as_the_role(
    trial: &mut Trial,
    source: &Source<'_>,
    level: &mut Level,
) -> Result<(), SessionError> {
    let tally = match itself(trial, source).await {
        Ok(tally) => tally,
        Err(SessionError::Database(error)) => {
            let note = format!("{} cannot count them: {error}", level.role);
            level.notes.push(note);
            return Ok(());
        }
        Err(error) => return Err(error),
    };
    let own = Flags::of(&source.conditions);
    let visible = tally.rows(|flags| own.match_own(flags));
    let is_read = choosing(source.guarded) == ["select"];
    if let Some(counted) = level.visible.filter(|_| is_read)
        && counted != visible
    {
        level.notes.push(format!(
            "by its policies, {counted} rows are visible, but in fact {visible} are: a policy means something else \
             over a view"
        ));
    }
    if level.visible.is_none() || is_read {
        if level.exist.is_none() {
            level.filters = filter_counts(&source.conditions, &own, &tally);
        }
        level.visible = Some(visible);
        let seen = with_embeds(&source.conditions, &own, &tally, &|flags| {
            own.match_own(flags)
        });
        (level.embeds, level.answered) = (seen.embeds, seen.answered);
    }
    Ok(())
}

/// Where others than the role see more: rows of a view, and rows whose embedded ones the role does not see.
async fn as_the_login(
    trial: &mut Trial,
    source: &Source<'_>,
    level: &mut Level,
) -> Result<(), SessionError> {
    let own = Flags::of(&source.conditions);
    if source.is_table() && own.embeds.is_empty() {
        return Ok(());
    }
    let tally = match itself(trial, source).await {
        Ok(tally) => tally,
        // Nothing more is known then.
        Err(SessionError::Database(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    if !source.is_table() {
        level.exist = Some(tally.rows(|_| true));
        level.filters = filter_counts(&source.conditions, &own, &tally);
        level.matching = Some(tally.rows(|flags| own.match_own(flags)));
    }
    for (embed, index) in level.embeds.iter_mut().zip(&own.embeds) {
        embed.of_all = Some(tally.rows(|flags| is_set(flags, *index)));
    }
    Ok(())
}

/// The relation as whoever the transaction is.
async fn itself(trial: &mut Trial, source: &Source<'_>) -> Result<Tally, SessionError> {
    let relation = source.relation();
    let from = &Stead::Own(&relation);
    let name = source.guarded.name.as_str();
    let rows = Tallied::Relation { from, name };
    Tally::of(trial, &sql::tally(rows, source.asked, &[])).await
}

/// What a function gives the caller.
async fn called(
    trial: &mut Trial,
    levels: &Levels<'_>,
    plan: &CallPlan,
) -> Result<Level, SessionError> {
    let mut level = Level {
        rows_of: format!("function {}", plan.routine),
        role: levels.role.to_owned(),
        ..Level::default()
    };
    if plan.writes {
        let note = "it may write, and is not called to count its rows";
        level.notes.push(note.to_owned());
        return Ok(level);
    }
    let node = &plan.rows.node;
    let asked = sql::tally(Tallied::Call(plan), Asked::Level(node), &[]);
    let tally = match Tally::of(trial, &asked).await {
        Ok(tally) => tally,
        Err(SessionError::Database(error)) => {
            level.notes.push(format!("it fails: {error}"));
            return Ok(level);
        }
        Err(error) => return Err(error),
    };
    let conditions = Condition::of_level(node);
    let own = Flags::of(&conditions);
    level.exist = Some(tally.rows(|_| true));
    level.filters = filter_counts(&conditions, &own, &tally);
    level.matching = Some(tally.rows(|flags| own.match_own(flags)));
    level.visible = level.matching;
    let seen = with_embeds(&conditions, &own, &tally, &|flags| own.match_own(flags));
    (level.embeds, level.answered) = (seen.embeds, seen.answered);
    Ok(level)
}
