-- Whether each hour of UTC, from the first of these days to the end of the last, is an hour of the session's time
-- zone too, so that what was counted by the one is counted by the other. Not so where the offset is no whole
-- hour, nor where clocks are turned within one (Lord Howe by half an hour, Casey at one minute past).
--
-- Where a day begins and ends at one offset, clocks were not turned on it; on others each hour is looked at.
create or replace function analytics.has_whole_hours(first timestamp, last timestamp)
returns boolean
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    return not exists (
        select
        from generate_series(first, last, interval '1 day') as d (day)
        cross join lateral (
            select
                timezone('UTC', d.day)::timestamp - d.day as offset_before,
                timezone('UTC', d.day + interval '1 day')::timestamp - (d.day + interval '1 day') as offset_after
        ) as o
        where o.offset_before <> date_trunc('hour', o.offset_before)
            or o.offset_before <> o.offset_after
            and exists (
                select
                from generate_series(d.day, d.day + interval '23 hours', interval '1 hour') as h (hour)
                where timezone('UTC', h.hour)::timestamp <> date_trunc('hour', timezone('UTC', h.hour)::timestamp)
                    or timezone('UTC', h.hour + interval '59 minutes 59.999999 seconds')::timestamp
                        <> timezone('UTC', h.hour)::timestamp + interval '59 minutes 59.999999 seconds'
            )
    );
end
$$;
comment on function analytics.has_whole_hours(timestamp, timestamp) is
'Whether hours of UTC are hours of the session''s time zone, between two days.';
revoke all on function analytics.has_whole_hours(timestamp, timestamp) from public;
grant execute on function analytics.has_whole_hours(timestamp, timestamp) to desk_internal, desk_service;
