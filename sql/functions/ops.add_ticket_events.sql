-- requires: sql/functions/ops.actor.sql
--
-- What happens to a ticket itself, whatever path the change took. A new ticket is `created` with its
-- whole state; each later change is an event of its own, and replaying them gives the ticket as it is.
--
-- Every column counts but those that other triggers keep. resolved_at and closed_at follow the status:
-- alone they are events only where the status did not change. Each key of custom_fields has its own.
--
-- Clients see what 002 calls public: status, priority, who has the ticket.
--
-- Once a statement. Without nested loops: a plan made for one row, kept for the session, would compare
-- each old row of a bulk update with each new one. Definer: nobody may write events.
create or replace function ops.add_ticket_events()
returns trigger
language plpgsql
security definer
set search_path = ''
set enable_nestloop = off
as $$
declare
    derived constant text[] := '{
        id, number, resolution_seconds, first_response_at, first_response_seconds, rating, updated_at,
        first_response_due_at, next_response_due_at, resolution_due_at,
        sla_state, sla_warn_at, sla_due_at, priority_rank,
        first_assigned_at, reopen_count, answers, promises
    }';
begin
    if tg_op = 'INSERT' then
        insert into public.ticket_events (
            ticket_id, created_at, type, visibility, agent_id, new_value,
            actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
        )
        select
            n.id, coalesce(n.created_at, now()), e.type, 'public', e.agent_id,
            case e.type when 'created' then to_jsonb(n) - derived end,
            a.account_id, a.team_member_id, a.role, a.first_name, a.last_name
        from new_tickets as n
        cross join ops.actor() as a
        cross join lateral (values ('created', null), ('assignment-added', n.assigned_to)) as e (type, agent_id)
        where e.type = 'created'
            or e.agent_id is not null
        order by n.id, e.type desc;
        return null;
    end if;

    with states as materialized (
        select
            n.id,
            to_jsonb(o) - derived as before,
            to_jsonb(n) - derived as after,
            -- not now(): who began first may have waited, and updated_at moves on with every change
            greatest(n.updated_at, now()) as changed_at
        from old_tickets as o
        join new_tickets as n on n.id = o.id
        -- Most updates are of what triggers keep: seen here, they cost a tenth.
        where (
                o.client_id, o.assigned_to, o.ticket_type_id, o.status, o.priority, o.title,
                o.created_at, o.resolved_at, o.closed_at, o.source_channel, o.created_by, o.tags,
                o.description, o.custom_fields, o.merged_into, o.metadata
            ) is distinct from (
                n.client_id, n.assigned_to, n.ticket_type_id, n.status, n.priority, n.title,
                n.created_at, n.resolved_at, n.closed_at, n.source_channel, n.created_by, n.tags,
                n.description, n.custom_fields, n.merged_into, n.metadata
            )
    ),
    changes as (
        select
            s.*,
            jsonb_typeof(s.before -> 'custom_fields') = 'object'
            and jsonb_typeof(s.after -> 'custom_fields') = 'object' as has_fields
        from states as s
    )
    insert into public.ticket_events (
        ticket_id, created_at, type, visibility, field_name, agent_id, old_value, new_value, metadata,
        actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
    )
    select
        c.id, c.changed_at, e.type, e.visibility, e.field_name, e.agent_id::integer,
        nullif(e.old_value, 'null'), nullif(e.new_value, 'null'), e.metadata,
        a.account_id, a.team_member_id, a.role, a.first_name, a.last_name
    from changes as c
    cross join ops.actor() as a
    cross join lateral (
        select
            case f.key when 'status' then 1 when 'priority' then 2 else 5 end as nth,
            case f.key when 'status' then 'status-update' when 'priority' then 'priority-change' else 'field-changed' end as type,
            case when f.key in ('status', 'priority') then 'public' else 'private' end as visibility,
            case when f.key not in ('status', 'priority') then f.key end as field_name,
            null as agent_id,
            c.before -> f.key as old_value,
            f.value as new_value,
            '{}'::jsonb as metadata
        from jsonb_each(c.after) as f
        where f.value <> c.before -> f.key
            and f.key <> 'assigned_to'
            and not (f.key = 'custom_fields' and c.has_fields)
            and not (f.key in ('resolved_at', 'closed_at') and c.before -> 'status' <> c.after -> 'status')
        union all
        select 3, 'assignment-removed', 'public', null, c.before ->> 'assigned_to', null, null, '{}'
        where c.before -> 'assigned_to' not in (c.after -> 'assigned_to', 'null')
        union all
        select 4, 'assignment-added', 'public', null, c.after ->> 'assigned_to', null, null, '{}'
        where c.after -> 'assigned_to' not in (c.before -> 'assigned_to', 'null')
        union all
        select
            6,
            case
                when o.value is null then 'field-added'
                when n.value is null then 'field-removed'
                else 'field-changed'
            end,
            'private', key, null, o.value, n.value, '{"custom_field": true}'
        from jsonb_each(case when c.has_fields then c.before -> 'custom_fields' else '{}' end) as o
        full join jsonb_each(case when c.has_fields then c.after -> 'custom_fields' else '{}' end) as n using (key)
        where o.value is distinct from n.value
    ) as e
    order by c.id, e.nth, e.field_name;
    return null;
end
$$;
comment on function ops.add_ticket_events() is
'Trigger: the history of a ticket, what its own columns say.';
revoke all on function ops.add_ticket_events() from public;

-- PostgreSQL wants one trigger for each event that brings transition tables. The name sorts before those
-- of triggers that change the ticket in turn: what was first stands first.
create or replace trigger add_events_insert
after insert on public.tickets
referencing new table as new_tickets
for each statement execute function ops.add_ticket_events();

create or replace trigger add_events_update
after update on public.tickets
referencing old table as old_tickets new table as new_tickets
for each statement execute function ops.add_ticket_events();
