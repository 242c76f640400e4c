-- requires: sql/functions/filter.refuse.sql
--
-- filter.period: eq, neq, not.eq, gte, lte, gt, lt on a date (that whole day) or a timestamp (that
-- instant); is.null, not.is.null.
--
-- Which instants a local day covers depends on the request's time zone, so it can only be STABLE,
-- and a stable expression is computed for every row that it is compared with. Therefore:
-- 1. The operators are immutable and keep what was written: days and local times without a zone.
-- 2. holds() first compares with constants that are right in every zone (zones lie less than 16
--    hours from UTC, historical ones too): they carry the index, the estimate, and nearly all rows.
--    Only rows within 16 hours of a boundary are compared with the boundary itself.
-- 3. A day begins at the earlier of two readings. d::timestamptz is late where midnight comes twice
--    (Havana, the Azores); the end of the day before is late where the day before loses its last
--    hour (Nuuk). Checked against every zone of the time zone database, 2015 to 2027.
-- Without an offset a timestamp is read as PostgreSQL's own cast reads it.

create or replace function filter.to_moment(
    given text,
    out day timestamp,
    out local timestamp,
    out instant timestamptz
)
returns record
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    -- 1 date; 2 year, 3 month, 4 day; 5 time; 6 zone; 7 offset's sign, 8 hours, 9 minutes.
    -- A "+" that a URL turned into a space is still a sign.
    part text[] := regexp_match(
        btrim(given),
        '^(([0-9]{4})-([0-9]{2})-([0-9]{2}))'
        '(?:[Tt ]((?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:[.][0-9]{1,9})?)?)'
        '([Zz]|([-+ ])(0[0-9]|1[0-5])(?::?([0-5][0-9]))?)?)?$'
    );
begin
    if part is null
        or part[2] = '0000'
        or part[3]::integer not between 1 and 12
        or part[4]::integer not between 1 and date_part(
            'day',
            make_date(part[2]::integer, part[3]::integer, 1) + interval '1 month - 1 day'
        )
    then
        perform filter.refuse(
            'period',
            given,
            'expected a date such as 2025-03-01 or a timestamp such as 2025-03-01T09:30:00Z'
        );
    end if;
    if part[5] is null then
        day := part[1]::timestamp;
    elsif part[6] is null then
        local := (part[1] || ' ' || part[5])::timestamp;
    else
        instant := (part[1] || ' ' || part[5])::timestamp at time zone 'UTC';
        if part[7] is not null then
            instant := instant + make_interval(
                hours => part[8]::integer,
                mins => coalesce(part[9], '0')::integer
            ) * case part[7] when '-' then 1 else -1 end;
        end if;
    end if;
end
$$;
comment on function filter.to_moment(text) is
'A date or timestamp as written: a whole day, a local time, or an instant; anything else is refused.';

create or replace function filter.period_gte(value text)
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    at record := filter.to_moment(value);
    condition filter.period;
begin
    condition.from_day := at.day;
    condition.local_gte := at.local;
    condition.from_instant := at.instant;
    return condition;
end
$$;
comment on function filter.period_gte(text) is 'On or after this day, at or after this instant.';

create or replace function filter.period_gt(value text)
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    at record := filter.to_moment(value);
    condition filter.period;
begin
    condition.from_day := at.day + interval '1 day';
    condition.local_gt := at.local;
    condition.from_instant := at.instant + interval '1 microsecond';
    return condition;
end
$$;
comment on function filter.period_gt(text) is 'From the next day on, or after this instant.';

create or replace function filter.period_lte(value text)
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    at record := filter.to_moment(value);
    condition filter.period;
begin
    condition.to_day := at.day + interval '1 day';
    condition.local_lte := at.local;
    condition.to_instant := at.instant + interval '1 microsecond';
    return condition;
end
$$;
comment on function filter.period_lte(text) is 'Up to the end of this day, or up to and with this instant.';

create or replace function filter.period_lt(value text)
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    at record := filter.to_moment(value);
    condition filter.period;
begin
    condition.to_day := at.day;
    condition.local_lt := at.local;
    condition.to_instant := at.instant;
    return condition;
end
$$;
comment on function filter.period_lt(text) is 'Before this day begins, or before this instant.';

create or replace function filter.period_eq(value text)
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    at record := filter.to_moment(value);
    condition filter.period;
begin
    condition.from_day := at.day;
    condition.to_day := at.day + interval '1 day';
    condition.local_gte := at.local;
    condition.local_lte := at.local;
    condition.from_instant := at.instant;
    condition.to_instant := at.instant + interval '1 microsecond';
    return condition;
end
$$;
comment on function filter.period_eq(text) is 'Within this day, or exactly this instant.';

create or replace function filter.period_neq(value text)
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    at record := filter.to_moment(value);
    condition filter.period;
begin
    condition.not_days := nullif(array_remove(array[at.day::date], null), '{}');
    condition.not_local := nullif(array_remove(array[at.local], null), '{}');
    condition.not_instants := nullif(array_remove(array[at.instant], null), '{}');
    return condition;
end
$$;
comment on function filter.period_neq(text) is 'Not within this day, not this instant, or missing.';

create or replace function filter.period_not_eq(value text)
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return filter.period_neq(value);
end
$$;
comment on function filter.period_not_eq(text) is 'Not within this day, not this instant, or missing.';

create or replace function filter.period_is_null()
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    condition filter.period;
begin
    condition.is_missing := true;
    return condition;
end
$$;
comment on function filter.period_is_null() is 'Is missing.';

create or replace function filter.period_not_is_null()
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    condition filter.period;
begin
    condition.is_missing := false;
    return condition;
end
$$;
comment on function filter.period_not_is_null() is 'Is present.';

-- Of two local times the later is the later bound, although in the hour that a zone skips in spring
-- the readings of two local times may come in the other order.
create or replace function filter.period_and(a filter.period, b filter.period)
returns filter.period
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(
        greatest(a.from_day, b.from_day),
        least(a.to_day, b.to_day),
        greatest(a.from_instant, b.from_instant),
        -- missing and present at once: nothing is before -infinity
        case
            when a.is_missing <> b.is_missing then '-infinity'
            else least(a.to_instant, b.to_instant)
        end,
        greatest(a.local_gte, b.local_gte),
        greatest(a.local_gt, b.local_gt),
        least(a.local_lte, b.local_lte),
        least(a.local_lt, b.local_lt),
        a.not_days || b.not_days,
        a.not_instants || b.not_instants,
        a.not_local || b.not_local,
        coalesce(a.is_missing, b.is_missing)
    )::filter.period;
end
$$;
comment on function filter.period_and(filter.period, filter.period) is 'Both conditions hold.';

create or replace function filter.day_begins(day timestamp)
returns timestamptz
language sql
stable
parallel safe
as $$
    select least(
        day::timestamptz,
        (day - interval '1 microsecond')::timestamptz + interval '1 microsecond'
    )
$$;
comment on function filter.day_begins(timestamp) is
'The instant at which a local day begins, in the session''s time zone.';

create or replace function filter.holds(condition filter.period, value timestamptz)
returns boolean
language sql
stable
parallel safe
as $$
    select (
            condition.from_day is null
            or value >= timezone('UTC', condition.from_day - interval '16 hours')
            and (
                value >= timezone('UTC', condition.from_day + interval '16 hours')
                or value >= filter.day_begins(condition.from_day)
            )
        )
        and (
            condition.to_day is null
            or value < timezone('UTC', condition.to_day + interval '16 hours')
            and (
                value < timezone('UTC', condition.to_day - interval '16 hours')
                or value < filter.day_begins(condition.to_day)
            )
        )
        and (condition.from_instant is null or value >= condition.from_instant)
        and (condition.to_instant is null or value < condition.to_instant)
        and (condition.local_gte is null or value >= condition.local_gte::timestamptz)
        and (condition.local_gt is null or value > condition.local_gt::timestamptz)
        and (condition.local_lte is null or value <= condition.local_lte::timestamptz)
        and (condition.local_lt is null or value < condition.local_lt::timestamptz)
        and (
            condition.not_days is null
            or value is null
            or value::date <> all (condition.not_days)
        )
        and (
            condition.not_instants is null
            or value is null
            or value <> all (condition.not_instants)
        )
        and (
            condition.not_local is null
            or value is null
            or value <> all (condition.not_local::timestamptz[])
        )
        and (condition.is_missing is null or (value is null) = condition.is_missing)
$$;
comment on function filter.holds(filter.period, timestamptz) is
'Whether a value satisfies a condition, days being those of the session''s time zone.';

-- Where a chart begins and ends. What is cut out of the middle (neq) does not move them.
create or replace function filter.first_moment(condition filter.period)
returns timestamptz
language sql
stable
parallel safe
as $$
    select greatest(
        filter.day_begins(condition.from_day),
        condition.from_instant,
        condition.local_gte::timestamptz,
        condition.local_gt::timestamptz + interval '1 microsecond'
    )
$$;
comment on function filter.first_moment(filter.period) is
'The first instant that a condition admits, in the session''s time zone; null where it has no beginning.';

create or replace function filter.last_moment(condition filter.period)
returns timestamptz
language sql
stable
parallel safe
as $$
    select least(
        filter.day_begins(condition.to_day) - interval '1 microsecond',
        condition.to_instant - interval '1 microsecond',
        condition.local_lte::timestamptz,
        condition.local_lt::timestamptz - interval '1 microsecond'
    )
$$;
comment on function filter.last_moment(filter.period) is
'The last instant that a condition admits, in the session''s time zone; null where it has no end.';

revoke all on function
    filter.to_moment(text),
    filter.period_eq(text),
    filter.period_neq(text),
    filter.period_not_eq(text),
    filter.period_gte(text),
    filter.period_gt(text),
    filter.period_lte(text),
    filter.period_lt(text),
    filter.period_is_null(),
    filter.period_not_is_null(),
    filter.period_and(filter.period, filter.period),
    filter.day_begins(timestamp),
    filter.first_moment(filter.period),
    filter.last_moment(filter.period),
    filter.holds(filter.period, timestamptz)
from public;
grant execute on function
    filter.to_moment(text),
    filter.period_eq(text),
    filter.period_neq(text),
    filter.period_not_eq(text),
    filter.period_gte(text),
    filter.period_gt(text),
    filter.period_lte(text),
    filter.period_lt(text),
    filter.period_is_null(),
    filter.period_not_is_null(),
    filter.period_and(filter.period, filter.period),
    filter.day_begins(timestamp),
    filter.first_moment(filter.period),
    filter.last_moment(filter.period),
    filter.holds(filter.period, timestamptz)
to desk_client, desk_internal, desk_service;
