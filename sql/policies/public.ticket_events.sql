-- requires: sql/functions/ops.reset_rights.sql, sql/functions/claims.client_id.sql, sql/functions/claims.sees_all_tickets.sql
--
-- Events follow the ticket: the policies of tickets apply within the sub-select. A client sees the
-- public ones. Where every agent sees every ticket the ticket is not looked at.
--
-- Append-only by grants: nobody writes, changes or deletes an event, desk_service neither. Triggers of
-- the owner write them (ops.add_…_events); they go when an admin deletes the ticket.
call ops.reset_rights('public.ticket_events');

grant select on public.ticket_events to desk_client, desk_agent, desk_service;
-- NOTE: desk_anon gets nothing. No verb of writing is granted to anybody, nor the sequence.

create policy all_owner on public.ticket_events for all to desk_owner using (true) with check (true);

create policy select_own on public.ticket_events for select to desk_client
using (
    visibility = 'public'
    and exists (
        select
        from public.tickets as t
        where t.id = ticket_id
            and t.client_id = (select claims.client_id())
    )
);

create policy select_visible on public.ticket_events for select to desk_agent
using (
    (select claims.sees_all_tickets())
    or exists (select from public.tickets as t where t.id = ticket_id)
);

create policy select_all_manager on public.ticket_events for select to desk_manager
using (true);

create policy select_all_service on public.ticket_events for select to desk_service using (true);

comment on table public.ticket_events is
'What happened to each ticket, in order; written by the database alone. Clients see the public events of the own tickets, staff all events of the tickets they see.

Sort by created_at, then seq. A new type may come at any time.';
comment on column public.ticket_events.id is 'The event.';
comment on column public.ticket_events.seq is 'Tells apart what happened at the same moment.';
comment on column public.ticket_events.created_at is 'When.';
comment on column public.ticket_events.ticket_id is 'The ticket.';
comment on column public.ticket_events.message_id is 'The message, where the event is about one. Its text is in ticket_messages.';
comment on column public.ticket_events.agent_id is 'The team member who got or lost the ticket.';
comment on column public.ticket_events.actor_team_member_id is 'The team member who did it.';
comment on column public.ticket_events.actor_id is 'The account of who did it.';
comment on column public.ticket_events.type is 'created, message, note-added, status-update, priority-change, assignment-added, assignment-removed, field-added, field-removed, field-changed, message-changed, message-removed, feedback-added, feedback-changed, feedback-removed.';
comment on column public.ticket_events.visibility is 'public: also the client sees it; private: staff alone.';
comment on column public.ticket_events.actor_role is 'agent, customer, or system: nobody asked for it.';
comment on column public.ticket_events.actor_first_name is 'Their first name, as it was then; a client''s name where no contact is known.';
comment on column public.ticket_events.actor_last_name is 'Their last name, as it was then.';
comment on column public.ticket_events.field_name is 'The column of the ticket, or the key in custom_fields, that changed.';
comment on column public.ticket_events.old_value is 'What it was before.';
comment on column public.ticket_events.new_value is 'What it is since; for created, the ticket''s first state; for feedback, the rating.';
comment on column public.ticket_events.metadata is 'collaborator: an assignment beside assigned_to. custom_field: field_name is a key of custom_fields. columns: what changed in a message. backfilled: found when the history began.';
