-- requires: sql/functions/public.ticket_history.sql, sql/functions/claims.person.sql
--
-- A ticket as 002 has it: one row with everything about it in documents. Each is a sub-select, computed
-- where a request asks for it, for the rows that it shows: select columns, and limit.
-- Security invoker: a client gets the public part of the own tickets. Notes and collaborators are
-- hidden from clients by the policies of the tables that they come from, but ticket_assignees is closed
-- to clients altogether: so collaborators are read from the history, which has them as private events.
create or replace view public.ticket_documents
with (security_invoker = true)
as
select
    t.id,
    t.number,
    t.title,
    t.description,
    t.status,
    t.priority,
    t.tags,
    t.custom_fields,
    public.ticket_history(t.id) as ticket_history,
    (
        select jsonb_build_object(
            'notes',
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'id', e.id,
                        'content', m.message_text,
                        'created_at', e.created_at,
                        'created_by', e.actor_id
                    )
                    order by e.created_at, e.seq
                ),
                '[]'
            )
        )
        from public.ticket_events as e
        join public.ticket_messages as m on m.id = e.message_id and m.ticket_id = e.ticket_id and m.is_internal
        where e.ticket_id = t.id
            and e.type = 'note-added'
    ) as internal_notes,
    (
        select jsonb_build_object('rating', f.rating, 'comment', f.feedback_text, 'submitted_at', f.created_at)
        from public.ticket_feedback as f
        where f.ticket_id = t.id
    ) as feedback,
    t.source_channel,
    t.created_at,
    t.updated_at,
    t.created_by,
    (
        select coalesce(
            (
                select k.email
                from public.client_contacts as k
                cross join lateral claims.person(null, k.id) as p
                where k.client_id = t.client_id
                    and p.account_id = t.created_by
            ),
            c.email
        )
        from public.clients as c
        where c.id = t.client_id
    ) as customer_email,
    (
        select coalesce(
            jsonb_agg(
                jsonb_build_object('id', p.account_id, 'first_name', p.first_name, 'last_name', p.last_name)
                order by a.nth, a.team_member_id
            ),
            '[]'
        )
        from (
            select 1 as nth, t.assigned_to as team_member_id
            where t.assigned_to is not null
            union all
            select 2, e.agent_id
            from public.ticket_events as e
            where e.ticket_id = t.id
                and e.visibility = 'private'
                and e.type in ('assignment-added', 'assignment-removed')
                and e.agent_id is distinct from t.assigned_to
            group by e.agent_id
            having count(*) filter (where e.type = 'assignment-added') > count(*) filter (where e.type = 'assignment-removed')
        ) as a
        cross join lateral claims.person(a.team_member_id, null) as p
    ) as assigned_to
from public.tickets as t;
comment on view public.ticket_documents is
'Tickets, each with its history, notes, feedback and assignees as documents. Clients see the public part of the own ones.

Every document costs: name the columns that you need, and a limit.';
comment on column public.ticket_documents.id is 'The ticket.';
comment on column public.ticket_documents.number is 'The number that people use, from 1001.';
comment on column public.ticket_documents.title is 'The question in one line.';
comment on column public.ticket_documents.description is 'The question at length.';
comment on column public.ticket_documents.status is 'A code of ticket_statuses; null counts as open.';
comment on column public.ticket_documents.priority is 'low, medium, high or urgent.';
comment on column public.ticket_documents.tags is 'Words to find it by.';
comment on column public.ticket_documents.custom_fields is 'Fields that the desk defines.';
comment on column public.ticket_documents.ticket_history is '{"events": […]}, as rpc/ticket_history has it.';
comment on column public.ticket_documents.internal_notes is '{"notes": […]}: id, content, created_at and created_by; empty for clients.';
comment on column public.ticket_documents.feedback is 'rating, comment and submitted_at; null where there is none.';
comment on column public.ticket_documents.source_channel is 'Where it came from: email, web, chat, widget, portal or api.';
comment on column public.ticket_documents.created_at is 'When it was asked.';
comment on column public.ticket_documents.updated_at is 'The last change.';
comment on column public.ticket_documents.created_by is 'The account that created it.';
comment on column public.ticket_documents.customer_email is 'The address of the contact who opened it, or else the client''s.';
comment on column public.ticket_documents.assigned_to is 'Who has it, then who helps: id (account), first_name and last_name. Clients see the first alone.';
revoke all on public.ticket_documents from public;
grant select on public.ticket_documents to desk_client, desk_agent, desk_service;
