-- requires: sql/functions/filter.period.sql
--
-- The buckets of a chart over time: from the period's first to its last moment; where the period is
-- open on a side, to the end of the data on that side, that is of the tickets that the caller may see,
-- whatever the other filters: charts with different filters keep the same axis.
--
-- plpgsql, because it refuses: an unknown grain, and more buckets than any chart has. Its plans are
-- kept for the session, and where the period has both ends no ticket is read.
create or replace function analytics.buckets(grain text, period filter.period)
returns table (nth bigint, bucket date, begins timestamptz, ends timestamptz)
language plpgsql
stable
parallel safe
rows 12
set search_path = ''
as $$
declare
    most constant integer := 4000;
    unit constant text := coalesce(grain, 'month');
    step constant interval := case unit
        when 'day' then '1 day'
        when 'week' then '7 days'
        when 'month' then '1 month'
        when 'quarter' then '3 months'
    end;
    since timestamptz := filter.first_moment(period);
    until timestamptz := filter.last_moment(period);
begin
    if step is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('"%s" is not a valid value for "grain"', unit),
            detail = 'Its values are: day, week, month, quarter',
            hint = 'Write grain=day, grain=week, grain=month or grain=quarter';
    end if;
    if since is null then
        since := least(
            (select min(t.created_at) from public.tickets as t where t.created_at > '-infinity' and t.created_at < 'infinity'),
            (select min(t.resolved_at) from public.tickets as t where t.resolved_at > '-infinity' and t.resolved_at < 'infinity')
        );
    end if;
    if until is null then
        until := greatest(
            (select max(t.created_at) from public.tickets as t where t.created_at > '-infinity' and t.created_at < 'infinity'),
            (select max(t.resolved_at) from public.tickets as t where t.resolved_at > '-infinity' and t.resolved_at < 'infinity')
        );
    end if;
    -- null where there is no data at all
    if (until >= since) is not true then
        return;
    end if;
    if date_trunc(unit, since::timestamp) + most * step <= until::timestamp then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format(
                'From %s to %s there are more than %s buckets of a %s',
                since::date, until::date, most, unit
            ),
            hint = 'Choose a coarser grain, or a shorter period: created_at=gte.2025-01-01&created_at=lte.2025-12-31';
    end if;
    return query
    select
        d.nth,
        d.day::date,
        filter.day_begins(d.day),
        filter.day_begins(d.day + step)
    from generate_series(
        date_trunc(unit, since::timestamp),
        until::timestamp,
        step
    ) with ordinality as d (day, nth);
end
$$;
comment on function analytics.buckets(text, filter.period) is
'The days, weeks, months or quarters of a period, in the session''s time zone, each with its first instant and the one after its last.';
revoke all on function analytics.buckets(text, filter.period) from public;
grant execute on function analytics.buckets(text, filter.period) to desk_internal, desk_service;
