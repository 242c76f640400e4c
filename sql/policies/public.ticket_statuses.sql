-- requires: sql/functions/ops.reset_rights.sql
--
-- Reference data: every signed-in role reads it, the public does not. Managers say what a status
-- means, admins also add, rename and delete them; a status that a ticket has stays (foreign key), and
-- renaming it renames it on its tickets. ops.check_status keeps a status of resolved tickets from
-- becoming an open one.
call ops.reset_rights('public.ticket_statuses');

grant select on public.ticket_statuses to desk_client, desk_agent, desk_service;
grant update (category, pauses_sla, sort, metadata) on public.ticket_statuses to desk_manager;
grant
insert (code, category, pauses_sla, is_default, sort, metadata),
update (code, is_default),
delete
on public.ticket_statuses to desk_admin;
grant insert, update, delete on public.ticket_statuses to desk_service;
-- NOTE: desk_anon gets nothing; desk_client and desk_agent only read.

create policy all_owner on public.ticket_statuses for all to desk_owner using (true) with check (true);

create policy select_all_client on public.ticket_statuses for select to desk_client
using (true);

create policy select_all_agent on public.ticket_statuses for select to desk_agent
using (true);

create policy update_all_manager on public.ticket_statuses for update to desk_manager
using (true)
with check (true);

create policy insert_all_admin on public.ticket_statuses for insert to desk_admin
with check (true);

create policy delete_all_admin on public.ticket_statuses for delete to desk_admin
using (true);

create policy select_all_service on public.ticket_statuses for select to desk_service using (true);

create policy insert_all_service on public.ticket_statuses for insert to desk_service with check (true);

create policy update_all_service on public.ticket_statuses for update to desk_service using (true) with check (true);

create policy delete_all_service on public.ticket_statuses for delete to desk_service using (true);

comment on table public.ticket_statuses is
'The statuses a ticket can have. Widgets count by category.';
comment on column public.ticket_statuses.code is 'What stands in tickets.status.';
comment on column public.ticket_statuses.category is 'open, pending (waiting for the client), solved or closed. Open tickets are those of category open and pending.';
comment on column public.ticket_statuses.pauses_sla is 'Whether the service level''s clock stands still.';
comment on column public.ticket_statuses.is_default is 'Whether it stands for its category, where a function or a message moves a ticket; one a category.';
comment on column public.ticket_statuses.sort is 'The order in which statuses are shown.';
comment on column public.ticket_statuses.metadata is 'Anything else, as the desk likes.';
