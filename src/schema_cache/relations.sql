-- Every table, view, materialized view and foreign table of the given schemas.
--
-- $1 text[]   schemas
-- One row a relation:
--   schema, name  text
--   comment       text, null where there is none
--   columns       jsonb  [{"name", "type", "nullable", "comment"}] in order; type is qualified SQL
--   primary_key   text[] column names in key order, empty where there is none
select
    n.nspname::text as schema,
    c.relname::text as name,
    obj_description(c.oid, 'pg_class') as comment,
    coalesce(columns.list, '[]') as columns,
    coalesce(key.columns, '{}') as primary_key
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join lateral (
    select jsonb_agg(
        jsonb_build_object(
            'name', a.attname,
            'type', format_type(a.atttypid, a.atttypmod),
            'nullable', not a.attnotnull,
            'comment', col_description(c.oid, a.attnum)
        ) order by a.attnum
    ) as list
    from pg_attribute a
    where a.attrelid = c.oid
    and a.attnum > 0
    and not a.attisdropped
) columns on true
left join lateral (
    select array_agg(a.attname::text order by k.position) as columns
    from pg_constraint con
    cross join unnest(con.conkey) with ordinality as k (attnum, position)
    join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.attnum
    where con.conrelid = c.oid
    and con.contype = 'p'
) key on true
where n.nspname = any ($1)
and c.relkind in ('r', 'p', 'v', 'm', 'f')
and not c.relispartition
