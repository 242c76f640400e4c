-- The advisory lock of whoever changes cells: one fold or rebuild at a time, in each database. Readers and
-- writers of tickets never meet it.
create or replace function analytics.rollup_lock()
returns bigint
language sql
immutable
parallel safe
as $$
    -- "rollups" in ASCII
    select x'00726f6c6c757073'::bigint
$$;
comment on function analytics.rollup_lock() is
'The key of the advisory lock that folds and rebuilds take.';
revoke all on function analytics.rollup_lock() from public;
