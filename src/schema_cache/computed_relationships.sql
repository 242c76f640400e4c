-- Every function of the given schemas that takes a row of one relation and gives rows of another.
--
-- $1 text[]   schemas
-- One row a function:
--   function_schema, function_name  text
--   schema, name                    text     the relation whose row it takes
--   foreign_schema, foreign_name    text     the relation whose rows it gives, of the given schemas, too
--   foreign_is_view                 boolean
--   is_to_one                       boolean  it gives one row, or says `rows 1`
select
    n.nspname::text as function_schema,
    p.proname::text as function_name,
    own_schema.nspname::text as schema,
    own.relname::text as name,
    foreign_schema.nspname::text as foreign_schema,
    result.relname::text as foreign_name,
    result.relkind in ('v', 'm') as foreign_is_view,
    not p.proretset or p.prorows = 1 as is_to_one
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_class own on own.reltype = p.proargtypes[0] and own.relkind in ('r', 'p', 'v', 'm', 'f')
join pg_namespace own_schema on own_schema.oid = own.relnamespace
join pg_class result on result.reltype = p.prorettype and result.relkind in ('r', 'p', 'v', 'm', 'f')
join pg_namespace foreign_schema on foreign_schema.oid = result.relnamespace
where p.pronargs = 1
and p.prokind = 'f'
and n.nspname = any ($1)
and own_schema.nspname = any ($1)
and foreign_schema.nspname = any ($1)
