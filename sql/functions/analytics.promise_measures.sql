-- What the promises of one ticket add to a cell, or take from it (change -1): tickets.promises, taken apart as
-- analytics.promise has put it together. One select without FROM, so that it is worked into the query around it.
create or replace function analytics.promise_measures(change integer, promises bigint)
returns table (
    tickets integer,
    first_response_met integer,
    first_response_breached integer,
    first_response_running integer,
    next_response_met integer,
    next_response_breached integer,
    next_response_running integer,
    resolution_met integer,
    resolution_breached integer,
    resolution_running integer
)
language sql
immutable
parallel safe
as $$
    select
        case when promises <> 0 then change else 0 end,
        change * (promises & 3)::integer,
        change * (promises >> 2 & 3)::integer,
        change * (promises >> 4 & 3)::integer,
        change * (promises >> 14 & x'ffffff'::integer)::integer,
        change * (promises >> 38)::integer,
        change * (promises >> 12 & 3)::integer,
        change * (promises >> 6 & 3)::integer,
        change * (promises >> 8 & 3)::integer,
        change * (promises >> 10 & 3)::integer
$$;
comment on function analytics.promise_measures(integer, bigint) is
'What the promises of one ticket add to the sums of a roll-up.';
revoke all on function analytics.promise_measures(integer, bigint) from public;
grant execute on function analytics.promise_measures(integer, bigint) to desk_internal, desk_service;
