-- requires: sql/functions/analytics.previous_period.sql, sql/functions/public.backlog_aging.sql, sql/functions/public.client_analysis.sql, sql/functions/public.dashboard_overview.sql, sql/functions/public.resolution_stats.sql, sql/functions/public.sla_compliance.sql, sql/functions/public.team_performance.sql, sql/functions/public.tickets_by_priority.sql, sql/functions/public.tickets_by_type.sql, sql/functions/public.tickets_over_time.sql, sql/functions/public.workload.sql
--
-- One statement, so one snapshot: what is written meanwhile is in all parts or in none. plpgsql, because EXECUTE
-- plans each part for the filter's values, as the request for that part alone is planned; the body of a SQL
-- function that is not inlined is planned for any filter, and calls functions for each row.
create or replace function public.dashboard(
    where_tickets public.ticket_filter default null,
    grain text default 'month'
)
returns jsonb
language plpgsql
stable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    -- a composite "is not null" only where all its fields are
    compare constant text := case when not (analytics.previous_period(where_tickets.created_at) is null) then 'previous' end;
    document jsonb;
begin
    execute $sql$
        select jsonb_build_object(
            'as_of', now(),
            'dashboard_overview', (select to_jsonb(w) from public.dashboard_overview($1, $3) as w),
            'tickets_over_time', (select jsonb_agg(w) from public.tickets_over_time($1, $2) as w),
            'team_performance', (select jsonb_agg(w order by w.rank) from public.team_performance($1) as w),
            'tickets_by_type', (select jsonb_agg(w order by w.type_id) from public.tickets_by_type($1) as w),
            'tickets_by_priority', (select jsonb_agg(w) from public.tickets_by_priority($1) as w),
            'client_analysis', (
                select jsonb_agg(w)
                from (
                    select c.*
                    from public.client_analysis($1) as c
                    order by c.total_tickets desc, c.client_name, c.id
                    limit 20
                ) as w
            ),
            'resolution_stats', (select jsonb_agg(w) from public.resolution_stats($1) as w),
            'sla_compliance', (select jsonb_agg(w) from public.sla_compliance($1) as w),
            'workload', (select jsonb_agg(w order by w.team_member_id) from public.workload($1) as w),
            'backlog_aging', (select jsonb_agg(w) from public.backlog_aging($1) as w)
        )
    $sql$
    using where_tickets, grain, compare
    into document;
    -- a part without rows is an empty list
    return (
        select jsonb_object_agg(p.key, case when p.value = 'null' then '[]' else p.value end)
        from jsonb_each(document) as p
    );
end
$$;
comment on function public.dashboard(public.ticket_filter, text) is
'All that the first screen of a dashboard shows, in one document and from one snapshot: its numbers agree with each other whatever is written meanwhile.

Each key is a widget with what it answers to the same filters: dashboard_overview (an object; with compare=previous where the period in created_at is one range with a beginning and an end), tickets_over_time (by grain: day, week, month or quarter), team_performance (by rank), tickets_by_type, tickets_by_priority, client_analysis (the first 20), resolution_stats, sla_compliance, workload, backlog_aging. as_of is when they were counted.

Drill-down: that of each widget.';
revoke all on function public.dashboard(public.ticket_filter, text) from public;
grant execute on function public.dashboard(public.ticket_filter, text)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
