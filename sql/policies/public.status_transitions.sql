-- requires: sql/functions/ops.reset_rights.sql
--
-- Reference data: staff read which status may follow which, admins say it.
call ops.reset_rights('public.status_transitions');

grant select on public.status_transitions to desk_agent, desk_service;
grant insert (from_category, to_category, metadata), update (metadata), delete
on public.status_transitions to desk_admin;
grant insert, update, delete on public.status_transitions to desk_service;
-- NOTE: desk_client gets nothing: a client's answers move a ticket, the client does not.

create policy all_owner on public.status_transitions for all to desk_owner using (true) with check (true);

create policy select_all_agent on public.status_transitions for select to desk_agent
using (true);

create policy insert_all_admin on public.status_transitions for insert to desk_admin
with check (true);

create policy update_all_admin on public.status_transitions for update to desk_admin
using (true)
with check (true);

create policy delete_all_admin on public.status_transitions for delete to desk_admin
using (true);

create policy select_all_service on public.status_transitions for select to desk_service using (true);

create policy insert_all_service on public.status_transitions for insert to desk_service with check (true);

create policy update_all_service on public.status_transitions for update to desk_service using (true) with check (true);

create policy delete_all_service on public.status_transitions for delete to desk_service using (true);

comment on table public.status_transitions is
'Which category of status may follow which, for whoever changes a ticket. Within a category every step is free.';
comment on column public.status_transitions.from_category is 'The category that a ticket leaves.';
comment on column public.status_transitions.to_category is 'The category that it goes to.';
comment on column public.status_transitions.metadata is 'Anything else, as the desk likes.';
