-- requires: sql/functions/analytics.previous_period.sql
--
-- What public.dashboard_overview() answers in "previous": the same figures for the period before. EXECUTE, so
-- that they are planned for that period as a request for it would be, and because that function calls this one.
create or replace function analytics.overview_before(where_tickets public.ticket_filter, compare text)
returns jsonb
language plpgsql
stable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
declare
    period filter.period;
    figures jsonb;
begin
    if compare is null then
        return null;
    end if;
    if compare <> 'previous' then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = format('"%s" is not a valid value for "compare"', compare),
            detail = 'Its value is: previous',
            hint = 'Write compare=previous, or leave it out';
    end if;
    period := analytics.previous_period(where_tickets.created_at);
    if period is null then
        raise exception using
            errcode = 'invalid_parameter_value',
            message = 'compare=previous needs a period in created_at that is one range with a beginning and an end',
            hint = 'Write created_at=gte.2025-03-01&created_at=lte.2025-03-31&compare=previous, without neq and is on created_at';
    end if;
    where_tickets.created_at := period;
    execute 'select to_jsonb(o) - ''previous'' from public.dashboard_overview($1) as o'
    using where_tickets
    into figures;
    return figures || jsonb_build_object(
        'from', coalesce(to_jsonb(period.from_day::date), to_jsonb(period.from_instant)),
        'before', coalesce(to_jsonb(period.to_day::date), to_jsonb(period.to_instant))
    );
end
$$;
comment on function analytics.overview_before(public.ticket_filter, text) is
'The figures of the overview for the previous period of equal length; null where nothing is to be compared.';
revoke all on function analytics.overview_before(public.ticket_filter, text) from public;
grant execute on function analytics.overview_before(public.ticket_filter, text) to desk_internal, desk_service;
