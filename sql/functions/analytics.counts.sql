-- requires: sql/functions/analytics.cell_conditions.sql, sql/functions/analytics.day_begins.sql, sql/functions/analytics.local_day.sql, sql/functions/analytics.node_for.sql, sql/functions/analytics.rollup_zone.sql, sql/functions/analytics.selected_at_any_time.sql, sql/policies/analytics.ticket_cells.sql, sql/policies/analytics.ticket_delta.sql, sql/views/analytics.ticket_facts.sql
--
-- A chart over time: how many of the tickets that a filter selects, whenever they were created, have their time
-- (created, resolved, ended) in which bucket: nth is the one from the nth edge, included, to the next, excluded.
-- One row for each combination of nth and the dimensions in "by" that has tickets. Edges are instants, ascending;
-- -infinity is one too. A period in "within" cuts them: the condition on created_at, held against the series' time.
--
-- endless: those of them that were neither resolved nor closed. Where only the best bucket is asked for, there is one
-- row for each combination of the dimensions: that bucket with the most tickets, the first of equal ones. buckets: how many
-- have any.
--
-- Months in which no edge lies come from the cells of months, other days from the cells of days. In other zones
-- than the roll-ups' an edge lies within a day: of such a day the tickets themselves are counted. Where no cells
-- answer, all tickets are: analytics.node_for() says so.
drop function if exists analytics.counts(public.ticket_filter, text, timestamptz[], text[], filter.period);

create or replace function analytics.counts(
    where_tickets public.ticket_filter,
    series text,
    edges timestamptz[],
    by text[],
    within filter.period default null,
    best_only boolean default false
)
returns table (
    nth integer,
    assigned_to integer,
    ticket_type_id integer,
    client_id integer,
    priority text,
    status text,
    tickets bigint,
    endless bigint,
    buckets bigint
)
language plpgsql
stable
parallel safe
rows 50
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    zone constant text := analytics.rollup_zone();
    -- an import may have been resolved before it was created
    moment constant text := case counts.series
        when 'ended' then 'greatest(x.created_at, least(x.resolved_at, x.closed_at))'
        else format('x.%I', counts.series || '_at')
    end;
    has_moment constant text := case counts.series
        when 'ended' then 'x.created_at is not null and coalesce(x.resolved_at, x.closed_at) is not null'
        else 'true'
    end;
    dimensions constant text := (
        select string_agg(case when d.name = any (by) then 'x.' || d.name else format('null::%s', d.type) end, ', ' order by d.nth)
        from unnest(
            array['assigned_to', 'ticket_type_id', 'client_id', 'priority', 'status'],
            array['integer', 'integer', 'integer', 'text', 'text']
        ) with ordinality as d (name, type, nth)
    );
    -- by what is the same in all rows nothing is grouped: each costs a hash a row
    apart_by constant text[] := array(
        select (d.nth + 1)::text
        from unnest(array['assigned_to', 'ticket_type_id', 'client_id', 'priority', 'status']) with ordinality as d (name, nth)
        where d.name = any (by)
        order by d.nth
    );
    in_buckets constant text := array_to_string('1'::text || apart_by, ', ');
    -- most tickets, and of equal ones the first: as one number that needs no order
    answer constant text := case
        when not best_only then '%s'
        else format(
            $sql$
            select
                (- x.place & 2147483647)::integer,
                %1$s,
                (x.place >> 31) + 1,
                x.endless,
                x.buckets
            from (
                select
                    0 as nth,
                    %1$s,
                    max(x.tickets * 2147483648 - x.nth) as place,
                    sum(x.endless)::bigint as endless,
                    count(*) as buckets
                from (%%s) as x (nth, assigned_to, ticket_type_id, client_id, priority, status, tickets, endless, buckets)
                %2$s
                having count(*) > 0
            ) as x (nth, assigned_to, ticket_type_id, client_id, priority, status, place, endless, buckets)
            $sql$,
            dimensions,
            'group by ' || nullif(array_to_string(apart_by, ', '), '')
        )
    end;
    any_time public.ticket_filter := where_tickets;
    node smallint;
    -- the first whole day of each bucket, and the days and months that have an edge inside
    days timestamp[];
    cut_days timestamp[];
    cut_months timestamp[];
    months record;
    arms text[] := '{}';
begin
    -- the period's ranges and infinities are looked at as those of created_at would be
    any_time.created_at := within;
    node := analytics.node_for(any_time, 'tickets', series, '{day,month}', by);
    if node is not null then
        edges := array(
            select greatest(filter.first_moment(within), least(filter.last_moment(within) + interval '1 microsecond', u.edge))
            from unnest(edges) with ordinality as u (edge, nth)
            order by u.nth
        );

        select
            array_agg(case when e.is_cut then e.day + interval '1 day' else e.day end order by e.nth),
            coalesce(array_agg(distinct e.day) filter (where e.is_cut), '{}'),
            coalesce(
                array_agg(distinct date_trunc('month', e.day)) filter (where e.is_cut or e.day > date_trunc('month', e.day)),
                '{}'
            )
        into days, cut_days, cut_months
        from (
            select
                u.nth,
                l.day,
                u.edge > analytics.day_begins(l.day, zone) as is_cut
            from unnest(edges) with ordinality as u (edge, nth)
            cross join lateral (select analytics.local_day(u.edge, zone) as day offset 0) as l
        ) as e;
    end if;
    -- a day with an edge inside is a look at an index: for so many the tickets are read at once
    if node is null or cardinality(cut_days) > 60 then
        return query execute format(answer, format(
            $sql$
            select
                width_bucket(x.moment, $2),
                %1$s,
                count(*),
                count(*) filter (where x.is_endless),
                1::bigint
            from (
                select
                    x.assigned_to,
                    x.ticket_type_id,
                    x.client_id,
                    x.priority::text,
                    x.status::text,
                    coalesce(x.resolved_at, x.closed_at) is null as is_endless,
                    %2$s as moment
                from analytics.ticket_facts as x
                where analytics.selected_at_any_time($1, x)
                    and %3$s
            ) as x
            where x.moment >= $2[1]
                and x.moment < $2[cardinality($2)]
                and filter.holds($3, x.moment)
            group by %4$s
            $sql$,
            dimensions,
            moment,
            has_moment,
            in_buckets
        ))
        using where_tickets, edges, within;
        return;
    end if;

    -- What is not needed is not planned, which takes most of the time that there is: months, where an edge lies in each of
    -- them; changes, where all are folded.
    if (case
        when isfinite(days[1]) and isfinite(days[cardinality(days)]) then exists (
            select
            from generate_series(date_trunc('month', days[1]), days[cardinality(days)] - interval '1 day', interval '1 month') as m (month)
            where m.month <> all (cut_months)
        )
        else true
    end) then
        arms := arms || format(
            $sql$
            select
                width_bucket(c.since, $5) as nth,
                c.assigned_to,
                c.ticket_type_id,
                c.client_id,
                c.priority,
                c.status,
                c.tickets,
                c.endless
            from analytics.ticket_cells as c
            where c.series = $3
                and c.grain = 'month'
                and c.node = $4
                and c.since >= $5[1]
                and c.since < $5[cardinality($5)]
                and c.since <> all ($7)
                and %s
            $sql$,
            analytics.cell_conditions(node, 'c')
        );
    end if;
    if exists (select from analytics.ticket_delta) then
        arms := arms || format(
            $sql$
            select
                width_bucket(x.moment, $2),
                x.assigned_to,
                x.ticket_type_id,
                x.client_id,
                x.priority,
                x.status,
                x.change,
                case when coalesce(x.resolved_at, x.closed_at) is null then x.change else 0 end
            from (
                select
                    x.*,
                    %1$s as moment
                from analytics.ticket_delta as x
                where %2$s
            ) as x
            where x.moment >= $2[1]
                and x.moment < $2[cardinality($2)]
                and analytics.local_day(x.moment, $8) <> all ($6)
                and %3$s
            $sql$,
            moment,
            has_moment,
            analytics.cell_conditions(node, 'x')
        );
    end if;
    -- a run of months is read at once
    for months in
        select
            min(m.month) as first,
            max(m.month) + interval '1 month' as ends
        from (
            select
                u.month,
                u.month - u.nth * interval '1 month' as run
            from unnest(cut_months) with ordinality as u (month, nth)
        ) as m
        group by m.run
    loop
        arms := arms || format(
            $sql$
            select
                width_bucket(c.since, $5),
                c.assigned_to,
                c.ticket_type_id,
                c.client_id,
                c.priority,
                c.status,
                c.tickets,
                c.endless
            from analytics.ticket_cells as c
            where c.series = $3
                and c.grain = 'day'
                and c.node = $4
                and c.since >= %L
                and c.since < %L
                and c.since <> all ($6)
                and %s
            $sql$,
            greatest(months.first, days[1]),
            least(months.ends, days[cardinality(days)]),
            analytics.cell_conditions(node, 'c')
        );
    end loop;
    if cut_days <> '{}' then
        arms := arms || format(
            $sql$
            select
                width_bucket(x.moment, $2),
                x.assigned_to,
                x.ticket_type_id,
                x.client_id,
                x.priority::text,
                x.status::text,
                1,
                case when coalesce(x.resolved_at, x.closed_at) is null then 1 else 0 end
            from (
                select
                    x.*,
                    %1$s as moment
                from analytics.ticket_facts as x
                where %2$s
            ) as x
            where (%4$s)
                and %3$s
            $sql$,
            moment,
            has_moment,
            analytics.cell_conditions(node, 'x'),
            (
                select string_agg(
                    format(
                        'x.moment >= %L and x.moment < %L',
                        greatest(analytics.day_begins(d.day, zone), edges[1]),
                        least(analytics.day_begins(d.day + interval '1 day', zone), edges[cardinality(edges)])
                    ),
                    ' or '
                )
                from unnest(cut_days) as d (day)
            )
        );
    end if;
    if arms = '{}' then
        return;
    end if;
    return query execute format(answer, format(
        $sql$
        select
            x.nth,
            %1$s,
            sum(x.tickets::double precision)::bigint,
            sum(x.endless::double precision)::bigint,
            1::bigint
        from (%2$s) as x (nth, assigned_to, ticket_type_id, client_id, priority, status, tickets, endless)
        group by %3$s
        having sum(x.tickets::double precision) <> 0
        $sql$,
        dimensions,
        array_to_string(arms, ' union all '),
        in_buckets
    ))
    using where_tickets, edges, series, node, days, cut_days, cut_months, zone;
end
$$;
comment on function analytics.counts(public.ticket_filter, text, timestamptz[], text[], filter.period, boolean) is
'How many of the selected tickets were created, resolved or ended between which edges: a row for each bucket and combination of the dimensions named.';
revoke all on function analytics.counts(public.ticket_filter, text, timestamptz[], text[], filter.period, boolean) from public;
grant execute on function analytics.counts(public.ticket_filter, text, timestamptz[], text[], filter.period, boolean) to desk_internal, desk_service;
