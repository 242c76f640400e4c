-- requires: sql/functions/filter.period.sql
--
-- The lines of a chart by age in whole local days of the session's time zone, the youngest first; begins and ends
-- are instants, half-open.
--
-- plpgsql keeps its plan for the session; a SQL function would plan this anew in every statement.
create or replace function analytics.ages()
returns table (
    nth bigint,
    from_days integer,
    to_days integer,
    opened_from date,
    opened_to date,
    begins timestamptz,
    ends timestamptz
)
language plpgsql
stable
parallel safe
rows 8
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    return query
    select
        a.nth,
        a.from_days,
        a.to_days,
        current_date - a.to_days,
        current_date - a.from_days,
        coalesce(filter.day_begins(current_date - a.to_days), '-infinity'),
        filter.day_begins(current_date - a.from_days + 1)
    from unnest(
        array[0, 1, 2, 4, 8, 15, 31, 91],
        array[0, 1, 3, 7, 14, 30, 90, null]
    ) with ordinality as a (from_days, to_days, nth);
end
$$;
comment on function analytics.ages() is
'The lines of a chart by age in whole local days, each with the instants between which its tickets were created.';
revoke all on function analytics.ages() from public;
grant execute on function analytics.ages() to desk_internal, desk_service;
