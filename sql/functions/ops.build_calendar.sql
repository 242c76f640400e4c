-- The opening times of a calendar as instants: all moments at which the clock on its wall shows a time
-- within its hours, on a day that is no holiday. An hour that daylight saving skips is not there, one
-- that comes twice is there twice.
--
-- Between two changes of its offset a zone is a plain sum, so: the stretches of one offset, found to the
-- minute on the few days whose midnights differ, and the hours of each local day cut by each stretch.
--
-- From ten years back to five years ahead, whole years; ops.extend_calendars moves that on. Outside of it
-- nothing is known: due times are null there, not wrong (ops.worked, ops.worked_until).
create or replace function ops.build_calendar(calendar integer)
returns void
language plpgsql
set search_path = ''
as $$
declare
    zone constant text := (select c.timezone from public.business_calendars as c where c.id = calendar);
    since constant timestamptz := (date_trunc('year', now() at time zone 'UTC') - interval '10 years') at time zone 'UTC';
    until constant timestamptz := (date_trunc('year', now() at time zone 'UTC') + interval '6 years') at time zone 'UTC';
begin
    delete from ops.business_intervals as i where i.calendar_id = calendar;
    insert into ops.business_intervals (calendar_id, opens_at, closes_at, worked_before)
    with days as (
        select
            d.at,
            d.at at time zone zone - d.at at time zone 'UTC' as utc_offset,
            lead(d.at at time zone zone - d.at at time zone 'UTC') over (order by d.at) as next_offset
        from generate_series(since, until, interval '24 hours') as d (at)
    ),
    changes as (
        select since as at
        union all
        select (
            select min(m.at)
            from generate_series(d.at, d.at + interval '24 hours', interval '1 minute') as m (at)
            where m.at at time zone zone - m.at at time zone 'UTC' <> d.utc_offset
        )
        from days as d
        where d.next_offset <> d.utc_offset
    ),
    stretches as (
        select
            c.at as begins,
            lead(c.at, 1, until) over (order by c.at) as ends,
            c.at at time zone zone - c.at at time zone 'UTC' as utc_offset
        from changes as c
    ),
    pieces as (
        select
            greatest((d.local_day::date + h.opens - s.utc_offset) at time zone 'UTC', s.begins) as opens_at,
            least((d.local_day::date + h.closes - s.utc_offset) at time zone 'UTC', s.ends) as closes_at
        from stretches as s
        cross join lateral generate_series(
            date_trunc('day', s.begins at time zone 'UTC' + s.utc_offset),
            s.ends at time zone 'UTC' + s.utc_offset,
            interval '1 day'
        ) as d (local_day)
        join public.business_hours as h
            on h.calendar_id = calendar
            and h.weekday = date_part('isodow', d.local_day)
        where not exists (
            select
            from public.business_holidays as x
            where x.calendar_id = calendar
                and x.day = d.local_day::date
        )
    ),
    rows as (
        select p.opens_at, p.closes_at, (date_part('epoch', p.closes_at - p.opens_at) * 1000000)::bigint as lasts
        from pieces as p
        where p.opens_at < p.closes_at
        union all
        select until, until, 0
    )
    select
        calendar,
        r.opens_at,
        r.closes_at,
        (sum(r.lasts) over (order by r.closes_at, r.opens_at) - r.lasts)::bigint
    from rows as r
    union all
    select calendar, since, since, null;
end
$$;
comment on function ops.build_calendar(integer) is
'Works out when a calendar is open, as instants, for ten years back and five ahead.';
revoke all on function ops.build_calendar(integer) from public;
