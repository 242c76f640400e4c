-- requires: sql/functions/ops.reset_rights.sql
--
-- Reference data: every signed-in role reads it, the public does not.
call ops.reset_rights('public.ticket_statuses');

grant select on public.ticket_statuses to desk_client, desk_agent, desk_service;
-- NOTE: desk_anon gets nothing. Writing is not granted yet.

create policy all_owner on public.ticket_statuses for all to desk_owner using (true) with check (true);

create policy select_all_client on public.ticket_statuses for select to desk_client
using (true);

create policy select_all_agent on public.ticket_statuses for select to desk_agent
using (true);

create policy select_all_service on public.ticket_statuses for select to desk_service using (true);

comment on table public.ticket_statuses is
'The statuses a ticket can have. Widgets count by category.';
comment on column public.ticket_statuses.code is 'What stands in tickets.status.';
comment on column public.ticket_statuses.category is 'open, pending (waiting for the client), solved or closed. Open tickets are those of category open and pending.';
comment on column public.ticket_statuses.pauses_sla is 'Whether the service level''s clock stands still.';
comment on column public.ticket_statuses.sort is 'The order in which statuses are shown.';
comment on column public.ticket_statuses.metadata is 'Anything else, as the desk likes.';
