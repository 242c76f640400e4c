-- requires: sql/functions/ops.reset_rights.sql
--
-- Reference data: whoever may open a ticket reads which fields the desk asks for; managers define
-- them. ops.check_custom_fields holds tickets to it.
call ops.reset_rights('public.custom_fields');

grant select on public.custom_fields to desk_client, desk_agent, desk_service;
grant
insert (name, label, kind, choices, is_required, sort, metadata),
update (label, kind, choices, is_required, sort, metadata),
delete
on public.custom_fields to desk_manager;
grant insert, update, delete on public.custom_fields to desk_service;
-- NOTE: a field keeps its name: it is the key in the tickets that have it.

create policy all_owner on public.custom_fields for all to desk_owner using (true) with check (true);

create policy select_all_client on public.custom_fields for select to desk_client
using (true);

create policy select_all_agent on public.custom_fields for select to desk_agent
using (true);

create policy insert_all_manager on public.custom_fields for insert to desk_manager
with check (true);

create policy update_all_manager on public.custom_fields for update to desk_manager
using (true)
with check (true);

create policy delete_all_manager on public.custom_fields for delete to desk_manager
using (true);

create policy select_all_service on public.custom_fields for select to desk_service using (true);

create policy insert_all_service on public.custom_fields for insert to desk_service with check (true);

create policy update_all_service on public.custom_fields for update to desk_service using (true) with check (true);

create policy delete_all_service on public.custom_fields for delete to desk_service using (true);

comment on table public.custom_fields is
'Fields that the desk defines for tickets.custom_fields. Other keys stay free.';
comment on column public.custom_fields.name is 'The key in tickets.custom_fields: lower case letters, digits and _.';
comment on column public.custom_fields.label is 'What people read.';
comment on column public.custom_fields.kind is 'text, number, boolean, date (2025-03-01) or choice.';
comment on column public.custom_fields.choices is 'What a choice may be.';
comment on column public.custom_fields.is_required is 'Whether a new ticket must have it.';
comment on column public.custom_fields.sort is 'The order in which fields are shown.';
comment on column public.custom_fields.metadata is 'Anything else, as the desk likes.';
