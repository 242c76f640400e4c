-- How many selected tickets are sooner read than the buckets of their durations: without a filter in the order of
-- an index, with one perhaps sorted. Measured; both ways give the same numbers.
create or replace function analytics.few_tickets(where_tickets public.ticket_filter)
returns bigint
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    return case when where_tickets is null then 50000 else 15000 end;
end
$$;
comment on function analytics.few_tickets(public.ticket_filter) is
'Of so few selected tickets percentiles are computed from the tickets themselves.';
revoke all on function analytics.few_tickets(public.ticket_filter) from public;
grant execute on function analytics.few_tickets(public.ticket_filter) to desk_internal, desk_service;
