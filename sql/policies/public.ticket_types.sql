-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql
--
-- Reference data: every signed-in role reads it, the public does not. Managers change types, admins
-- also add and delete them; a type that a ticket has stays (foreign key).
call ops.reset_rights('public.ticket_types');

grant select on public.ticket_types to desk_client, desk_agent, desk_service;
grant update (type_name, department, priority, avg_resolution_hours, metadata)
on public.ticket_types to desk_manager;
grant
insert (type_name, department, priority, avg_resolution_hours, metadata),
delete
on public.ticket_types to desk_admin;
grant insert, update, delete on public.ticket_types to desk_service;
call ops.grant_ids('public.ticket_types', 'desk_admin', 'desk_service');
-- NOTE: desk_anon gets nothing; desk_client and desk_agent only read.

create policy all_owner on public.ticket_types for all to desk_owner using (true) with check (true);

create policy select_all_client on public.ticket_types for select to desk_client
using (true);

create policy select_all_agent on public.ticket_types for select to desk_agent
using (true);

create policy update_all_manager on public.ticket_types for update to desk_manager
using (true)
with check (true);

create policy insert_all_admin on public.ticket_types for insert to desk_admin
with check (true);

create policy delete_all_admin on public.ticket_types for delete to desk_admin
using (true);

create policy select_all_service on public.ticket_types for select to desk_service using (true);

create policy insert_all_service on public.ticket_types for insert to desk_service with check (true);

create policy update_all_service on public.ticket_types for update to desk_service using (true) with check (true);

create policy delete_all_service on public.ticket_types for delete to desk_service using (true);

comment on table public.ticket_types is
'What tickets are about.';
comment on column public.ticket_types.id is 'The type.';
comment on column public.ticket_types.type_name is 'Its name.';
comment on column public.ticket_types.department is 'Which department answers.';
comment on column public.ticket_types.priority is 'The usual priority: low, medium, high or urgent.';
comment on column public.ticket_types.avg_resolution_hours is 'How long a ticket of this type is expected to take, in hours.';
comment on column public.ticket_types.metadata is 'Anything else, as the desk likes.';
