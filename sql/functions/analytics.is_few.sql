-- requires: sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.segments.sql, sql/policies/analytics.ticket_cells.sql
--
-- Whether so few resolved tickets are selected that they are sooner read than the cells of their durations. Both ways
-- give the same numbers, so a count as of the last fold and without parts of days will do.
drop function if exists analytics.is_few(public.ticket_filter);

create or replace function analytics.is_few(where_tickets public.ticket_filter, few integer)
returns boolean
language plpgsql
stable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    node constant smallint := analytics.node_for(
        where_tickets,
        'tickets',
        'created',
        case when where_tickets.created_at is null then '{all}' else '{day,month}' end::text[],
        '{}'
    );
    resolved bigint;
begin
    execute format(
        $sql$
        select sum(c.timed)
        from analytics.segments($1.created_at) as s
        join analytics.ticket_cells as c
            on c.series = 'created'
            and c.grain = s.grain
            and c.node = $2
            and c.since between s.first and s.last
        where %s
        $sql$,
        analytics.cell_conditions(node, 'c')
    )
    into resolved
    using where_tickets, node;
    return coalesce(resolved, 0) < few;
end
$$;
comment on function analytics.is_few(public.ticket_filter, integer) is
'Whether so few tickets are selected that reading them costs less than reading how many took how long.';
revoke all on function analytics.is_few(public.ticket_filter, integer) from public;
grant execute on function analytics.is_few(public.ticket_filter, integer) to desk_internal, desk_service;
