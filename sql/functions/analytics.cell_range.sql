-- Which cells are those of a segment (analytics.segments), as the end of a condition on "since". One cell is asked for by
-- its value: only then does the index take the dimensions, which follow in its key, too.
create or replace function analytics.cell_range(first timestamp, last timestamp)
returns text
language sql
immutable
parallel safe
as $$
    select case when first = last then format('= %L', first) else format('between %L and %L', first, last) end
$$;
comment on function analytics.cell_range(timestamp, timestamp) is
'The end of a condition by which cells from one moment to another are found.';
revoke all on function analytics.cell_range(timestamp, timestamp) from public;
grant execute on function analytics.cell_range(timestamp, timestamp) to desk_internal, desk_service;
