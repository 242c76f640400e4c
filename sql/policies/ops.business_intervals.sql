-- requires: sql/functions/ops.reset_rights.sql
--
-- Worked out from the calendars by triggers of the owner; nobody else reads or writes it.
call ops.reset_rights('ops.business_intervals');
-- NOTE: nothing is granted to anybody.

create policy all_owner on ops.business_intervals for all to desk_owner using (true) with check (true);

comment on table ops.business_intervals is
'When calendars are open, as instants, in order and without overlaps.';
comment on column ops.business_intervals.calendar_id is 'The calendar.';
comment on column ops.business_intervals.opens_at is 'Since when.';
comment on column ops.business_intervals.closes_at is 'Until when.';
comment on column ops.business_intervals.worked_before is 'The working time before it, in microseconds; null: unknown.';
