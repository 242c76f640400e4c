-- requires: sql/functions/ops.reset_rights.sql
--
-- Reference data: every signed-in role reads it, the public does not.
call ops.reset_rights('public.ticket_types');

grant select on public.ticket_types to desk_client, desk_agent, desk_service;
-- NOTE: desk_anon gets nothing. Writing is not granted yet.

create policy all_owner on public.ticket_types for all to desk_owner using (true) with check (true);

create policy select_all_client on public.ticket_types for select to desk_client
using (true);

create policy select_all_agent on public.ticket_types for select to desk_agent
using (true);

create policy select_all_service on public.ticket_types for select to desk_service using (true);

comment on table public.ticket_types is
'What tickets are about.';
comment on column public.ticket_types.id is 'The type.';
comment on column public.ticket_types.type_name is 'Its name.';
comment on column public.ticket_types.department is 'Which department answers.';
comment on column public.ticket_types.priority is 'The usual priority: low, medium, high or urgent.';
comment on column public.ticket_types.avg_resolution_hours is 'How long a ticket of this type is expected to take, in hours.';
comment on column public.ticket_types.metadata is 'Anything else, as the desk likes.';
