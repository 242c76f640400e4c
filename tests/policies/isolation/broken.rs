//! The attack is worth what it notices: each right is broken once, in both worlds, and must be found.

use tokio_postgres::Client;

use super::admin;
use super::callers::{Caller, agent, client};
use super::findings::{Doors, findings};
use super::worlds::Worlds;

/// A hole, how it is mended, and where it shows.
struct Hole {
    made: String,
    mended: String,
    relation: String,
}

/// Breaks that let nothing through, for another wall stands behind them; and how that is taken down and built
/// up again: without it as well they are noticed. An empty script: what the policy forbids cannot be said.
const HELD: &[(&str, &str, &str)] = &[
    (
        "alter policy insert_own on tickets with check (true)",
        "alter table tickets disable trigger check_ticket",
        "alter table tickets enable trigger check_ticket",
    ),
    (
        "alter policy insert_own on ticket_feedback with check (true)",
        "alter table ticket_feedback disable trigger check_feedback",
        "alter table ticket_feedback enable trigger check_feedback",
    ),
    (
        "alter policy insert_own on ticket_messages with check (true)",
        "alter table ticket_messages disable trigger check_message;
         alter table ticket_messages alter from_client set default true",
        "alter table ticket_messages enable trigger check_message;
         alter table ticket_messages alter from_client set default false",
    ),
    // clients are not granted the columns
    (
        "alter policy insert_as_client on ticket_messages with check (true)",
        "",
        "",
    ),
    // it reads nothing but the row that it is given, and policies gave that
    (
        "alter function sla_status(tickets) security definer",
        "",
        "",
    ),
];

async fn holes(admin: &Client, statement: &str) -> Vec<Hole> {
    let rows = admin.query(statement, &[]).await.unwrap();
    let hole = |row: &tokio_postgres::Row| Hole {
        made: row.get(0),
        mended: row.get(1),
        relation: row.get(2),
    };
    rows.iter().map(hole).collect()
}

/// Every policy for a role that says more than `true`, of the verbs named.
async fn policies(admin: &Client, role: &str, verbs: &str) -> Vec<Hole> {
    let statement = format!(
        "select
            format('alter policy %I on %s', polname, polrelid::regclass)
                || case when polqual is not null then ' using (true)' else '' end
                || case when polwithcheck is not null then ' with check (true)' else '' end,
            format('alter policy %I on %s', polname, polrelid::regclass)
                || coalesce(' using (' || pg_get_expr(polqual, polrelid) || ')', '')
                || coalesce(' with check (' || pg_get_expr(polwithcheck, polrelid) || ')', ''),
            c.relname::text
        from pg_policy p join pg_class c on c.oid = p.polrelid
        where '{role}'::regrole = any (polroles) and c.relnamespace = 'public'::regnamespace
            and polcmd in ({verbs})
            and 'true' <> coalesce(pg_get_expr(polqual, polrelid), 'true') || coalesce(pg_get_expr(polwithcheck, polrelid), '')
        order by c.relname, polname"
    );
    holes(admin, &statement).await
}

/// Those that nobody noticed, although no other wall stands behind them; and the other way round.
async fn unnoticed(worlds: &Worlds, holes: Vec<Hole>, caller: &Caller) -> Vec<String> {
    let doors = Doors::of(worlds, &admin()).await;
    let mut wrong = Vec::new();
    for hole in holes {
        let chosen = |name: &str| name == hole.relation;
        worlds.execute(&hole.made).await;
        let found = findings(worlds, &doors, caller, &chosen, 1).await;
        let held = HELD.iter().find(|(made, ..)| *made == hole.made);
        if found.is_empty() != held.is_some() {
            wrong.push(format!("{}: {found:?}", hole.made));
        }
        if let Some((_, down, up)) = held.filter(|(_, down, _)| !down.is_empty()) {
            worlds.execute(down).await;
            if findings(worlds, &doors, caller, &chosen, 1)
                .await
                .is_empty()
            {
                wrong.push(format!("{}, {down}: nothing", hole.made));
            }
            worlds.execute(up).await;
        }
        worlds.execute(&hole.mended).await;
    }
    wrong
}

#[tokio::test]
async fn a_policy_of_clients_that_is_broken_is_noticed() {
    let worlds = Worlds::new().await;
    let holes = policies(&worlds.both.admin, "desk_client", "'r', 'a', 'w', 'd'").await;
    assert!(holes.len() >= 10, "{} policies", holes.len());
    let wrong = unnoticed(&worlds, holes, &client()).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_policy_of_agents_that_is_broken_is_noticed() {
    let worlds = Worlds::new().await;
    let holes = policies(&worlds.both.admin, "desk_agent", "'r'").await;
    assert!(holes.len() >= 5, "{} policies", holes.len());
    let wrong = unnoticed(&worlds, holes, &agent("queue")).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_table_or_view_without_its_policies_is_noticed() {
    let worlds = Worlds::new().await;
    // what clients may read, whole or in part, and holds rows of clients
    let readable = "c.relnamespace = 'public'::regnamespace
        and has_any_column_privilege('desk_client', c.oid, 'select')
        and c.relname <> all ('{team_members,ticket_types,ticket_statuses,custom_fields}')";
    let tables = format!(
        "select format('alter table %s disable row level security', c.oid::regclass),
            format('alter table %s enable row level security', c.oid::regclass), c.relname::text
        from pg_class c where c.relkind = 'r' and {readable} order by 3"
    );
    let views = format!(
        "select format('alter view %s set (security_invoker = false)', c.oid::regclass),
            format('alter view %s set (security_invoker = true)', c.oid::regclass), c.relname::text
        from pg_class c where c.relkind = 'v' and {readable} order by 3"
    );
    let admin = &worlds.both.admin;
    let mut all = holes(admin, &tables).await;
    all.extend(holes(admin, &views).await);
    assert!(all.len() >= 9, "{} relations", all.len());
    let wrong = unnoticed(&worlds, all, &client()).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[tokio::test]
async fn a_function_with_the_owners_rights_and_a_right_too_many_are_noticed() {
    let worlds = Worlds::new().await;
    let functions = "
        select format('alter function %s security definer', p.oid::regprocedure),
            format('alter function %s security invoker', p.oid::regprocedure), p.proname::text
        from pg_proc p
        where p.pronamespace = 'public'::regnamespace and not p.prosecdef
            and p.prorettype <> 'trigger'::regtype
            and has_function_privilege('desk_client', p.oid, 'execute')
        order by 3";
    let mut all = holes(&worlds.both.admin, functions).await;
    assert!(all.len() >= 4, "{} functions", all.len());
    for column in ["email", "skills", "metadata", "timezone"] {
        all.push(Hole {
            made: format!("grant select ({column}) on public.team_members to desk_client"),
            mended: format!("revoke select ({column}) on public.team_members from desk_client"),
            relation: "team_members".to_owned(),
        });
    }
    let wrong = unnoticed(&worlds, all, &client()).await;
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
