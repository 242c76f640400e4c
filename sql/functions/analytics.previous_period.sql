-- requires: sql/functions/analytics.local_day.sql, sql/functions/filter.period.sql
--
-- The period of equal length that ends where this one begins. Whole local days are counted as days, so that a
-- day of 23 hours is a day; anything else is a duration. Null for what is no range with a beginning and an end.
create or replace function analytics.previous_period(period filter.period)
returns filter.period
language plpgsql
stable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    zone constant text := current_setting('TimeZone');
    since constant timestamptz := filter.first_moment(period);
    until constant timestamptz := filter.last_moment(period) + interval '1 microsecond';
    first_day timestamp;
    end_day timestamp;
    previous filter.period;
begin
    if since is null
        or until is null
        or period.not_days is not null
        or period.not_instants is not null
        or period.not_local is not null
        or period.is_missing
    then
        return null;
    end if;
    first_day := analytics.local_day(since, zone);
    end_day := analytics.local_day(until, zone);
    if filter.day_begins(first_day) = since and filter.day_begins(end_day) = until then
        previous.from_day := least(first_day, first_day - (end_day - first_day));
        previous.to_day := first_day;
    else
        previous.from_instant := least(since, since - (until - since));
        previous.to_instant := since;
    end if;
    return previous;
end
$$;
comment on function analytics.previous_period(filter.period) is
'The period of equal length before this one: as many whole local days, or the same duration; null where it has no beginning or end.';
revoke all on function analytics.previous_period(filter.period) from public;
grant execute on function analytics.previous_period(filter.period) to desk_internal, desk_service;
