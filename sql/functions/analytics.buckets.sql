-- requires: sql/functions/analytics.span.sql, sql/functions/filter.period.sql
--
-- The buckets of a chart over time: from the first to the last moment of analytics.span().
--
-- plpgsql, because it refuses: an unknown grain, and more buckets than any chart has.
create or replace function analytics.buckets(grain text, period filter.period)
returns table (nth bigint, bucket date, begins timestamptz, ends timestamptz)
language plpgsql
stable
parallel safe
rows 12
set search_path = ''
set plan_cache_mode = force_generic_plan
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
    since timestamptz;
    until timestamptz;
begin
    if step is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('"%s" is not a valid value for "grain"', unit),
            detail = 'Its values are: day, week, month, quarter',
            hint = 'Write grain=day, grain=week, grain=month or grain=quarter';
    end if;
    select s.since, s.until
    into since, until
    from analytics.span(period) as s;
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
