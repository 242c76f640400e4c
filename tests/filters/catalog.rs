//! Rules that hold for every widget, also for the one that somebody adds tomorrow.

use crate::harness::cluster::TestDb;
use crate::harness::desk::desk;

async fn names(database: &TestDb, sql: &str) -> Vec<String> {
    let admin = database.connect("postgres").await;
    let rows = admin.query(sql, &[]).await.unwrap();
    rows.iter().map(|row| row.get(0)).collect()
}

/// Functions of the API with their filters: parameters of a filter type, and attributes of composites
/// made of filter types.
const FILTERS: &str = "
    with filter_type as (
        select oid from pg_type where typnamespace = 'filter'::regnamespace and typtype = 'c'
    ),
    parameter as (
        select p.oid, p.oid::regprocedure::text as function, p.prorettype, p.provolatile, p.prosecdef,
            p.proconfig, l.lanname, p.proargnames[i] as name, (p.proargtypes::oid[])[i - 1] as type
        from pg_proc as p
        join pg_language as l on l.oid = p.prolang
        cross join generate_series(1, p.pronargs) as i
        where p.pronamespace = 'public'::regnamespace
    ),
    given as (
        select parameter.*, name as filter from parameter where type in (select oid from filter_type)
        union all
        select parameter.*, a.attname
        from parameter
        join pg_type as t on t.oid = parameter.type
        join pg_attribute as a on a.attrelid = t.typrelid and a.attnum > 0 and not a.attisdropped
        where a.atttypid in (select oid from filter_type)
    )";

#[tokio::test]
async fn no_output_column_of_a_widget_has_the_name_of_a_filter() {
    let database = desk().await;
    // rows of a table are the exception: the drill-down has the table's columns
    let sql = format!(
        "{FILTERS}
        select given.function || ': ' || given.filter
        from given
        join pg_proc as p on p.oid = given.oid
        where p.proargmodes is not null
            and exists (
                select from unnest(p.proargnames, p.proargmodes) as o (name, mode)
                where o.mode in ('o', 'b', 't') and o.name = given.filter
            )"
    );
    assert_eq!(names(&database, &sql).await, Vec::<String>::new());
}

#[tokio::test]
async fn every_widget_can_be_inlined_and_is_refused_to_clients() {
    let database = desk().await;
    let sql = format!(
        "{FILTERS}
        select distinct function
        from given
        where lanname <> 'sql' or provolatile <> 's' or prosecdef or proconfig is not null"
    );
    // one document of several widgets: each is planned by itself, for the filter's values
    let document = ["dashboard(ticket_filter,text)"];
    assert_eq!(names(&database, &sql).await, document);
    let sql = format!(
        "{FILTERS}
        select distinct function
        from given
        where has_function_privilege('desk_client', oid, 'execute')"
    );
    assert_eq!(names(&database, &sql).await, ["ticket_list(ticket_filter)"]);
    let sql = format!(
        "{FILTERS}
        select distinct function
        from given
        where has_function_privilege('desk_anon', oid, 'execute')
            or not has_function_privilege('desk_agent', oid, 'execute')"
    );
    assert_eq!(names(&database, &sql).await, Vec::<String>::new());
}

/// Every attribute reaches the tickets: a filter that is declared and never asked shows wrong numbers.
#[tokio::test]
async fn every_attribute_of_the_filter_is_asked_where_tickets_are_selected() {
    let database = desk().await;
    let sql = "
        select a.attname::text
        from pg_attribute as a
        where a.attrelid = 'public.ticket_filter'::regclass
            and a.attnum > 0
            and not a.attisdropped
            and not exists (
                select
                from pg_proc as p
                where p.pronamespace = 'filter'::regnamespace
                    and p.proname in ('selects', 'selects_at_any_time')
                    and p.prosrc ~ ('filter\\.holds\\(where_tickets\\.' || a.attname || ',')
            )";
    assert_eq!(names(&database, sql).await, Vec::<String>::new());
}

/// A value is worked out while the statement is planned, or an index cannot serve it.
#[tokio::test]
async fn every_operator_is_immutable_and_may_be_called_by_whoever_may_filter() {
    let database = desk().await;
    let sql = "
        select p.oid::regprocedure::text
        from pg_proc as p
        join pg_type as t on t.oid = p.prorettype
        where p.pronamespace = 'filter'::regnamespace
            and t.typnamespace = 'filter'::regnamespace
            and (
                p.provolatile <> 'i'
                or not has_function_privilege('desk_client', p.oid, 'execute')
                or not has_function_privilege('desk_agent', p.oid, 'execute')
                or not has_function_privilege('desk_service', p.oid, 'execute')
            )";
    assert_eq!(names(&database, sql).await, Vec::<String>::new());
}
