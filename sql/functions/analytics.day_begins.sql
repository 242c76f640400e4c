-- As filter.day_begins(), in a zone that is named: the first instant of a local day, also where clocks are
-- turned at midnight. Infinite days begin at their infinity.
create or replace function analytics.day_begins(day timestamp, zone text)
returns timestamptz
language sql
stable
parallel safe
as $$
    select least(
        timezone(zone, day),
        timezone(zone, day - interval '1 microsecond') + interval '1 microsecond'
    )
$$;
comment on function analytics.day_begins(timestamp, text) is
'The instant at which a local day begins in a time zone.';
revoke all on function analytics.day_begins(timestamp, text) from public;
grant execute on function analytics.day_begins(timestamp, text) to desk_internal, desk_service;
