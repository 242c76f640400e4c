-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql
--
-- The week of a calendar. Staff read it, managers change it: an interval is added and removed as well as
-- moved, so they may do all three.
call ops.reset_rights('public.business_hours');

grant select on public.business_hours to desk_agent, desk_service;
grant update (calendar_id, weekday, opens, closes)
on public.business_hours to desk_manager;
grant
insert (calendar_id, weekday, opens, closes),
delete
on public.business_hours to desk_manager;
grant insert, update, delete on public.business_hours to desk_service;
call ops.grant_ids('public.business_hours', 'desk_manager', 'desk_service');
-- NOTE: desk_anon and desk_client get nothing; desk_agent only reads.

create policy all_owner on public.business_hours for all to desk_owner using (true) with check (true);

create policy select_all_agent on public.business_hours for select to desk_agent
using (true);

create policy update_all_manager on public.business_hours for update to desk_manager
using (true)
with check (true);

create policy insert_all_manager on public.business_hours for insert to desk_manager
with check (true);

create policy delete_all_manager on public.business_hours for delete to desk_manager
using (true);

create policy select_all_service on public.business_hours for select to desk_service using (true);

create policy insert_all_service on public.business_hours for insert to desk_service with check (true);

create policy update_all_service on public.business_hours for update to desk_service using (true) with check (true);

create policy delete_all_service on public.business_hours for delete to desk_service using (true);

comment on table public.business_hours is
'The hours of a calendar: as many intervals a day as there are, none of them overlapping.';
comment on column public.business_hours.id is 'The interval.';
comment on column public.business_hours.calendar_id is 'The calendar.';
comment on column public.business_hours.weekday is 'From 1, Monday, to 7, Sunday.';
comment on column public.business_hours.opens is 'From when, in the calendar''s time zone, to the minute.';
comment on column public.business_hours.closes is 'Until when; 24:00 is the end of the day.';
