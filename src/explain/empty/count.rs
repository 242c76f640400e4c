//! Counts, in one transaction that is rolled back.

use std::collections::BTreeMap;

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

/// The counts, or why there can be none.
pub(super) async fn count(
    pool: &Pool,
    levels: &Levels<'_>,
) -> Result<Result<Vec<Level>, String>, SessionError> {
    let sources = levels.sources();
    let mut trial = pool.trial(sql::begin(Isolation::RepeatableRead)).await?;
    if let Some(why) = cannot_become(&mut trial, levels.role).await? {
        trial.end().await?;
        return Ok(Err(why));
    }
    let mut lent = Vec::new();
    for (number, source) in sources.iter().enumerate() {
        lent.push(lend(&mut trial, levels, source, number).await?);
    }
    // Before the settings, which may forbid to make anything.
    let behind = behind(&mut trial, levels, &sources, &lent).await?;
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
    let mut seen = Vec::new();
    for (source, lent) in sources.iter().zip(&lent) {
        set(&mut trial, "role", levels.role).await?;
        let mut level = match lent {
            Ok(lent) if source.is_table() => {
                Box::pin(in_full(&mut trial, levels, &behind, source, lent)).await?
            }
            Ok(_) => Level::default(),
            // The role itself sees every row.
            Err(_) if source.is_open() => Level::default(),
            Err(why) => Level {
                notes: vec![why.clone()],
                ..Level::default()
            },
        };
        level.rows_of.clone_from(&source.label);
        level.is_view = !source.is_table();
        level.role.clone_from(&source.guarded.role);
        if choosing(source.guarded).is_empty() {
            // An insert chooses no rows.
            (level.visible, level.answered, level.let_by_none) = (None, None, None);
            seen.push(None);
        } else {
            seen.push(as_the_role(&mut trial, levels, &behind, source, &mut level).await?);
        }
        counted.push(level);
    }
    let sees_all = lent.iter().all(Result::is_ok);
    set(&mut trial, "role", "none").await?;
    let first = counted.len() - sources.len();
    for (((source, lent), seen), level) in sources
        .iter()
        .zip(&lent)
        .zip(&seen)
        .zip(counted.iter_mut().skip(first))
    {
        // What a view or an embedded resource reads may be another's.
        if lent.is_ok() && sees_all {
            as_the_login(&mut trial, source, *seen, level).await?;
        }
    }
    trial.end().await?;
    Ok(Ok(counted))
}

/// What to type where the login may not become the role.
async fn cannot_become(trial: &mut Trial, role: &str) -> Result<Option<String>, SessionError> {
    let asked = |sql: &str| Statement {
        sql: sql.to_owned(),
        params: vec![TextParam(role.to_owned())],
    };
    let become_it = asked("select pg_catalog.set_config('role', $1, true)");
    let error = match trial.undone_rows(&become_it).await {
        Ok(_) => return Ok(None),
        Err(SessionError::Database(error)) => error,
        Err(error) => return Err(error),
    };
    let typed =
        asked("select pg_catalog.format('grant %I to %I', $1::text, session_user) as typed");
    let typed: String = match trial.rows(&typed).await?.first() {
        Some(row) => row.try_get("typed")?,
        None => String::new(),
    };
    Ok(Some(format!(
        "Rows could not be counted: {error}. Policies are computed as the caller, whom admin-db-uri must be able to \
         become: {typed};"
    )))
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
    levels: &Levels<'_>,
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
    let to = [levels.role, &source.guarded.role];
    let to = if to[0] == to[1] { &to[..1] } else { &to };
    let (statements, [view, function]) = sql::lend(&source.relation(), number, to);
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

fn expressions(policies: &[(&str, &Policy)]) -> Vec<SqlExpression> {
    let each = policies.iter().map(|(_, policy)| {
        // Without an expression a permissive policy lets nothing pass, and a restrictive one everything.
        let default = if policy.permissive { "false" } else { "true" };
        let using = policy.using.as_deref().unwrap_or(default);
        SqlExpression::from_catalog(using.to_owned())
    });
    each.collect()
}

/// By the owner and the tally, what to ask in its place: had one become the owner, `current_user` would be the owner,
/// and beneath a view it is the caller.
type Behind = BTreeMap<(String, String), Statement>;

async fn behind(
    trial: &mut Trial,
    levels: &Levels<'_>,
    sources: &[Source<'_>],
    lent: &[Result<Lent, String>],
) -> Result<Behind, SessionError> {
    let mut behind = Behind::new();
    for (source, lent) in sources.iter().zip(lent) {
        let owner = &source.guarded.role;
        if owner == levels.role {
            continue;
        }
        let mut tallies = vec![itself(source)];
        if let Ok(lent) = lent {
            let expressions = expressions(&choosers(source));
            let name = source.guarded.name.as_str();
            for from in [
                Stead::View(lent.view.clone()),
                Stead::Function(lent.function.clone()),
            ] {
                let rows = Tallied::Relation { from: &from, name };
                tallies.push(sql::tally(rows, source.asked, &expressions));
            }
        }
        for tally in tallies.iter().filter(|it| it.params.is_empty()) {
            let view = format!("rd_tally_{}", behind.len());
            let (statements, asked) = sql::tally_behind(tally, &view, owner, levels.role);
            let mut is_made = true;
            for statement in &statements {
                is_made = is_made && trial.try_rows(statement).await.is_ok();
            }
            // One half made keeps its name.
            let asked = if is_made { asked } else { tally.clone() };
            behind.insert((owner.clone(), tally.sql.clone()), asked);
        }
    }
    Ok(behind)
}

/// As the role, over all rows that exist.
async fn in_full(
    trial: &mut Trial,
    levels: &Levels<'_>,
    behind: &Behind,
    source: &Source<'_>,
    lent: &Lent,
) -> Result<Level, SessionError> {
    let policies = choosers(source);
    let expressions = expressions(&policies);
    let name = source.guarded.name.as_str();
    let view = Stead::View(lent.view.clone());
    let function = Stead::Function(lent.function.clone());
    let from = |from| Tallied::Relation { from, name };
    let by_view = sql::tally(from(&view), source.asked, &expressions);
    let tallied = match tally(trial, levels, behind, source, &by_view).await {
        // What takes the whole row, as computed fields do, takes it only of its own type.
        Err(SessionError::Database(_)) => {
            let by_function = sql::tally(from(&function), source.asked, &expressions);
            tally(trial, levels, behind, source, &by_function).await
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

/// A tally in the place of the relation: as the caller, and beneath a view with the rights of its owner.
async fn tally(
    trial: &mut Trial,
    levels: &Levels<'_>,
    behind: &Behind,
    source: &Source<'_>,
    statement: &Statement,
) -> Result<Tally, SessionError> {
    let owner = &source.guarded.role;
    if owner == levels.role || !statement.params.is_empty() {
        return Tally::of(trial, statement).await;
    }
    if let Some(view) = behind.get(&(owner.clone(), statement.sql.clone())) {
        return Tally::of(trial, view).await;
    }
    let become_it = Statement {
        sql: "select pg_catalog.set_config('role', $1, true)".to_owned(),
        params: vec![TextParam(owner.clone())],
    };
    trial.try_rows(&become_it).await?;
    let tally = Tally::of(trial, statement).await;
    set(trial, "role", levels.role).await?;
    tally
}

/// What the role sees of the relation itself: the proof of what was counted, and all there is where nobody else may
/// count. How many rows it sees, whatever the request's filters.
async fn as_the_role(
    trial: &mut Trial,
    levels: &Levels<'_>,
    behind: &Behind,
    source: &Source<'_>,
    level: &mut Level,
) -> Result<Option<i64>, SessionError> {
    let tally = match tally(trial, levels, behind, source, &itself(source)).await {
        Ok(tally) => tally,
        Err(SessionError::Database(error)) => {
            let note = format!("{} cannot count them: {error}", level.role);
            level.notes.push(note);
            return Ok(None);
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
    let all = tally.rows(|_| true);
    if level.exist.is_none() && source.is_open() {
        (level.exist, level.matching) = (Some(all), Some(visible));
    }
    Ok(Some(all))
}

/// Where others than the role see more: rows of a view, and rows whose embedded ones the role does not see.
async fn as_the_login(
    trial: &mut Trial,
    source: &Source<'_>,
    seen: Option<i64>,
    level: &mut Level,
) -> Result<(), SessionError> {
    let own = Flags::of(&source.conditions);
    if source.is_table() && own.embeds.is_empty() {
        return Ok(());
    }
    let tally = match Tally::of(trial, &itself(source)).await {
        Ok(tally) => tally,
        // Nothing more is known then.
        Err(SessionError::Database(_)) => return Ok(()),
        Err(error) => return Err(error),
    };
    // A view that asks who reads it shows the login other rows, not all of them.
    let all = tally.rows(|_| true);
    if !source.is_table() && seen.is_none_or(|seen| seen <= all) {
        level.exist = Some(all);
        level.filters = filter_counts(&source.conditions, &own, &tally);
        level.matching = Some(tally.rows(|flags| own.match_own(flags)));
    }
    for (embed, index) in level.embeds.iter_mut().zip(&own.embeds) {
        embed.of_all = Some(tally.rows(|flags| is_set(flags, *index)));
    }
    Ok(())
}

/// The question to the relation itself, as whoever asks it.
fn itself(source: &Source<'_>) -> Statement {
    let relation = source.relation();
    let from = &Stead::Own(&relation);
    let name = source.guarded.name.as_str();
    let rows = Tallied::Relation { from, name };
    sql::tally(rows, source.asked, &[])
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
