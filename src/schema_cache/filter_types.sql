-- Filter types, and the composites made of them (see docs/filters.md, "The contract").
--
-- A filter type is a composite type of schema `filter` that at least one operator function returns:
-- `filter.TYPE_OPERATOR()`, `(text)` or `(text[])`, immutable or stable.
--
-- One row a type:
--   type_oid    bigint
--   sql_type    text   qualified SQL
--   name        text   without its schema; errors raised by its operators name it as DATATYPE
--   comment     text, null where there is none
--   operators   jsonb  {"eq": "one", "in": "many", "is_null": "none", …}; null on a composite
--   combines    boolean  `filter.TYPE_and(TYPE, TYPE)` exists
--   attributes  jsonb  [{"name", "type_oid"}] in order; null on a filter type
with filter_type as (
    select t.oid, t.typname
    from pg_type t
    join pg_namespace n on n.oid = t.typnamespace
    where n.nspname = 'filter'
    and t.typtype = 'c'
),
operator as (
    select
        f.oid,
        substr(p.proname, length(f.typname) + 2) as name,
        case
            when p.pronargs = 0 then 'none'
            when p.proargtypes[0] = 'text'::regtype then 'one'
            else 'many'
        end as operand
    from filter_type f
    join pg_proc p on p.prorettype = f.oid and starts_with(p.proname, f.typname || '_')
    join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = 'filter'
    and p.prokind = 'f'
    and (
        p.pronargs = 0
        or p.pronargs = 1 and p.proargtypes[0] in ('text'::regtype, 'text[]'::regtype)
    )
),
with_operators as (
    select o.oid, jsonb_object_agg(o.name, o.operand order by o.name) as operators
    from operator o
    group by o.oid
),
composite as (
    select
        t.oid,
        jsonb_agg(
            jsonb_build_object('name', a.attname, 'type_oid', a.atttypid::bigint) order by a.attnum
        ) as attributes
    from pg_type t
    join pg_class c on c.oid = t.typrelid and c.relkind = 'c'
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
    group by t.oid
    having bool_and(a.atttypid in (select w.oid from with_operators w))
)
select
    t.oid::bigint as type_oid,
    format_type(t.oid, null) as sql_type,
    t.typname::text as name,
    obj_description(t.oid, 'pg_type') as comment,
    w.operators,
    exists (
        select from pg_proc p
        join pg_namespace n on n.oid = p.pronamespace
        where n.nspname = 'filter'
        and p.proname = t.typname || '_and'
        and p.prorettype = t.oid
        and p.pronargs = 2
        and p.proargtypes[0] = t.oid
        and p.proargtypes[1] = t.oid
    ) as combines,
    c.attributes
from pg_type t
left join with_operators w on w.oid = t.oid
left join composite c on c.oid = t.oid
where w.oid is not null
or c.oid is not null
