-- requires: sql/functions/analytics.duration_edges.sql, sql/functions/analytics.fine_durations_query.sql, sql/functions/analytics.is_few.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.selected.sql, sql/functions/analytics.selected_durations_query.sql, sql/views/analytics.ticket_facts.sql
--
-- Exact percentiles of how long tickets took: for each value of "by" (assigned_to, ticket_type_id or priority; null
-- for all tickets in one) what percentile_cont(fractions) within group (order by resolution_seconds) gives over
-- the selected tickets, and of how many; of series first_response, of first_response_seconds. Nothing is sorted: the
-- cells say in which bucket of durations the wanted places lie, and how far into it; where many tickets share a bucket, of
-- all time there are finer ones for a second look. An index gives the tickets of that bucket in order, from whichever of its
-- ends is nearer.
--
-- Cells, changes and tickets are those of one snapshot, the calling statement's. plpgsql and EXECUTE for the
-- reasons of analytics.sums(), one step after the other: each is planned for no more than what the one before left to do.
create or replace function analytics.percentiles(
    where_tickets public.ticket_filter,
    by text,
    fractions double precision[],
    series text default 'resolution'
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
set plan_cache_mode = force_generic_plan
as $$
declare
    is_dated constant boolean := not (where_tickets.created_at is null);
    grains constant text[] := case when is_dated then '{day,month}' else '{all}' end;
    of_by constant text[] := array_remove(array[by], null);
    duration_node constant smallint := analytics.node_for(where_tickets, 'durations', series, grains, of_by);
    fine_node smallint;
    -- each is a constant once planned
    edges double precision[] := case
        when is_dated then analytics.duration_edges('bucket')
        else analytics.duration_edges('coarse_bucket')
    end;
    fine_edges constant double precision[] := analytics.duration_edges('fine_bucket');
    measured constant text := format('x.%I', series || '_seconds');
    own constant text := case by
        when 'assigned_to' then 'x.assigned_to'
        when 'ticket_type_id' then 'x.ticket_type_id'
        when 'priority' then 'x.priority::text'
        else 'null::integer'
    end;
    own_type constant text := case by when 'priority' then 'text' else 'integer' end;
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
    -- How many tickets are sooner read than the cells of their durations: an index may have them in order, and cells are many
    -- where they tell agents or types apart, or days.
    few constant integer := case
        when is_dated then 15000
        when series = 'first_response' then 0
        when not where_tickets is null then 5000
        when by in ('assigned_to', 'ticket_type_id') then 50000
        else 0
    end;
    durations text;
    -- the wanted places, as lists of one order
    places record;
    from_both_ends boolean;
    place_rows constant text := 'unnest($7::text[]::%s[], $8, $9, $10, $11, $12, $13, $14) as p (own, timed, nth, place, rank, bucket, size, rank_in_bucket)';
    in_order text;
begin
    if duration_node is null or few > 0 and analytics.is_few(where_tickets, few) then
        return query execute format(
            $sql$
            select
                %1$s,
                count(*),
                percentile_cont($2) within group (order by x.seconds)
            from (
                select
                    %2$s as own,
                    %3$s as seconds
                from analytics.ticket_facts as x
                where analytics.selected($1, x)
                    and %3$s is not null
            ) as x
            group by x.own
            $sql$,
            dimensions,
            own,
            measured
        )
        using where_tickets, fractions;
        return;
    end if;
    durations := analytics.selected_durations_query(where_tickets, series, duration_node, own);
    if durations is null then
        return;
    end if;

    -- the two neighbours of each place, by their rank from 0, and in which bucket they are
    execute format(
        $sql$
        with buckets as (
            select
                x.own,
                x.bucket,
                sum(x.tickets) as tickets
            from (%1$s) as x
            group by 1, 2
            having sum(x.tickets) <> 0
        ),
        -- how many tickets come before each bucket
        heaps as (
            select
                b.own,
                sum(b.tickets)::bigint as timed,
                array_agg(b.bucket) as buckets,
                array_agg(b.tickets) as sizes,
                array_agg(b.before) as befores
            from (
                select
                    b.own,
                    b.bucket,
                    b.tickets,
                    sum(b.tickets) over (partition by b.own%2$s order by b.bucket) - b.tickets as before
                from buckets as b
                order by b.own%2$s, b.bucket
            ) as b
            group by b.own
        )
        select
            array_agg(h.own::text) as owns,
            array_agg(h.timed) as timed,
            array_agg(p.nth) as nths,
            array_agg(p.place) as places,
            array_agg(r.rank) as ranks,
            array_agg(h.buckets[r.nth]::integer) as buckets,
            array_agg(h.sizes[r.nth]) as sizes,
            array_agg((r.rank - h.befores[r.nth])::bigint) as ranks_in_buckets,
            max(h.sizes[r.nth]) as largest
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
        $sql$,
        durations,
        -- words are told apart here, not put in somebody's order
        case when by = 'priority' then ' collate "C"' else '' end
    )
    into places
    using where_tickets, duration_node, edges, fractions;

    if places.owns is null then
        return;
    end if;

    -- where thousands share a bucket, of all time there are finer ones
    if not is_dated and places.largest > 1000 then
        fine_node := analytics.node_for(where_tickets, 'durations', series, grains, of_by, 64);
    end if;
    if fine_node is not null then
        execute format(
            $sql$
            with steps as materialized (
                select
                    w.own,
                    w.bucket,
                    x.bucket as step,
                    sum(x.tickets) as tickets,
                    sum(sum(x.tickets)) over (partition by w.own, w.bucket order by x.bucket) - sum(x.tickets) as before
                from (
                    select distinct
                        p.own,
                        p.bucket,
                        coalesce($3[p.bucket], '-infinity') as begins,
                        coalesce($3[p.bucket + 1], 'infinity') as ends,
                        width_bucket(coalesce($3[p.bucket], '-infinity'), $6) as first,
                        width_bucket(coalesce($3[p.bucket + 1], 'infinity'), $6) - case when p.bucket < cardinality($3) then 1 else 0 end as last
                    from %1$s
                ) as w
                cross join lateral (%2$s) as x
                group by 1, 2, 3
                having sum(x.tickets) <> 0
            )
            select
                array_agg(p.own::text) as owns,
                array_agg(p.timed) as timed,
                array_agg(p.nth) as nths,
                array_agg(p.place) as places,
                array_agg(p.rank) as ranks,
                array_agg(s.step::integer) as buckets,
                array_agg(s.tickets) as sizes,
                array_agg((p.rank_in_bucket - s.before)::bigint) as ranks_in_buckets,
                max(s.tickets) as largest
            from %1$s
            join steps as s
                on s.own is not distinct from p.own
                and s.bucket = p.bucket
                and p.rank_in_bucket >= s.before
                and p.rank_in_bucket < s.before + s.tickets
            $sql$,
            format(place_rows, own_type),
            analytics.fine_durations_query(series, fine_node, by)
        )
        into places
        using where_tickets, duration_node, edges, fractions, fine_node, fine_edges, places.owns, places.timed, places.nths,
            places.places, places.ranks, places.buckets, places.sizes, places.ranks_in_buckets;
        edges := fine_edges;
    end if;

    -- of a few tickets it does not matter from which end they are read, and one way is sooner planned than two
    from_both_ends := places.largest > 200;
    -- Each part in order by itself: only so they are merged, and read no further than to the wanted place.
    in_order := (
        select string_agg(
            format(
                '(select %1$s
                from analytics.ticket_facts as x
                where %2$s
                    and %1$s >= w.begins
                    and %1$s < w.ends
                    and analytics.selected($1, x)
                order by 1 %%1$s)',
                measured,
                o.condition
            ),
            ' union all '
        )
        from (
            values
                ('true', by is null),
                ('x.' || quote_ident(by) || ' = w.own', by is not null),
                ('w.own is null and x.' || quote_ident(by) || ' is null', by is not null and array_position(places.owns, null) is not null)
        ) as o (condition, is_there)
        where o.is_there
    );
    return query execute format(
        $sql$
        -- the tickets of each bucket that has such a rank, from the first to the last of them
        with found as materialized (
            select
                w.own,
                w.bucket,
                w.first_rank,
                w.last_rank,
                w.is_upwards,
                %3$s as seconds
            from (
                select
                    p.own,
                    p.bucket,
                    p.size,
                    min(p.rank_in_bucket) as first_rank,
                    max(p.rank_in_bucket) as last_rank,
                    %4$s as is_upwards,
                    coalesce($3[p.bucket], '-infinity') as begins,
                    coalesce($3[p.bucket + 1], 'infinity') as ends
                from %2$s
                group by p.own, p.bucket, p.size
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
                min(f.seconds[n.nth]) as low,
                max(f.seconds[n.nth]) as high
            from %2$s
            join found as f on f.own is not distinct from p.own and f.bucket = p.bucket
            cross join lateral (
                select case when f.is_upwards then p.rank_in_bucket - f.first_rank else f.last_rank - p.rank_in_bucket end + 1 as nth
            ) as n
            group by 1, 2, 3, 4
        ) as x
        group by x.own, x.timed
        $sql$,
        dimensions,
        format(place_rows, own_type),
        case
            when from_both_ends then format(
                $sql$
                case
                    when w.is_upwards then
                        array(
                            select f.seconds
                            from (%1$s) as f (seconds)
                            order by 1
                            offset w.first_rank
                            limit w.last_rank - w.first_rank + 1
                        )
                    else
                        array(
                            select f.seconds
                            from (%2$s) as f (seconds)
                            order by 1 desc
                            offset w.size - 1 - w.last_rank
                            limit w.last_rank - w.first_rank + 1
                        )
                end
                $sql$,
                format(in_order, 'asc'),
                format(in_order, 'desc')
            )
            else format(
                $sql$
                array(
                    select f.seconds
                    from (%s) as f (seconds)
                    order by 1
                    offset w.first_rank
                    limit w.last_rank - w.first_rank + 1
                )
                $sql$,
                format(in_order, 'asc')
            )
        end,
        case when from_both_ends then 'max(p.rank_in_bucket) < p.size - min(p.rank_in_bucket)' else 'true' end
    )
    using where_tickets, duration_node, edges, fractions, fine_node, fine_edges, places.owns, places.timed, places.nths,
        places.places, places.ranks, places.buckets, places.sizes, places.ranks_in_buckets;
end
$$;
comment on function analytics.percentiles(public.ticket_filter, text, double precision[], text) is
'Exact percentiles of how many seconds the selected tickets took to their resolution, or to their first answer: one row for each value of a dimension that has any, or one for all.';
revoke all on function analytics.percentiles(public.ticket_filter, text, double precision[], text) from public;
grant execute on function analytics.percentiles(public.ticket_filter, text, double precision[], text) to desk_internal, desk_service;
