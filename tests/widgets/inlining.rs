//! What Postgres makes of the server's own statement: plain conditions on an index, no function of
//! ours called for each row, and nothing of the filters that were not given.

use rowdesk::plan::{Limits, resolve};
use rowdesk::request::{ApiRequest, RawRequest};
use rowdesk::schema_cache::Catalog;
use rowdesk::sql::{BEGIN, Preamble, Statement, preamble, render};
use tokio_postgres::Client;
use tokio_postgres::types::ToSql;

use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};

/// The plan of a GET's main statement at its seventh execution as a named prepared statement, when
/// Postgres would long have turned to a plan for unknown values.
async fn seventh_plan(
    admin: &mut Client,
    role: &str,
    claims: &str,
    function: &str,
    query: &str,
) -> String {
    plan_of(admin, role, claims, function, query, &[]).await
}

async fn plan_of(
    admin: &mut Client,
    role: &str,
    claims: &str,
    function: &str,
    query: &str,
    headers: &[(&str, &str)],
) -> String {
    let call = prepared(admin, role, claims, function, query, headers).await;
    let rows = admin
        .query(&format!("explain (verbose) {call}"), &[])
        .await
        .unwrap();
    execute(admin, "rollback; deallocate own").await;
    let lines: Vec<&str> = rows.iter().map(|row| row.get(0)).collect();
    lines.join("\n")
}

/// Prepares a GET's main statement and executes it six times, in a transaction that is left open; gives the call.
async fn prepared(
    admin: &mut Client,
    role: &str,
    claims: &str,
    function: &str,
    query: &str,
    headers: &[(&str, &str)],
) -> String {
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let limits = Limits {
        schemas: vec!["public".to_owned()],
        legacy_target_names: true,
        aggregates: true,
        ..Limits::default()
    };
    let request = ApiRequest::parse(&RawRequest {
        method: "GET",
        segments: &["rpc".to_owned(), function.to_owned()],
        query,
        headers: &headers,
        ..RawRequest::default()
    })
    .unwrap();
    let transaction = admin.transaction().await.unwrap();
    let catalog = Catalog::read(&transaction, &limits.schemas).await.unwrap();
    let cache = catalog.cache().unwrap();
    transaction.rollback().await.unwrap();
    let plan = resolve(&request, &cache, &limits).unwrap();
    let main = render(&plan, role);
    let settings = preamble(&Preamble {
        search_path: vec!["public"],
        role,
        claims,
        method: "GET",
        path: "/",
        headers: "{}",
        cookies: "{}",
        read_only: true,
        timezone: Some("Europe/Berlin"),
        custom_plan: plan.needs_custom_plan(),
        without_jit: false,
        exact_text: false,
        role_settings: Vec::new(),
        settings: Vec::new(),
    });
    execute(admin, BEGIN).await;
    let params: Vec<&(dyn ToSql + Sync)> = settings.params.iter().map(|p| p as _).collect();
    admin.query_one(&settings.sql, &params).await.unwrap();
    // the driver names its statements itself; EXPLAIN wants a name that it can say
    execute(admin, &format!("prepare own as {}", main.sql)).await;
    let call = call_of(&main);
    for _ in 0..6 {
        execute(admin, &call).await;
    }
    call
}

/// How many rows of tickets, in the table or in its indexes, a GET reads at its seventh execution, and how
/// often it reads the table from end to end.
async fn reads(
    admin: &mut Client,
    (role, claims): (&str, &str),
    function: &str,
    query: &str,
) -> (i64, i64) {
    let call = prepared(admin, role, claims, function, query, &[]).await;
    let counted = "select
            pg_stat_get_xact_tuples_returned(t.oid) + coalesce((
                select sum(pg_stat_get_xact_tuples_returned(i.indexrelid))::bigint
                from pg_index as i
                where i.indrelid = t.oid
            ), 0),
            pg_stat_get_xact_numscans(t.oid)
        from pg_class as t
        where t.oid = 'public.tickets'::regclass";
    let before = admin.query_one(counted, &[]).await.unwrap();
    execute(admin, &call).await;
    let after = admin.query_one(counted, &[]).await.unwrap();
    execute(admin, "rollback; deallocate own").await;
    let read = |nth: usize| after.get::<_, i64>(nth) - before.get::<_, i64>(nth);
    (read(0), read(1))
}

fn call_of(main: &Statement) -> String {
    let values: Vec<String> = main
        .params
        .iter()
        .map(|param| format!("'{}'", param.0.replace('\'', "''")))
        .collect();
    if values.is_empty() {
        "execute own".to_owned()
    } else {
        format!("execute own({})", values.join(", "))
    }
}

/// A desk of 40,000 tickets: small ones are read from end to end whatever the conditions.
async fn large_desk() -> TestDb {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "insert into public.tickets (client_id, assigned_to, ticket_type_id, status, priority, title, created_at)
         select 1 + n % 50, 1 + n % 15, 1 + n % 14, 'open', 'medium', 'One of many',
             timestamptz '2025-01-01 00:00Z' + n * interval '12 minutes'
         from generate_series(1, 38000) as n;
         analyze public.tickets",
    )
    .await;
    database
}

/// The conditions that a plan checks: lines such as `Index Cond: (…)`.
fn conditions(plan: &str) -> Vec<&str> {
    plan.lines()
        .map(str::trim)
        .filter(|line| {
            let name = line.split(": ").next().unwrap_or_default();
            name.ends_with("Cond") || name.ends_with("Filter")
        })
        .collect()
}

/// Those that scans of tables and indexes check, not joins.
fn conditions_of_scans(plan: &str) -> Vec<&str> {
    let mut lines = conditions(plan);
    lines.retain(|line| {
        ["Index Cond", "Recheck", "Filter"]
            .iter()
            .any(|at| line.starts_with(at))
    });
    lines
}

const COUNT: &[(&str, &str)] = &[("prefer", "count=exact")];
const AGENT: (&str, &str) = ("desk_agent", r#"{"team_member_id": 1}"#);
const TWO_MONTHS_OF_THREE: &str =
    "created_at=gte.2025-03-01&created_at=lte.2025-04-30&assigned_to=in.(2,5,9)";

/// The functions that read the tickets themselves: they are inlined down to plain conditions.
const LISTS: &[&str] = &["ticket_list", "overdue_tickets"];

/// Those that read the roll-ups; `backlog_aging` also looks for the oldest among the tickets.
const CHARTS: &[&str] = &[
    "dashboard_overview",
    "team_performance",
    "tickets_over_time",
    "tickets_by_type",
    "tickets_by_priority",
    "client_analysis",
    "resolution_stats",
    "resolution_by_type",
    "resolution_histogram",
    "sla_compliance",
    "reopen_stats",
    "workload",
    "heatmap",
    "agent_throughput",
];

/// No trace of a function that should have been inlined.
fn assert_plain(plan: &str) {
    let called = [
        "selected(",
        "selected_at_any_time(",
        "selects(",
        "holds(",
        "can_see(",
    ];
    let functions = LISTS.iter().map(|name| format!("{name}("));
    for call in called.map(str::to_owned).into_iter().chain(functions) {
        assert!(!plan.contains(&call), "{call} in\n{plan}");
    }
    for line in plan.lines() {
        assert!(!line.contains("filter."), "{line}\n{plan}");
    }
}

#[tokio::test]
async fn given_filters_are_an_index_condition_at_the_seventh_execution() {
    let database = large_desk().await;
    let mut admin = database.connect("postgres").await;
    let (role, claims) = AGENT;
    for function in LISTS {
        let plan = seventh_plan(&mut admin, role, claims, function, TWO_MONTHS_OF_THREE).await;
        assert_plain(&plan);
        assert!(
            plan.contains("claims.agent_visibility()"),
            "the policies are in force:\n{plan}"
        );
        assert!(
            conditions(&plan)
                .iter()
                .any(|line| line.starts_with("Index Cond") && line.contains("created_at >=")),
            "{function}\n{plan}"
        );
        assert!(
            !plan.contains("Seq Scan on public.tickets"),
            "{function}:\n{plan}"
        );
    }
}

#[tokio::test]
async fn filters_that_are_not_given_leave_nothing_in_the_plan() {
    let database = large_desk().await;
    let mut admin = database.connect("postgres").await;
    let (role, claims) = AGENT;
    for function in LISTS {
        // what a widget asks by itself, whatever the filters
        let own: &[&str] = match *function {
            // what is expected of the type, whether it is late, and the name of a row's client
            "overdue_tickets" => &["created_at", "resolved_at", "ticket_type_id", "client_id"],
            _ => &[],
        };
        let plan = seventh_plan(&mut admin, role, claims, function, TWO_MONTHS_OF_THREE).await;
        for line in conditions_of_scans(&plan) {
            // select_visible names assigned_to, which is given here
            for absent in [
                "ticket_type_id",
                "client_id",
                "priority",
                "source_channel",
                "tags",
                "resolved_at",
                "NULL::filter",
            ] {
                assert!(
                    own.contains(&absent) || !line.contains(absent),
                    "{absent} in {line}\n{plan}"
                );
            }
        }
        let plan = seventh_plan(&mut admin, role, claims, function, "").await;
        assert_plain(&plan);
        for line in conditions_of_scans(&plan) {
            assert!(
                own.contains(&"created_at") || !line.contains("created_at"),
                "{line}\n{plan}"
            );
        }
    }
}

/// Of 39,000 tickets no chart reads all: sums answer, whatever dimension is filtered by. In another zone
/// than the sums', which `prepared` asks in, that is what is less than a day at the ends of a period.
#[tokio::test]
async fn charts_read_sums_and_hardly_a_ticket() {
    let database = large_desk().await;
    let mut admin = database.connect("postgres").await;
    execute(&admin, "vacuum analyze").await;
    for function in CHARTS {
        for query in [
            "",
            "assigned_to=eq.3",
            "priority=eq.medium",
            TWO_MONTHS_OF_THREE,
        ] {
            let (rows, _) = reads(&mut admin, AGENT, function, query).await;
            assert!(
                rows < 12_000,
                "{function}?{query} reads {rows} rows of tickets"
            );
        }
    }
}

/// What no sum knows is asked of the tickets, through an index where the filter has one.
#[tokio::test]
async fn charts_read_the_tickets_of_a_filter_that_is_no_dimension() {
    let database = large_desk().await;
    let mut admin = database.connect("postgres").await;
    let query = "created_at=gte.2025-03-01&created_at=lte.2025-03-07&source_channel=is.null";
    for function in ["dashboard_overview", "team_performance", "tickets_by_type"] {
        let (rows, whole) = reads(&mut admin, AGENT, function, query).await;
        assert!((800..8000).contains(&rows), "{function} reads {rows} rows");
        assert_eq!(whole, 0, "{function} reads the table from end to end");
    }
}

/// An exact total reads what decides which rows there are, and nothing that only the page shows.
#[tokio::test]
async fn a_total_is_counted_without_what_only_the_page_shows() {
    let database = large_desk().await;
    let mut admin = database.connect("postgres").await;
    let (role, claims) = AGENT;
    for (function, page_only) in [
        (
            "overdue_tickets",
            &["public.clients", "public.team_members"] as &[_],
        ),
        ("client_analysis", &["public.tickets", "public.payments"]),
    ] {
        let head = format!("{TWO_MONTHS_OF_THREE}&limit=0");
        let plan = plan_of(&mut admin, role, claims, function, &head, COUNT).await;
        let counted = plan.split_once("InitPlan").unwrap().1;
        let (counted, _) = counted.split_once("->  Limit").unwrap();
        for relation in page_only {
            assert!(!counted.contains(relation), "{relation} in\n{counted}");
        }
    }
}

/// The names of overdue tickets are looked up after ordering and cutting, for the page alone.
#[tokio::test]
async fn names_are_looked_up_for_the_page_alone() {
    let database = large_desk().await;
    let mut admin = database.connect("postgres").await;
    let (role, claims) = AGENT;
    for query in ["", TWO_MONTHS_OF_THREE, "order=actual_hours&limit=5"] {
        let plan = seventh_plan(&mut admin, role, claims, "overdue_tickets", query).await;
        let (above, below) = plan
            .split_once("->  Sort")
            .unwrap_or_else(|| unreachable!("nothing is sorted:\n{plan}"));
        assert!(above.contains("Limit"), "{plan}");
        // the outputs below the sort are plain columns, until the sub-plans themselves are shown
        let outputs = below.lines().filter(|line| line.contains("Output:"));
        let until_names = outputs.take_while(|line| !line.contains("title"));
        for line in until_names {
            assert!(!line.contains("SubPlan"), "{line}\n{plan}");
        }
        assert!(above.contains("(SubPlan"), "{plan}");
    }
}

#[tokio::test]
async fn a_clients_list_goes_through_the_own_tickets() {
    let database = large_desk().await;
    let mut admin = database.connect("postgres").await;
    let plan = seventh_plan(
        &mut admin,
        "desk_client",
        r#"{"client_id": 7}"#,
        "ticket_list",
        "created_at=gte.2025-03-01&created_at=lte.2025-04-30&priority=neq.low",
    )
    .await;
    assert_plain(&plan);
    let index = conditions(&plan)
        .into_iter()
        .find(|line| line.starts_with("Index Cond"))
        .unwrap_or_else(|| unreachable!("no index:\n{plan}"));
    assert!(
        index.contains("client_id =") && index.contains("created_at >="),
        "{plan}"
    );
}
