-- Aggregates that make something else than JSON of rows: of one argument, their result a domain.
--
-- $1 text[]   schemas that the aggregates are in
-- One row an aggregate, by name:
--   schema, name  text  of the aggregate
--   domain        text  what its result is called; only some are media types
--   target_schema, target_name  text  the relation whose rows it takes; null for rows of any kind
select
    n.nspname::text as schema,
    p.proname::text as name,
    d.typname::text as domain,
    target_schema.nspname::text as target_schema,
    target.relname::text as target_name
from pg_aggregate a
join pg_proc p on p.oid = a.aggfnoid
join pg_namespace n on n.oid = p.pronamespace
join pg_type d on d.oid = p.prorettype
left join pg_class target
    on target.reltype = p.proargtypes[0]
    and target.relkind in ('r', 'p', 'v', 'm', 'f')
left join pg_namespace target_schema on target_schema.oid = target.relnamespace
where n.nspname = any ($1)
and a.aggkind = 'n'
and p.pronargs = 1
and d.typtype = 'd'
and (target.oid is not null or p.proargtypes[0] = 'anyelement'::regtype)
order by 1, 2, 4, 5
