-- requires: sql/functions/analytics.ages.sql, sql/functions/analytics.counts.sql, sql/functions/analytics.percentages.sql, sql/functions/analytics.selected.sql, sql/functions/analytics.sums.sql, sql/functions/filter.labels.sql, sql/views/analytics.ticket_facts.sql
--
-- The created series by status, cut by the ages and by the period. The sums know how many are open altogether:
-- what no age has is a line of its own.
--
-- The oldest ticket of an age stands first in the index of open work by priority, once for each priority_rank.
-- An age may have others that are open by their status, although resolved or closed: the counts tell, and only
-- then are its tickets searched. No SET clause: the function is inlined.
create or replace function public.backlog_aging(where_tickets public.ticket_filter default null)
returns table (
    from_days integer,
    to_days integer,
    opened_from date,
    opened_to date,
    open_tickets bigint,
    percent numeric,
    oldest_number integer,
    oldest_opened_at timestamptz
)
language sql
stable
parallel safe
rows 8
as $$
    with open_statuses as (
        select s.code
        from public.ticket_statuses as s
        where s.category in ('open', 'pending')
    ),
    ages as materialized (
        select a.*
        from analytics.ages() as a
    ),
    backlog as (
        select
            -- ages go back in time, edges forth
            9 - c.nth as nth,
            sum(c.tickets)::bigint as tickets,
            sum(c.tickets - c.endless) as ended
        from analytics.counts(
            where_tickets,
            'created',
            (select array_agg(a.begins order by a.nth desc) || max(a.ends) from ages as a),
            '{status}',
            where_tickets.created_at
        ) as c
        where c.status is null
            or c.status in (select s.code from open_statuses as s)
        group by c.nth
    ),
    altogether as (
        select sum(b.tickets) as tickets
        from analytics.sums(where_tickets, '{status}') as b
        where b.status is null
            or b.status in (select s.code from open_statuses as s)
    ),
    aged as (
        select coalesce(sum(b.tickets), 0) as tickets
        from backlog as b
    ),
    listed as materialized (
        select
            a.nth,
            a.from_days,
            a.to_days,
            a.opened_from,
            a.opened_to,
            a.begins,
            a.ends,
            coalesce(b.tickets, 0) as tickets,
            coalesce(b.ended, 0) as ended
        from ages as a
        left join backlog as b on b.nth = a.nth
        union all
        select
            9,
            null,
            null,
            null,
            null,
            null,
            null,
            (t.tickets - a.tickets)::bigint,
            0
        from altogether as t
        cross join aged as a
        where t.tickets > a.tickets
    )
    select
        l.from_days,
        l.to_days,
        l.opened_from,
        l.opened_to,
        l.tickets,
        p.percent,
        oldest.number,
        oldest.created_at
    from listed as l
    join unnest(
        (select analytics.percentages(array_agg(a.tickets order by a.nth)) from listed as a)
    ) with ordinality as p (percent, nth) on p.nth = l.nth
    left join lateral (
        select o.number, o.created_at
        from (
            select first.number, first.created_at, first.id
            from (values (4, 'urgent'), (3, 'high'), (2, 'medium'), (1, 'low'), (0, null)) as r (priority_rank, priority)
            cross join lateral (
                select f.number, f.created_at, f.id
                from analytics.ticket_facts as f
                where analytics.selected(where_tickets, f)
                    and (f.ticket).priority_rank = r.priority_rank
                    and f.resolved_at is null
                    and f.closed_at is null
                    and f.created_at >= l.begins
                    and f.created_at < l.ends
                    and (f.status is null or f.status in (select s.code from open_statuses as s))
                    and l.tickets > 0
                order by f.created_at, f.id
                limit 1
            ) as first
            -- all other words, and none, have rank 0
            where r.priority_rank = 0
                or filter.holds(where_tickets.priority, r.priority)
            union all
            select f.number, f.created_at, f.id
            from analytics.ticket_facts as f
            where analytics.selected(where_tickets, f)
                and coalesce(f.resolved_at, f.closed_at) is not null
                and f.created_at >= l.begins
                and f.created_at < l.ends
                and (f.status is null or f.status in (select s.code from open_statuses as s))
                and l.ended > 0
        ) as o
        order by o.created_at, o.id
        limit 1
    ) as oldest on true
    order by l.nth
$$;
comment on function public.backlog_aging(public.ticket_filter) is
'The selected tickets that are open, by age: one row for each age in whole days, from 0 (today) to more than 90, also those that have none.

from_days, to_days: the age, both included, days being those of the request''s time zone; to_days is null for the last. opened_from, opened_to: the first and the last day on which its tickets were created; opened_from is null for the last. open_tickets: status category open or pending, no status counts as open. percent: share of all of them, with one decimal; the parts add up to exactly 100 (null where no ticket is open). oldest_number, oldest_opened_at: the one created first.
Where there are open tickets created after today or at no known time, a last row without from_days has them.

Drill-down: ticket_list with the same filters, status=not.in.(resolved,closed), created_at=gte.OPENED_FROM and created_at=lte.OPENED_TO, each where there is one.';
revoke all on function public.backlog_aging(public.ticket_filter) from public;
grant execute on function public.backlog_aging(public.ticket_filter)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
