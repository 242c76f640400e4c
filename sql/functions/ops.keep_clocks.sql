-- requires: sql/functions/analytics.promise.sql, sql/functions/ops.due_at.sql, sql/functions/ops.ended_at.sql
--
-- The clocks of some tickets, made to say what is so now: whatever changed (a ticket, its messages, a
-- policy, a calendar, a status) calls this, and nothing else writes clocks but ops.record_breaches. All of
-- it follows from the tickets, their messages and their pauses, as one set: a bulk load is one call.
--
--     first_response  from the creation to the first public message by staff
--     next_response   from the client's first message that nobody has answered to the next by staff
--     resolution      from the creation to resolved_at; opened again, the clock runs on
--
-- A ticket that comes to its end (resolved, closed, merged) stops all its clocks; what was not done by then
-- was not needed any more.
--
-- Two kinds of clocks stay as they are, whatever is promised now: one that has stopped, as long as it
-- stopped then; and one that is overdue, unless it turns out to have stopped before. The rest follow
-- the policy and the calendar of this moment; where they promise nothing, there is no clock.
--
-- What calls it is definer: whoever answers a ticket need not be able to see what was promised.
create or replace function ops.keep_clocks(ids integer[])
returns void
language plpgsql
volatile
set search_path = ''
as $$
begin
    -- Who changes one of them at the same time waits, and then sees what was done here.
    perform from public.tickets as t where t.id = any (ids) order by t.id for no key update;

    update public.sla_pauses as p
    set ended_at = greatest(now(), p.began_at)
    from public.tickets as t
    left join public.ticket_statuses as s on s.code = t.status
    where p.ticket_id = any (ids)
        and p.ended_at is null
        and t.id = p.ticket_id
        and (s.pauses_sla is not true or ops.ended_at(t, s.category) is not null);

    insert into public.sla_pauses (ticket_id, began_at)
    select t.id, now()
    from public.tickets as t
    join public.ticket_statuses as s on s.code = t.status
    where t.id = any (ids)
        and s.pauses_sla
        and ops.ended_at(t, s.category) is null
        and not exists (select from public.sla_pauses as p where p.ticket_id = t.id and p.ended_at is null)
    on conflict (ticket_id, began_at) do update set ended_at = null;

    with facts as materialized (
        select
            t.id,
            t.created_at,
            t.first_response_at,
            t.resolved_at,
            ops.ended_at(t, s.category) as ended_at,
            coalesce(s.pauses_sla, false) as stands,
            (
                select range_agg(tstzrange(z.began_at, z.ended_at))
                from public.sla_pauses as z
                where z.ticket_id = t.id
            ) as pauses,
            p.id as policy_id,
            p.calendar_id,
            p.first_response_minutes * 60 as first_response,
            p.next_response_minutes * 60 as next_response,
            p.resolution_minutes * 60 as resolution,
            p.warn_before_minutes * 60 as warn_before
        from public.tickets as t
        join public.clients as c on c.id = t.client_id
        left join public.ticket_statuses as s on s.code = t.status
        left join lateral (
            select a.*
            from public.sla_policies as a
            where a.is_active
                and a.priority = t.priority
                and (a.plan_type = c.plan_type or a.plan_type is null)
            order by a.plan_type nulls last
            limit 1
        ) as p on true
        where t.id = any (ids)
            and isfinite(t.created_at)
    ),
    wanted as (
        select
            f.*,
            w.metric,
            w.started_at,
            w.stopped_at,
            w.is_done,
            w.target_seconds
        from facts as f
        cross join lateral (
            values
                (
                    'first_response', f.created_at, coalesce(f.first_response_at, f.ended_at),
                    f.first_response_at is not null, f.first_response
                ),
                (
                    'resolution', f.created_at, coalesce(f.resolved_at, f.ended_at),
                    f.resolved_at is not null, f.resolution
                )
        ) as w (metric, started_at, stopped_at, is_done, target_seconds)
        union all
        select
            f.*,
            'next_response',
            q.asked_at,
            coalesce(q.answered_at, f.ended_at),
            q.answered_at is not null,
            f.next_response
        from facts as f
        cross join lateral (
            select distinct on (m.created_at)
                m.created_at as asked_at,
                m.answered_at
            from (
                select
                    n.created_at,
                    n.from_client,
                    lag(n.from_client) over thread as follows_client,
                    -- backwards: a frame whose start moves would be counted anew for each message
                    min(n.created_at) filter (where not n.from_client) over (
                        order by n.created_at desc, n.id desc rows between unbounded preceding and 1 preceding
                    ) as answered_at
                from public.ticket_messages as n
                where n.ticket_id = f.id
                    and n.from_client is not null
                    and not n.is_internal
                    and isfinite(n.created_at)
                window thread as (order by n.created_at, n.id)
            ) as m
            where m.from_client
                and not m.follows_client
            order by m.created_at, m.answered_at
        ) as q
        where q.answered_at is not null
            or f.ended_at is null
            or q.asked_at < f.ended_at
    ),
    -- A full join is a hash or a merge join, however few rows a kept plan expects: with a nested loop a
    -- bulk load would take hours.
    clocks as materialized (
        select
            ticket_id,
            metric,
            started_at,
            w.stopped_at,
            coalesce(w.is_done, false) as is_done,
            coalesce(w.stands and w.stopped_at is null and k.due_at is null, false) as is_paused,
            k.policy_id,
            k.target_seconds,
            k.warn_at,
            k.due_at,
            case when k.due_at < coalesce(w.stopped_at, now()) then k.due_at end as breached_at,
            k.is_kept is true as is_kept,
            c.metric is not null as is_known
        from (select w.*, w.id as ticket_id from wanted as w) as w
        full join (
            select c.*
            from public.sla_clocks as c
            where c.ticket_id = any (ids)
        ) as c using (ticket_id, metric, started_at)
        cross join lateral (
            select coalesce(
                c.stopped_at = w.stopped_at
                or c.due_at < coalesce(c.stopped_at, now()) and c.due_at < coalesce(w.stopped_at, 'infinity'),
                false
            ) as stays
        ) as old
        left join lateral (
            select c.policy_id, c.target_seconds, c.warn_at, c.due_at, true as is_kept
            where w.id is not null
                and old.stays
            union all
            select
                case when w.target_seconds is not null then w.policy_id end,
                w.target_seconds,
                case
                    when w.stopped_at is not null then null
                    when w.pauses is null then warn.at
                    else ops.due_at(w.calendar_id, started_at, null, greatest(w.target_seconds - w.warn_before, 1), w.pauses)
                end,
                case
                    when w.pauses is null then due.at
                    else ops.due_at(w.calendar_id, started_at, w.stopped_at, w.target_seconds, w.pauses)
                end,
                true
            from (select a.worked from ops.worked(w.calendar_id, started_at) as a (worked) offset 0) as since
            cross join ops.worked_until(w.calendar_id, since.worked + w.target_seconds * 1000000::bigint) as due (at)
            cross join ops.worked_until(
                w.calendar_id, since.worked + greatest(w.target_seconds - w.warn_before, 1) * 1000000::bigint
            ) as warn (at)
            where not old.stays
                and (w.target_seconds is not null or w.metric = 'next_response')
        ) as k on true
    ),
    gone as (
        delete from public.sla_clocks as c
        using clocks as k
        where k.is_known
            and not k.is_kept
            and c.ticket_id = k.ticket_id
            and c.metric = k.metric
            and c.started_at = k.started_at
    ),
    written as (
        insert into public.sla_clocks as c (
            ticket_id, metric, started_at, stopped_at, is_done, is_paused,
            policy_id, target_seconds, warn_at, due_at, breached_at, recorded_at
        )
        select
            k.ticket_id, k.metric, k.started_at, k.stopped_at, k.is_done, k.is_paused,
            k.policy_id, k.target_seconds, k.warn_at, k.due_at, k.breached_at,
            case when k.breached_at is not null then now() end
        from clocks as k
        where k.is_kept
        on conflict (ticket_id, metric, started_at) do update set
            stopped_at = excluded.stopped_at,
            is_done = excluded.is_done,
            is_paused = excluded.is_paused,
            policy_id = excluded.policy_id,
            target_seconds = excluded.target_seconds,
            warn_at = excluded.warn_at,
            due_at = excluded.due_at,
            breached_at = excluded.breached_at,
            recorded_at = case when c.breached_at = excluded.breached_at then c.recorded_at else excluded.recorded_at end
        where (
            c.stopped_at, c.is_done, c.is_paused, c.policy_id, c.target_seconds, c.warn_at, c.due_at, c.breached_at
        ) is distinct from (
            excluded.stopped_at, excluded.is_done, excluded.is_paused, excluded.policy_id,
            excluded.target_seconds, excluded.warn_at, excluded.due_at, excluded.breached_at
        )
    ),
    states as (
        select
            k.ticket_id,
            max(k.due_at) filter (where k.metric = 'first_response' and (k.is_done or k.stopped_at is null)) as first_response_due_at,
            min(k.due_at) filter (where k.metric = 'next_response' and k.stopped_at is null) as next_response_due_at,
            max(k.due_at) filter (where k.metric = 'resolution' and (k.is_done or k.stopped_at is null)) as resolution_due_at,
            min(k.warn_at) filter (where k.stopped_at is null) as sla_warn_at,
            min(k.due_at) filter (where k.stopped_at is null) as sla_due_at,
            case
                when bool_or(k.target_seconds is not null and k.stopped_at is null and not k.is_paused) then 'running'
                when bool_or(k.target_seconds is not null and k.is_paused) then 'paused'
                when bool_or(k.breached_at is not null) then 'missed'
                when bool_or(k.target_seconds is not null and k.is_done) then 'met'
            end as sla_state,
            bool_or(k.target_seconds is not null) as is_promised,
            sum(analytics.promise(k.metric, k.target_seconds, k.due_at, k.stopped_at, k.is_done, k.breached_at))::bigint as promises
        from clocks as k
        group by k.ticket_id
    )
    update public.tickets as t
    set
        first_response_due_at = s.first_response_due_at,
        next_response_due_at = s.next_response_due_at,
        resolution_due_at = s.resolution_due_at,
        sla_warn_at = s.sla_warn_at,
        sla_due_at = s.sla_due_at,
        sla_state = s.sla_state,
        promises = s.promises
    from states as s
    where t.id = s.ticket_id
        and (
            t.first_response_due_at, t.next_response_due_at, t.resolution_due_at,
            t.sla_warn_at, t.sla_due_at, t.sla_state, t.promises
        ) is distinct from (
            s.first_response_due_at, s.next_response_due_at, s.resolution_due_at,
            s.sla_warn_at, s.sla_due_at, s.sla_state, s.promises
        )
        -- due times that a ticket brought along stay where nothing is promised
        and (s.is_promised or t.sla_state is not null);
end
$$;
comment on function ops.keep_clocks(integer[]) is
'Makes the clocks of some tickets say what is so now.';
revoke all on function ops.keep_clocks(integer[]) from public;
