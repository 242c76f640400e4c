-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql
--
-- When the desk works. Staff read it, managers change it, admins also add and delete; one that a policy
-- goes by stays (foreign key). What a client was promised is said by the due times of the own tickets.
call ops.reset_rights('public.business_calendars');

grant select on public.business_calendars to desk_agent, desk_service;
grant update (name, timezone, metadata)
on public.business_calendars to desk_manager;
grant
insert (name, timezone, metadata),
delete
on public.business_calendars to desk_admin;
grant insert, update, delete on public.business_calendars to desk_service;
call ops.grant_ids('public.business_calendars', 'desk_admin', 'desk_service');
-- NOTE: desk_anon and desk_client get nothing; desk_agent only reads.

create policy all_owner on public.business_calendars for all to desk_owner using (true) with check (true);

create policy select_all_agent on public.business_calendars for select to desk_agent
using (true);

create policy update_all_manager on public.business_calendars for update to desk_manager
using (true)
with check (true);

create policy insert_all_admin on public.business_calendars for insert to desk_admin
with check (true);

create policy delete_all_admin on public.business_calendars for delete to desk_admin
using (true);

create policy select_all_service on public.business_calendars for select to desk_service using (true);

create policy insert_all_service on public.business_calendars for insert to desk_service with check (true);

create policy update_all_service on public.business_calendars for update to desk_service using (true) with check (true);

create policy delete_all_service on public.business_calendars for delete to desk_service using (true);

comment on table public.business_calendars is
'When the desk works: the hours in business_hours, less the days in business_holidays.';
comment on column public.business_calendars.id is 'The calendar.';
comment on column public.business_calendars.name is 'Its name.';
comment on column public.business_calendars.timezone is 'Where its clock hangs, such as Europe/Berlin.';
comment on column public.business_calendars.metadata is 'Anything else, as the desk likes.';
