-- requires: sql/functions/analytics.percentages.sql, sql/functions/analytics.selected.sql, sql/functions/analytics.sums.sql, sql/views/analytics.ticket_facts.sql
--
-- Tickets and payments are each summed up by client before they meet the client: joined first, they
-- would multiply. No SET clause: the function is inlined.
--
-- "distinct on" and "group by" tell the planner that a client meets at most one row of each, so a count
-- of the clients leaves both joins out, with all that is behind them.
--
-- The search compares texts, so % and _ are letters like others. No trigram index: pg_trgm is not
-- installed everywhere, and even some thousand names are compared in about a millisecond.
create or replace function public.client_analysis(
    where_tickets public.ticket_filter default null,
    search text default null
)
returns table (
    id integer,
    client_name text,
    client_plan text,
    client_status text,
    total_tickets bigint,
    open_tickets bigint,
    by_status jsonb,
    total_spent numeric,
    total_paid numeric,
    total_refunded numeric,
    last_ticket_at timestamptz,
    share_of_tickets numeric
)
language sql
stable
parallel safe
rows 50
as $$
    select
        c.id,
        c.client_name,
        c.plan_type,
        c.status,
        coalesce(t.tickets, 0),
        coalesce(t.open, 0),
        coalesce(t.by_status, '{}'),
        coalesce(m.spent, 0.00),
        coalesce(m.paid, 0.00),
        coalesce(m.refunded, 0.00),
        -- its own look at the index, for the rows of the page only: no sum has a maximum
        case
            when t.tickets > 0 then (
                select max(f.created_at)
                from analytics.ticket_facts as f
                where f.client_id = c.id
                    and analytics.selected(where_tickets, f)
            )
        end,
        t.share_of_tickets
    from public.clients as c
    left join (
        with by_status as (
            select
                f.client_id,
                f.status,
                f.tickets
            from analytics.sums(where_tickets, '{client_id,status}') as f
        ),
        figures as (
            select
                b.client_id,
                sum(b.tickets)::bigint as tickets,
                coalesce(sum(b.tickets) filter (where coalesce(s.category, 'open') in ('open', 'pending')), 0)::bigint as open,
                jsonb_object_agg(coalesce(b.status, 'none'), b.tickets) as by_status
            from by_status as b
            left join public.ticket_statuses as s on s.code = b.status
            group by b.client_id
        ),
        listed as (
            select
                a.id,
                coalesce(f.tickets, 0) as tickets,
                f.open,
                f.by_status,
                row_number() over (order by a.id) as nth
            from public.clients as a
            left join figures as f on f.client_id = a.id
        )
        select distinct on (l.id)
            l.id,
            l.tickets,
            l.open,
            l.by_status,
            p.percent as share_of_tickets
        from listed as l
        join unnest(
            (select analytics.percentages(array_agg(a.tickets order by a.nth)) from listed as a)
        ) with ordinality as p (percent, nth) on p.nth = l.nth
        order by l.id
    ) as t on t.id = c.id
    left join (
        select
            p.client_id,
            sum(p.amount_usd) as spent,
            sum(p.amount_usd) filter (where p.status = 'completed') as paid,
            sum(p.amount_usd) filter (where p.status = 'refunded') as refunded
        from public.payments as p
        where p.status in ('completed', 'refunded')
        group by p.client_id
    ) as m on m.client_id = c.id
    where filter.holds(where_tickets.client_id, c.id)
        and (
            client_analysis.search is null
            or strpos(lower(c.client_name), lower(client_analysis.search)) > 0
        )
$$;
comment on function public.client_analysis(public.ticket_filter, text) is
'Clients and what they ask and pay: one row for each client, also those without tickets, most tickets first, twenty at a time (limit and offset give other pages, Prefer: count=exact the total). A filter on client_id narrows the clients too.

search: clients whose name contains this text, upper and lower case alike; % and _ are themselves.
total_tickets, open_tickets (status category open or pending, no status counts as open), by_status (the count of each status, "none" for tickets without one), last_ticket_at (the newest created_at): of the selected tickets. share_of_tickets: of all selected tickets, in percent with one decimal; over all clients the parts add up to exactly 100 (null where no ticket is selected).
total_spent, total_paid, total_refunded, in US dollars: of all the client''s payments, whatever the filters. paid is what was completed; refunded, a sum of negative amounts, what went back; spent is both together. What is pending or failed never counts.

Drill-down: ticket_list with the same filters and client_id=eq.ID.
@order total_tickets.desc,client_name,id
@limit 20';
revoke all on function public.client_analysis(public.ticket_filter, text) from public;
grant execute on function public.client_analysis(public.ticket_filter, text)
to desk_internal, desk_service;
-- NOTE: never to desk_client: a client gets 403, not an empty answer.
