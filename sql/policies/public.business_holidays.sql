-- requires: sql/functions/ops.reset_rights.sql
--
-- The days on which a calendar is closed. Staff read them, managers change them, add and remove them.
call ops.reset_rights('public.business_holidays');

grant select on public.business_holidays to desk_agent, desk_service;
grant update (calendar_id, day, name)
on public.business_holidays to desk_manager;
grant
insert (calendar_id, day, name),
delete
on public.business_holidays to desk_manager;
grant insert, update, delete on public.business_holidays to desk_service;
-- NOTE: desk_anon and desk_client get nothing; desk_agent only reads.

create policy all_owner on public.business_holidays for all to desk_owner using (true) with check (true);

create policy select_all_agent on public.business_holidays for select to desk_agent
using (true);

create policy update_all_manager on public.business_holidays for update to desk_manager
using (true)
with check (true);

create policy insert_all_manager on public.business_holidays for insert to desk_manager
with check (true);

create policy delete_all_manager on public.business_holidays for delete to desk_manager
using (true);

create policy select_all_service on public.business_holidays for select to desk_service using (true);

create policy insert_all_service on public.business_holidays for insert to desk_service with check (true);

create policy update_all_service on public.business_holidays for update to desk_service using (true) with check (true);

create policy delete_all_service on public.business_holidays for delete to desk_service using (true);

comment on table public.business_holidays is
'The days on which a calendar is closed.';
comment on column public.business_holidays.calendar_id is 'The calendar.';
comment on column public.business_holidays.day is 'The day, in the calendar''s time zone.';
comment on column public.business_holidays.name is 'What is celebrated.';
