-- requires: sql/functions/ops.reset_rights.sql, sql/functions/claims.client_id.sql, sql/functions/claims.sees_all_tickets.sql
--
-- Messages follow the ticket: the policies of tickets apply within the sub-select. A client never sees an internal note.
-- Where every agent sees every ticket the ticket is not looked at.
call ops.reset_rights('public.ticket_messages');

grant select on public.ticket_messages to desk_client, desk_agent, desk_service;
-- NOTE: desk_anon gets nothing. Writing is not granted yet.

create policy all_owner on public.ticket_messages for all to desk_owner using (true) with check (true);

create policy select_own on public.ticket_messages for select to desk_client
using (
    not is_internal
    and exists (
        select
        from public.tickets as t
        where t.id = ticket_id
            and t.client_id = (select claims.client_id())
    )
);

create policy select_visible on public.ticket_messages for select to desk_agent
using (
    (select claims.sees_all_tickets())
    or exists (select from public.tickets as t where t.id = ticket_id)
);

create policy select_all_manager on public.ticket_messages for select to desk_manager
using (true);

create policy select_all_service on public.ticket_messages for select to desk_service using (true);

comment on table public.ticket_messages is
'The conversation on a ticket. Clients see the public messages of the own tickets, staff those of the tickets they see.';
comment on column public.ticket_messages.id is 'The message.';
comment on column public.ticket_messages.ticket_id is 'The ticket.';
comment on column public.ticket_messages.from_client is 'Whether the client wrote it.';
comment on column public.ticket_messages.from_team_member_id is 'The team member who wrote it.';
comment on column public.ticket_messages.message_text is 'The text.';
comment on column public.ticket_messages.created_at is 'When it was written.';
comment on column public.ticket_messages.is_internal is 'A note among staff: never visible to clients.';
comment on column public.ticket_messages.created_by is 'The account that wrote it.';
comment on column public.ticket_messages.metadata is 'Anything else, as the desk likes.';
