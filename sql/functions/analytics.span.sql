-- requires: sql/functions/filter.period.sql
--
-- From when to when a chart goes: the period's first and last moment; where the period is open on a side, the
-- end of the data on that side, that is of the tickets that the caller may see, whatever the other filters:
-- charts with different filters keep the same axis. Nulls where there is no data at all.
--
-- plpgsql keeps its plans for the session, and where the period has both ends no ticket is read.
create or replace function analytics.span(period filter.period, out since timestamptz, out until timestamptz)
language plpgsql
stable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    since := filter.first_moment(period);
    until := filter.last_moment(period);
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
end
$$;
comment on function analytics.span(filter.period) is
'The first and the last moment of a period, or of the data where it has none.';
revoke all on function analytics.span(filter.period) from public;
grant execute on function analytics.span(filter.period) to desk_internal, desk_service;
