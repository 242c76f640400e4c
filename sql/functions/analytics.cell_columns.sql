-- requires: sql/policies/analytics.duration_cells.sql, sql/policies/analytics.promise_cells.sql, sql/policies/analytics.ticket_cells.sql
--
-- What a table of cells has, by the catalog: the columns of its key, and all others, which are sums. So a new
-- column needs no list here, in folding, rebuilding or verifying.
create or replace function analytics.cell_columns(cells text, out keys text[], out sums text[])
language sql
stable
as $$
    select
        array_agg(a.attname::text order by a.attnum) filter (where a.attnum = any (k.conkey)),
        array_agg(a.attname::text order by a.attnum) filter (where a.attnum <> all (k.conkey))
    from pg_catalog.pg_constraint as k
    join pg_catalog.pg_attribute as a
        on a.attrelid = k.conrelid
        and a.attnum > 0
        and not a.attisdropped
    where k.conrelid = to_regclass('analytics.' || cells)
        and k.contype = 'u'
$$;
comment on function analytics.cell_columns(text) is
'The columns that tell the cells of a table apart, and those that are summed up.';
revoke all on function analytics.cell_columns(text) from public;
