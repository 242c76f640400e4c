-- The values that URL conditions become: one composite type for each kind of column, and
-- public.ticket_filter, which a widget takes. Each condition is worked out before planning, by the
-- immutable functions filter.TYPE_OPERATOR (sql/functions/filter.*.sql), so that a plan sees
-- constants. An attribute that is NULL restricts nothing; a NULL filter restricts nothing.
--
-- A DBA adds a filter to every widget with a migration that says
-- "alter type public.ticket_filter add attribute …" and one more line in
-- sql/functions/filter.selects_at_any_time.sql.

create type filter.ids as (
    included integer[],
    excluded integer[],
    is_missing boolean
);
comment on type filter.ids is
'A whole number that names a row, such as an agent''s: eq, neq, not.eq, in, not.in, is.null, not.is.null. "Is not" and "is none of" keep rows where the value is missing.';

create type filter.labels as (
    included text[],
    excluded text[],
    is_missing boolean
);
comment on type filter.labels is
'A word from a short list, such as a priority: eq, neq, not.eq, in, not.in, is.null, not.is.null. "Is not" and "is none of" keep rows where the value is missing.';

create type filter.tags as (
    any_of text[],
    also_any_of text[],
    all_of text[],
    none_of text[]
);
comment on type filter.tags is
'A list of tags: ov (any of), cs (all of), not.ov (none of), each with a list in braces such as {vip,billing}.';

-- Local days and local times stay what was written, until they meet the request's time zone in
-- filter.holds(); instants (a timestamp with an offset) have no zone to wait for.
create type filter.period as (
    from_day timestamp,
    to_day timestamp,
    from_instant timestamptz,
    to_instant timestamptz,
    local_gte timestamp,
    local_gt timestamp,
    local_lte timestamp,
    local_lt timestamp,
    not_days date[],
    not_instants timestamptz[],
    not_local timestamp[],
    is_missing boolean
);
comment on type filter.period is
'A point in time: eq, neq, not.eq, gte, lte, gt, lt, each with a date such as 2025-03-01 (the whole day, in the request''s time zone) or a timestamp such as 2025-03-01T09:30:00Z (that instant); is.null, not.is.null. "Is not" keeps rows where the value is missing.';

create type public.ticket_filter as (
    created_at filter.period,
    resolved_at filter.period,
    assigned_to filter.ids,
    ticket_type_id filter.ids,
    client_id filter.ids,
    priority filter.labels,
    status filter.labels,
    source_channel filter.labels,
    tags filter.tags
);
comment on type public.ticket_filter is
'Which tickets: every widget and ticket_list takes these as query parameters.';
