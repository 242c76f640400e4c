-- Every view and materialized view but the system's.
--
--   schema, name  text
--   view_id       bigint  its OID
--   numbers       int2[]  positions of its columns
--   columns       text[]  their names, in the same order
--   rule          text    its query as Postgres keeps it, a tree of nodes
select
    n.nspname::text as schema,
    c.relname::text as name,
    c.oid::bigint as view_id,
    shown.numbers,
    shown.columns,
    r.ev_action::text as rule
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_rewrite r on r.ev_class = c.oid and r.rulename = '_RETURN'
cross join lateral (
    select
        array_agg(a.attnum order by a.attnum) as numbers,
        array_agg(a.attname::text order by a.attnum) as columns
    from pg_attribute a
    where a.attrelid = c.oid
    and a.attnum > 0
    and not a.attisdropped
) shown
where c.relkind in ('v', 'm')
and n.nspname not in ('pg_catalog', 'information_schema')
and shown.columns is not null
