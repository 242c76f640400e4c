-- So many tickets as the setting bench.tickets says, in the shape of the demo's, beside the people, types and
-- policies that database/seed/seed.sql has made (with no tickets), and two clocks for each. No messages, no events:
-- no widget reads them. Every choice is a hash of the row's number, so that the same number gives the same tickets.
--
-- As the superuser, triggers and foreign keys off: analytics.rebuild() comes after it.
begin;
set local session_replication_role = replica;
set local timezone = 'UTC';
set local work_mem = '1GB';
set local maintenance_work_mem = '1GB';
set local client_min_messages = warning;

do $$
begin
    execute $f$
        create or replace function pg_temp.uniform(item bigint, topic text)
        returns double precision
        language sql
        immutable
        parallel safe
        return (hashint8extended(item, hashtextextended(topic, 7)) & 9007199254740991)::double precision / 9007199254740992
    $f$;
end
$$;

-- indexes of millions of rows are made faster at once
create temporary table lifted on commit drop as
select
    i.indexrelid::regclass::text as name,
    format(
        '%s; comment on index %s is %L',
        pg_get_indexdef(i.indexrelid), i.indexrelid::regclass, obj_description(i.indexrelid, 'pg_class')
    ) as restore
from pg_catalog.pg_index as i
where i.indrelid in ('public.tickets'::regclass, 'public.sla_clocks'::regclass)
    and not exists (select from pg_catalog.pg_constraint as c where c.conindid = i.indexrelid);

do $$
declare
    item record;
begin
    for item in select name from lifted loop
        execute format('drop index %s', item.name);
    end loop;
end
$$;

insert into public.tickets (
    id, client_id, assigned_to, ticket_type_id, status, priority, title, description, tags, source_channel,
    created_at, first_assigned_at, first_response_at, resolved_at, rating, updated_at, reopen_count, answers,
    first_response_due_at, resolution_due_at, sla_state, sla_due_at, promises
)
select
    t.id,
    t.client_id,
    t.assigned_to,
    t.ticket_type_id,
    t.status,
    t.priority,
    'Something does not work as it did yesterday',
    'The page answers with an error after we save. It started this morning, and a colleague sees the same.',
    case when pg_temp.uniform(t.item, 'tags') < 0.4 then '{vip}' else '{}' end::text[],
    case when pg_temp.uniform(t.item, 'channel') < 0.5 then 'email' else 'web' end,
    t.created_at,
    t.first_response_at,
    t.first_response_at,
    t.resolved_at,
    case
        when t.resolved_at is null or pg_temp.uniform(t.item, 'feedback') >= 0.66 then null
        when pg_temp.uniform(t.item, 'feedback') < 0.60 then 3 + floor(pg_temp.uniform(t.item, 'rating') * 3)
        else 1 + floor(pg_temp.uniform(t.item, 'rating') * 2)
    end,
    coalesce(t.resolved_at, t.created_at),
    (t.resolved_at is not null and pg_temp.uniform(t.item, 'reopened') < 0.04)::integer,
    case when t.first_response_at is null then 0 when pg_temp.uniform(t.item, 'answers') < 0.5 then 1 else 2 end,
    t.created_at + interval '4 hours',
    t.created_at + interval '36 hours',
    case when t.resolved_at is null then 'running' when t.resolved_at > t.created_at + interval '36 hours' then 'missed' else 'met' end,
    case when t.resolved_at is null then t.created_at + interval '36 hours' end,
    -- as analytics.promise() adds up the clocks below; a ticket that is resolved has been answered
    case
        when coalesce(t.first_response_at, now()) > t.created_at + interval '4 hours' then 1 << 2
        when t.first_response_at is null then 1 << 4
        else 1
    end
    + case
        when coalesce(t.resolved_at, now()) > t.created_at + interval '36 hours' then 1 << 8
        when t.resolved_at is null then 1 << 10
        else 1 << 6
    end
from (
    select
        c.*,
        c.created_at + make_interval(secs => c.resolution) as resolved_at,
        case
            when c.assigned_to is not null then c.created_at + make_interval(
                secs => floor(pg_temp.uniform(c.item, 'first response') * least(c.resolution / 2, 8 * 3600))
            )
        end as first_response_at
    from (
        select
            r.*,
            case
                when r.status = 'open' and pg_temp.uniform(r.item, 'unassigned') < 0.444 then null
                else 1 + floor(pg_temp.uniform(r.item, 'agent') * 15)::integer
            end as assigned_to,
            case when r.status = 'resolved' then floor(pg_temp.uniform(r.item, 'resolution') * 48 * 3600) end as resolution
        from (
            select
                row_number() over (order by i.created_at, i.item)::integer as id,
                i.item,
                i.created_at,
                1 + floor(pg_temp.uniform(i.item, 'client') * least(5 * i.month, 50))::integer as client_id,
                1 + floor(pg_temp.uniform(i.item, 'type') * 14)::integer as ticket_type_id,
                case
                    when pg_temp.uniform(i.item, 'resolved') < 0.70 then 'resolved'
                    when pg_temp.uniform(i.item, 'in progress') < 0.85 then 'in_progress'
                    else 'open'
                end as status,
                case
                    when pg_temp.uniform(i.item, 'urgent') < 0.10 then 'urgent'
                    when pg_temp.uniform(i.item, 'high') < 0.35 then 'high'
                    when pg_temp.uniform(i.item, 'medium') < 0.70 then 'medium'
                    else 'low'
                end as priority
            from (
                select
                    m.month,
                    n as item,
                    m.begins + make_interval(
                        days => floor(pg_temp.uniform(n, 'day') * m.days)::integer,
                        secs => floor((pg_temp.uniform(n, 'time') + pg_temp.uniform(n, 'time again')) / 2 * 86400)
                    ) as created_at
                from (
                    select
                        n as month,
                        make_timestamptz(2025, n, 1, 0, 0, 0, 'UTC') as begins,
                        date_part('day', make_timestamp(2025, n + 1, 1, 0, 0, 0) - make_timestamp(2025, n, 1, 0, 0, 0)) as days,
                        current_setting('bench.tickets')::bigint * (1060 * n + 70 * n * (n + 1)) / 20900 as up_to,
                        current_setting('bench.tickets')::bigint * (1060 * (n - 1) + 70 * n * (n - 1)) / 20900 as after
                    from generate_series(1, 11) as n
                ) as m
                cross join lateral generate_series(m.after + 1, m.up_to) as n
            ) as i
        ) as r
    ) as c
) as t;

insert into public.sla_clocks (
    ticket_id, metric, started_at, stopped_at, is_done, policy_id, target_seconds, due_at, breached_at, recorded_at
)
select
    k.ticket_id, k.metric, k.started_at, k.stopped_at, k.is_done, 1, k.target_seconds, k.due_at,
    case when k.due_at < coalesce(k.stopped_at, now()) then k.due_at end,
    case when k.due_at < coalesce(k.stopped_at, now()) then k.due_at + interval '5 seconds' end
from (
    select
        t.id as ticket_id,
        c.metric,
        t.created_at as started_at,
        c.stopped_at,
        c.is_done,
        c.target_seconds,
        t.created_at + make_interval(secs => c.target_seconds) as due_at
    from public.tickets as t
    cross join lateral (
        values
            ('first_response', coalesce(t.first_response_at, t.resolved_at), t.first_response_at is not null, 4 * 3600),
            ('resolution', t.resolved_at, t.resolved_at is not null, 36 * 3600)
    ) as c (metric, stopped_at, is_done, target_seconds)
) as k
order by k.ticket_id;

do $$
declare
    item record;
begin
    for item in select restore from lifted loop
        execute item.restore;
    end loop;
    perform setval('public.tickets_id_seq', current_setting('bench.tickets')::bigint);
end
$$;
commit;
