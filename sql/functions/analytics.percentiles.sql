-- requires: sql/functions/analytics.duration_edges.sql, sql/functions/analytics.is_few.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.selected.sql, sql/functions/analytics.selected_durations_query.sql, sql/views/analytics.ticket_facts.sql
--
-- Exact percentiles of resolution times: for each value of "by" (assigned_to, ticket_type_id or priority; null
-- for all tickets in one) what percentile_cont(fractions) within group (order by resolution_seconds) gives over
-- the selected tickets, and of how many. Nothing is sorted: the cells say in which bucket of durations the
-- wanted places lie, and how far into it; an index gives the tickets of that bucket in order.
--
-- Cells, changes and tickets are those of one snapshot, the calling statement's. plpgsql and EXECUTE for the
-- reasons of analytics.sums().
create or replace function analytics.percentiles(
    where_tickets public.ticket_filter,
    by text,
    fractions double precision[]
)
returns table (
    assigned_to integer,
    ticket_type_id integer,
    priority text,
    timed bigint,
    seconds double precision[]
)
language plpgsql
stable
parallel safe
rows 20
set search_path = ''
as $$
declare
    edges constant double precision[] := analytics.duration_edges();
    grains constant text[] := case when where_tickets.created_at is null then '{all}' else '{day,month}' end;
    duration_node constant smallint := analytics.node_for(where_tickets, 'durations', 'created', grains, array_remove(array[by], null));
    own constant text := case by
        when 'assigned_to' then 'x.assigned_to'
        when 'ticket_type_id' then 'x.ticket_type_id'
        when 'priority' then 'x.priority::text'
        else 'null::integer'
    end;
    dimensions constant text := (
        select string_agg(
            case
                when d.name = by then 'x.own'
                else format('null::%s', d.type)
            end,
            ', '
            order by d.nth
        )
        from unnest(
            array['assigned_to', 'ticket_type_id', 'priority'],
            array['integer', 'integer', 'text']
        ) with ordinality as d (name, type, nth)
    );
    durations text;
begin
    if duration_node is null or analytics.is_few(where_tickets) then
        return query execute format(
            $sql$
            select
                %1$s,
                count(*),
                percentile_cont($2) within group (order by x.resolution_seconds)
            from (
                select
                    %2$s as own,
                    x.resolution_seconds
                from analytics.ticket_facts as x
                where analytics.selected($1, x)
                    and x.resolution_seconds is not null
            ) as x
            group by x.own
            $sql$,
            dimensions,
            own
        )
        using where_tickets, fractions;
        return;
    end if;
    durations := analytics.selected_durations_query(where_tickets, duration_node, own);
    if durations is null then
        return;
    end if;
    return query execute format(
        $sql$
        with buckets as (
            select
                x.own,
                x.bucket,
                sum(x.tickets) as tickets
            from (%4$s) as x
            group by 1, 2
            having sum(x.tickets) <> 0
        ),
        -- how many tickets come before each bucket
        heaps as (
            select
                b.own,
                sum(b.tickets)::bigint as timed,
                array_agg(b.bucket) as buckets,
                array_agg(b.before) as befores
            from (
                select
                    b.own,
                    b.bucket,
                    b.tickets,
                    sum(b.tickets) over (partition by b.own order by b.bucket) - b.tickets as before
                from buckets as b
                order by b.own, b.bucket
            ) as b
            group by b.own
        ),
        -- the two neighbours of each place, by their rank from 0
        places as (
            select
                h.own,
                h.timed,
                p.nth,
                p.place,
                r.rank,
                h.buckets[r.nth] as bucket,
                (r.rank - h.befores[r.nth])::bigint as rank_in_bucket
            from heaps as h
            cross join lateral (
                select
                    f.nth,
                    f.fraction * (h.timed - 1) as place
                from unnest($4) with ordinality as f (fraction, nth)
            ) as p
            cross join lateral (
                select
                    n.rank,
                    width_bucket(n.rank, h.befores) as nth
                from (values (floor(p.place)), (ceil(p.place))) as n (rank)
            ) as r
        ),
        -- the tickets of each bucket that has such a rank, from the first to the last of them
        found as materialized (
            select
                w.own,
                w.bucket,
                w.first_rank,
                array(
                    %3$s
                    order by 1
                    offset w.first_rank
                    limit w.last_rank - w.first_rank + 1
                ) as seconds
            from (
                select
                    p.own,
                    p.bucket,
                    min(p.rank_in_bucket) as first_rank,
                    max(p.rank_in_bucket) as last_rank,
                    coalesce($3[p.bucket], '-infinity') as begins,
                    coalesce($3[p.bucket + 1], 'infinity') as ends
                from places as p
                group by p.own, p.bucket
            ) as w
        )
        select
            %1$s,
            x.timed,
            array_agg(x.low + (x.high - x.low) * (x.place - floor(x.place)) order by x.nth)
        from (
            select
                p.own,
                p.timed,
                p.nth,
                p.place,
                min(f.seconds[p.rank_in_bucket - f.first_rank + 1]) as low,
                max(f.seconds[p.rank_in_bucket - f.first_rank + 1]) as high
            from places as p
            join found as f on f.own is not distinct from p.own and f.bucket = p.bucket
            group by 1, 2, 3, 4
        ) as x
        group by x.own, x.timed
        $sql$,
        dimensions,
        own,
        case
            when by is null then
                'select x.resolution_seconds
                from analytics.ticket_facts as x
                where x.resolution_seconds >= w.begins
                    and x.resolution_seconds < w.ends
                    and analytics.selected($1, x)'
            else format(
                'select x.resolution_seconds
                from analytics.ticket_facts as x
                where x.%1$I = w.own
                    and x.resolution_seconds >= w.begins
                    and x.resolution_seconds < w.ends
                    and analytics.selected($1, x)
                union all
                select x.resolution_seconds
                from analytics.ticket_facts as x
                where w.own is null
                    and x.%1$I is null
                    and x.resolution_seconds >= w.begins
                    and x.resolution_seconds < w.ends
                    and analytics.selected($1, x)',
                by
            )
        end,
        durations
    )
    using where_tickets, duration_node, edges, fractions;
end
$$;
comment on function analytics.percentiles(public.ticket_filter, text, double precision[]) is
'Exact percentiles of the selected tickets'' resolution times in seconds: one row for each value of a dimension that has any, or one for all.';
revoke all on function analytics.percentiles(public.ticket_filter, text, double precision[]) from public;
grant execute on function analytics.percentiles(public.ticket_filter, text, double precision[]) to desk_internal, desk_service;
