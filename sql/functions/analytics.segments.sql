-- requires: sql/functions/analytics.day_begins.sql, sql/functions/analytics.rollup_zone.sql, sql/functions/filter.period.sql
--
-- A period, cut into what cells can answer and what they cannot: whole months, the whole days around them, and
-- at its two ends what is less than a day of the roll-ups' zone, for which the tickets themselves are read
-- (grain is null). begins and ends are instants, half-open, null for without end; first and last the cells'
-- "since", both included.
--
-- No condition at all is one segment of grain all. What is no range ("is not", "is missing") has no segments;
-- analytics.node_for() sees to it that nobody asks.
create or replace function analytics.segments(period filter.period)
returns table (
    grain text,
    first timestamp,
    last timestamp,
    begins timestamptz,
    ends timestamptz
)
language plpgsql
stable
parallel safe
rows 3
set search_path = ''
as $$
declare
    zone constant text := analytics.rollup_zone();
    since timestamptz := filter.first_moment(period);
    until timestamptz := filter.last_moment(period) + interval '1 microsecond';
    first_day timestamp;
    end_day timestamp;
    first_month timestamp;
    end_month timestamp;
begin
    if period is null then
        return query
        select s.grain, s.since, s.since, s.moment, s.moment
        from (values ('all', '-infinity'::timestamp, null::timestamptz)) as s (grain, since, moment);
        return;
    end if;
    if since >= until then
        return;
    end if;

    -- the first day that is whole, and the first that is not any more
    first_day := coalesce(analytics.local_day(since - interval '1 microsecond', zone) + interval '1 day', '-infinity');
    end_day := coalesce(analytics.local_day(until, zone), 'infinity');
    if first_day > end_day then
        begins := since;
        ends := until;
        return next;
        return;
    end if;
    if since < analytics.day_begins(first_day, zone) then
        begins := since;
        ends := analytics.day_begins(first_day, zone);
        return next;
    end if;
    if until > analytics.day_begins(end_day, zone) then
        begins := analytics.day_begins(end_day, zone);
        ends := until;
        return next;
    end if;

    first_month := date_trunc('month', first_day);
    if first_month < first_day then
        first_month := first_month + interval '1 month';
    end if;
    end_month := date_trunc('month', end_day);
    return query
    select
        s.grain,
        s.from_day,
        s.to_day - s.step,
        analytics.day_begins(s.from_day, zone),
        -- what is at infinity is before no end
        nullif(analytics.day_begins(s.to_day, zone), 'infinity')
    from (
        values
            ('day', interval '1 day', first_day, least(first_month, end_day)),
            ('month', interval '1 month', first_month, end_month),
            ('day', interval '1 day', greatest(end_month, first_month), end_day)
    ) as s (grain, step, from_day, to_day)
    where s.from_day < s.to_day;
end
$$;
comment on function analytics.segments(filter.period) is
'A period in whole months, whole days and what is less than a day of the roll-ups'' zone.';
revoke all on function analytics.segments(filter.period) from public;
grant execute on function analytics.segments(filter.period) to desk_internal, desk_service;
