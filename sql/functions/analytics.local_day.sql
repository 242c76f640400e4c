-- requires: sql/functions/analytics.day_begins.sql
--
-- Of an instant, the day that has begun last: its local date, but for zones that once turned their clocks
-- back over midnight, where a date comes twice. Inlined; in UTC a plain date_trunc.
create or replace function analytics.local_day(at timestamptz, zone text)
returns timestamp
language sql
stable
parallel safe
as $$
    select case
        when zone = 'UTC'
            or not isfinite(at)
            or at < analytics.day_begins(date_trunc('day', timezone(zone, at)) + interval '1 day', zone)
            then date_trunc('day', timezone(zone, at))
        else date_trunc('day', timezone(zone, at)) + interval '1 day'
    end
$$;
comment on function analytics.local_day(timestamptz, text) is
'The local day of an instant in a time zone.';
revoke all on function analytics.local_day(timestamptz, text) from public;
grant execute on function analytics.local_day(timestamptz, text) to desk_internal, desk_service;
