-- requires: sql/functions/analytics.duration_edges.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.selected.sql, sql/functions/analytics.selected_durations_query.sql, sql/views/analytics.ticket_facts.sql
--
-- How many of the selected tickets took how many hours, by priority: hour is the one of "hours", ascending whole
-- hours of a week, that was reached last; null before the first. plpgsql and EXECUTE for the reasons of
-- analytics.sums().
create or replace function analytics.durations(where_tickets public.ticket_filter, hours integer[])
returns table (priority text, hour integer, tickets bigint)
language plpgsql
stable
parallel safe
rows 50
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    grains constant text[] := case when where_tickets.created_at is null then '{all}' else '{day,month}' end;
    -- each is a constant once planned
    edges constant double precision[] := case
        when where_tickets.created_at is null then analytics.duration_edges('coarse_bucket')
        else analytics.duration_edges('bucket')
    end;
    node constant smallint := analytics.node_for(where_tickets, 'durations', 'resolution', grains, '{priority}');
    begins double precision[];
    durations text;
begin
    if node is null then
        begins := array(select h.hour * 3600.0 from unnest(hours) with ordinality as h (hour, nth) order by h.nth);
        return query execute
            $sql$
            select
                f.priority::text,
                $3[width_bucket(f.resolution_seconds, $2)],
                count(*)
            from analytics.ticket_facts as f
            where analytics.selected($1, f)
                and f.resolution_seconds is not null
            group by 1, 2
            $sql$
        using where_tickets, begins, hours;
        return;
    end if;
    durations := analytics.selected_durations_query(where_tickets, 'resolution', node, 'x.priority::text');
    if durations is null then
        return;
    end if;
    -- whole hours are edges of buckets
    begins := array(
        select width_bucket(h.hour * 3600::double precision, edges)
        from unnest(hours) with ordinality as h (hour, nth)
        order by h.nth
    );
    return query execute format(
        $sql$
        select
            x.own,
            $5[width_bucket(x.bucket, $4)],
            sum(x.tickets)::bigint
        from (%s) as x
        group by 1, 2
        having sum(x.tickets) <> 0
        $sql$,
        durations
    )
    using where_tickets, node, edges, begins, hours;
end
$$;
comment on function analytics.durations(public.ticket_filter, integer[]) is
'How many of the selected tickets took how many hours, by priority.';
revoke all on function analytics.durations(public.ticket_filter, integer[]) from public;
grant execute on function analytics.durations(public.ticket_filter, integer[]) to desk_internal, desk_service;
