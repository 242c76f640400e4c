-- What one ticket adds to a cell, or takes from it (change -1): THE place where a measure is defined. All can
-- be added and subtracted; a minimum or a maximum could not be.
--
-- Durations are whole microseconds, so that sums are exact; beyond 290,000 years they are cut, for a bigint
-- has no more. One select without FROM, so that it is worked into the query around it.
create or replace function analytics.ticket_measures(
    change integer,
    resolved_at timestamptz,
    closed_at timestamptz,
    resolution_seconds double precision,
    first_response_seconds double precision,
    first_response_at timestamptz,
    first_response_due_at timestamptz,
    rating smallint,
    reopen_count integer,
    answers smallint
)
returns table (
    tickets integer,
    resolved integer,
    timed integer,
    resolution_us bigint,
    rated integer,
    resolved_and_rated integer,
    satisfied integer,
    rating_sum integer,
    answered integer,
    first_response_us bigint,
    endless integer,
    reopened integer,
    ever_resolved integer,
    one_touch integer,
    promised integer,
    answered_in_time integer
)
language sql
immutable
parallel safe
as $$
    select
        change,
        case when resolved_at is not null then change else 0 end,
        case when resolution_seconds is not null then change else 0 end,
        change * case when resolution_seconds is null then 0 else greatest(-9.2e18, least(9.2e18, round(resolution_seconds * 1e6))) end::bigint,
        case when rating is not null then change else 0 end,
        case when rating is not null and resolved_at is not null then change else 0 end,
        case when rating >= 4 then change else 0 end,
        change * coalesce(rating, 0),
        case when first_response_seconds is not null then change else 0 end,
        change * case when first_response_seconds is null then 0 else greatest(-9.2e18, least(9.2e18, round(first_response_seconds * 1e6))) end::bigint,
        case when coalesce(resolved_at, closed_at) is null then change else 0 end,
        case when reopen_count > 0 then change else 0 end,
        case when resolved_at is not null or reopen_count > 0 then change else 0 end,
        case when resolved_at is not null and answers <= 1 then change else 0 end,
        case when first_response_seconds is not null and first_response_due_at is not null then change else 0 end,
        case when first_response_seconds is not null and first_response_at <= first_response_due_at then change else 0 end
$$;
comment on function analytics.ticket_measures(
    integer, timestamptz, timestamptz, double precision, double precision, timestamptz, timestamptz, smallint, integer, smallint
) is
'What one ticket adds to the sums of a roll-up.';
revoke all on function analytics.ticket_measures(
    integer, timestamptz, timestamptz, double precision, double precision, timestamptz, timestamptz, smallint, integer, smallint
) from public;
grant execute on function analytics.ticket_measures(
    integer, timestamptz, timestamptz, double precision, double precision, timestamptz, timestamptz, smallint, integer, smallint
) to desk_internal, desk_service;
