-- What happened to a ticket, one row an event. Written by triggers (ops.add_…_events), never changed:
-- append-only by grants. It goes with its ticket, so that deleting a ticket stays an erasure.
--
-- A type is a word, no enumeration: a new kind of event needs no migration. agent_id, message_id and the
-- actor have no foreign keys: an event outlives whom and what it names, and a TRUNCATE of the team must
-- not reach it. What people wrote in messages and feedback is not copied: message_id says where it is.

set local client_min_messages = warning;

create table public.ticket_events (
    -- what is fixed in width comes first: PostgreSQL walks a row from the left
    id uuid not null default gen_random_uuid(),
    seq bigint generated always as identity,
    created_at timestamptz not null default now(),
    ticket_id integer not null,
    message_id integer,
    agent_id integer,
    actor_team_member_id integer,
    actor_id uuid,
    type text not null,
    visibility text not null,
    actor_role text not null,
    actor_first_name text,
    actor_last_name text,
    field_name text,
    old_value jsonb,
    new_value jsonb,
    metadata jsonb not null default '{}',
    constraint ticket_events_actor_role_check check (actor_role in ('agent', 'customer', 'system')),
    constraint ticket_events_visibility_check check (visibility in ('public', 'private'))
);

-- Desks that exist already: each ticket as it is now, who has it, what was said, how it was rated. What
-- changed in between nobody wrote down.
insert into public.ticket_events (
    ticket_id, type, visibility, created_at, agent_id, message_id, new_value, metadata,
    actor_role, actor_id, actor_team_member_id, actor_first_name, actor_last_name
)
select
    e.ticket_id, e.type, e.visibility, coalesce(e.created_at, now()), e.agent_id, e.message_id, e.new_value, e.metadata,
    e.role, coalesce(staff.id, sender.id), m.id,
    case e.role
        when 'agent' then coalesce(m.first_name, m.display_name)
        when 'customer' then coalesce(k.first_name, c.client_name)
    end,
    case e.role when 'agent' then m.last_name when 'customer' then k.last_name end
from (
    select
        1 as nth,
        t.id as ticket_id,
        'created' as type,
        'public' as visibility,
        t.created_at,
        null::integer as agent_id,
        null::integer as message_id,
        jsonb_build_object(
            'client_id', t.client_id,
            'ticket_type_id', t.ticket_type_id,
            'title', t.title,
            'description', t.description,
            'status', t.status,
            'priority', t.priority,
            'assigned_to', t.assigned_to,
            'tags', t.tags,
            'custom_fields', t.custom_fields,
            'source_channel', t.source_channel,
            'created_by', t.created_by,
            'created_at', t.created_at,
            'resolved_at', t.resolved_at,
            'closed_at', t.closed_at,
            'metadata', t.metadata
        ) as new_value,
        '{"backfilled": true}'::jsonb as metadata,
        'system' as role,
        null::integer as author,
        null::uuid as account_id
    from public.tickets as t
    union all
    select
        2, t.id, 'assignment-added', 'public', t.created_at, t.assigned_to, null, null,
        '{"backfilled": true}', 'system', null, null
    from public.tickets as t
    where t.assigned_to is not null
    union all
    select
        3, h.ticket_id, 'assignment-added', 'private', h.assigned_at, h.team_member_id, null, null,
        '{"backfilled": true, "collaborator": true}', 'system', null, null
    from public.ticket_assignees as h
    union all
    select
        4,
        s.ticket_id,
        case when s.is_internal then 'note-added' else 'message' end,
        case when s.is_internal then 'private' else 'public' end,
        s.created_at,
        null,
        s.id,
        null,
        '{"backfilled": true}',
        case s.from_client when true then 'customer' when false then 'agent' else 'system' end,
        s.from_team_member_id,
        s.created_by
    from public.ticket_messages as s
    union all
    select
        5, f.ticket_id, 'feedback-added', 'public', f.created_at, null, null, jsonb_build_object('rating', f.rating),
        '{"backfilled": true}', 'customer', null, null
    from public.ticket_feedback as f
) as e
join public.tickets as t on t.id = e.ticket_id
join public.clients as c on c.id = t.client_id
left join public.team_members as m on m.id = e.author and e.role = 'agent'
left join auth.accounts as staff on staff.team_member_id = m.id
left join auth.accounts as sender on sender.id = e.account_id and sender.client_id = t.client_id
left join public.client_contacts as k on k.email = sender.email and k.client_id = t.client_id
order by e.created_at, e.ticket_id, e.nth, e.message_id;

alter table public.ticket_events
    add constraint ticket_events_pkey primary key (id),
    add constraint ticket_events_ticket_id_fkey foreign key (ticket_id)
    references public.tickets (id) on delete cascade;

create index ticket_events_ticket_id_created_at_seq_idx on public.ticket_events (ticket_id, created_at, seq);
comment on index public.ticket_events_ticket_id_created_at_seq_idx is
'A ticket''s history in order, page by page; its first assignment. Also serves ticket_id alone and the foreign key.';

create index ticket_events_created_at_idx on public.ticket_events (created_at);
comment on index public.ticket_events_created_at_idx is
'What happened lately at the whole desk: feeds, newest first, and periods of time.';

-- The audit says what was changed, too. Not every table counts its rows in numbers: a setting and a
-- status have a name, which stands in details.
alter table ops.audit alter column row_id drop not null;

create index audit_happened_at_idx on ops.audit (happened_at);
comment on index ops.audit_happened_at_idx is 'What was done lately (public.audit_log), newest first.';
