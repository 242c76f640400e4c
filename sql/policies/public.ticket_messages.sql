-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql, sql/functions/claims.client_id.sql, sql/functions/claims.team_member_id.sql, sql/functions/claims.sees_all_tickets.sql
--
-- Messages follow the ticket: the policies of tickets apply within the sub-select. A client never sees an internal note.
-- Where every agent sees every ticket the ticket is not looked at.
--
-- Writing: everybody in the own name, on tickets that they see; clients not on closed ones, and no
-- notes. ops.check_message signs the message and says what is wrong; the policies hold without it.
-- What was said stays: nobody but desk_service changes or deletes a message, an admin erases the
-- ticket. So there is no editing of one's own message either.
call ops.reset_rights('public.ticket_messages');

grant select on public.ticket_messages to desk_client, desk_agent, desk_service;
grant insert (ticket_id, message_text) on public.ticket_messages to desk_client;
-- NOTE: a client does not say whom a message is from: a default is not told apart from an answer, so
-- a granted from_client could say false. Nor is_internal or is_question, nor a time, nor an author.
grant insert (ticket_id, message_text, is_internal, is_question, from_client, from_team_member_id)
on public.ticket_messages to desk_agent;
grant insert, update, delete on public.ticket_messages to desk_service;
call ops.grant_ids('public.ticket_messages', 'desk_client', 'desk_agent', 'desk_service');
-- NOTE: desk_anon gets nothing. No staff role may update or delete.

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

create policy insert_own on public.ticket_messages for insert to desk_client
with check (
    exists (
        select
        from public.tickets as t
        where t.id = ticket_id
            and t.client_id = (select claims.client_id())
    )
);

-- Whatever else a client may be granted one day.
create policy insert_as_client on public.ticket_messages as restrictive for insert to desk_client
with check (from_client and from_team_member_id is null and not is_internal and not is_question);

create policy insert_visible on public.ticket_messages for insert to desk_agent
with check (
    (select claims.sees_all_tickets())
    or exists (select from public.tickets as t where t.id = ticket_id)
);

create policy insert_all_manager on public.ticket_messages for insert to desk_manager
with check (true);

create policy insert_as_oneself on public.ticket_messages as restrictive for insert to desk_agent
with check (not from_client and from_team_member_id = (select claims.team_member_id()));

create policy select_all_service on public.ticket_messages for select to desk_service using (true);

create policy insert_all_service on public.ticket_messages for insert to desk_service with check (true);

create policy update_all_service on public.ticket_messages for update to desk_service using (true) with check (true);

create policy delete_all_service on public.ticket_messages for delete to desk_service using (true);

comment on table public.ticket_messages is
'The conversation on a ticket. Clients see the public messages of the own tickets, staff those of the tickets they see.';
comment on column public.ticket_messages.id is 'The message.';
comment on column public.ticket_messages.ticket_id is 'The ticket.';
comment on column public.ticket_messages.from_client is 'Whether the client wrote it.';
comment on column public.ticket_messages.from_team_member_id is 'The team member who wrote it.';
comment on column public.ticket_messages.message_text is 'The text.';
comment on column public.ticket_messages.created_at is 'When it was written.';
comment on column public.ticket_messages.is_internal is 'A note among staff: never visible to clients.';
comment on column public.ticket_messages.is_question is 'A question of staff to the client: the ticket is pending until the client answers.';
comment on column public.ticket_messages.created_by is 'The account that wrote it.';
comment on column public.ticket_messages.metadata is 'Anything else, as the desk likes.';
