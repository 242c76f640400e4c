-- What the description of the API says of columns, and requests do not depend on.
--
-- $1 text[]   schemas
-- One row a column of a relation of the given schemas, in its order:
--   schema, name  text    the relation
--   column_name   text
--   type_oid      bigint  see types.sql
--   type_name     text    the built-in type beneath it without length, else the type itself, qualified
--   nullable      boolean counting in what its domain says
--   max_length    int4    of a text or bit string, null where there is none
--   is_computed   boolean Postgres computes it: nobody may write it
with recursive domain as (
    select t.oid, t.typbasetype as base
    from pg_type t
    where t.typtype = 'd'
    union all
    select d.oid, t.typbasetype
    from domain d
    join pg_type t on t.oid = d.base
    where t.typtype = 'd'
),
stored_as as (
    select d.oid, t.oid as base, t.typnamespace
    from domain d
    join pg_type t on t.oid = d.base
    where t.typtype <> 'd'
)
select
    n.nspname::text as schema,
    c.relname::text as name,
    a.attname::text as column_name,
    a.atttypid::bigint as type_oid,
    case
        when coalesce(s.typnamespace, t.typnamespace) = 'pg_catalog'::regnamespace
        then format_type(coalesce(s.base, t.oid), null)
        else format_type(a.atttypid, a.atttypmod)
    end as type_name,
    not (a.attnotnull or t.typtype = 'd' and t.typnotnull) as nullable,
    case
        when written.modifier < 0 then null
        when written.type in ('bpchar'::regtype, 'varchar'::regtype) then written.modifier - 4
        when written.type in ('bit'::regtype, 'varbit'::regtype) then written.modifier
    end as max_length,
    a.attgenerated <> '' or a.attidentity = 'a' as is_computed
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
join pg_type t on t.oid = a.atttypid
left join stored_as s on s.oid = t.oid
cross join lateral (
    select
        case t.typtype when 'd' then t.typbasetype else t.oid end as type,
        case t.typtype when 'd' then t.typtypmod else a.atttypmod end as modifier
) written
where n.nspname = any ($1)
and c.relkind in ('r', 'p', 'v', 'm', 'f')
and not c.relispartition
order by c.oid, a.attnum
