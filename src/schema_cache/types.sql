-- Every type that columns and functions of the given schemas use, and those that these are made of.
--
-- $1 text[]   schemas
-- One row a type:
--   type_oid    bigint
--   name        text    qualified SQL, without length
--   comment     text    null where there is none
--   kind        text    'enum', 'array', 'domain', 'composite', 'row' (of a table or view) or 'plain'
--   labels      text[]  of an enum, in order, else null
--   element     bigint  OID of an array's elements or of the type beneath a domain, else null
--   attributes  jsonb   [{"name", "type_oid"}] of a composite, else null
with recursive used (oid) as (
    select a.atttypid
    from pg_attribute a
    join pg_class c on c.oid = a.attrelid
    join pg_namespace n on n.oid = c.relnamespace
    where n.nspname = any ($1)
    and c.relkind in ('r', 'p', 'v', 'm', 'f')
    and not c.relispartition
    and a.attnum > 0
    and not a.attisdropped
    union
    select type
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    cross join unnest(coalesce(p.proallargtypes, p.proargtypes::oid[]) || p.prorettype) as type
    where n.nspname = any ($1)
    and p.prokind = 'f'
    union
    select part.oid
    from used u
    join pg_type t on t.oid = u.oid
    cross join lateral (
        select t.typbasetype as oid
        where t.typtype = 'd'
        union all
        select t.typelem
        where t.typlen = -1 and t.typelem <> 0
        union all
        select a.atttypid
        from pg_class c
        join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped
        where c.oid = t.typrelid
        and c.relkind = 'c'
    ) part
)
select
    t.oid::bigint as type_oid,
    format_type(t.oid, null) as name,
    obj_description(t.oid, 'pg_type') as comment,
    case
        when t.typtype = 'e' then 'enum'
        when t.typtype = 'd' then 'domain'
        when t.typtype = 'c' and c.relkind = 'c' then 'composite'
        when t.typtype = 'c' then 'row'
        when t.typlen = -1 and t.typelem <> 0 then 'array'
        else 'plain'
    end as kind,
    (
        select array_agg(e.enumlabel::text order by e.enumsortorder)
        from pg_enum e
        where e.enumtypid = t.oid
    ) as labels,
    case
        when t.typtype = 'd' then t.typbasetype::bigint
        when t.typlen = -1 and t.typelem <> 0 then t.typelem::bigint
    end as element,
    case when c.relkind = 'c' then (
        select jsonb_agg(
            jsonb_build_object('name', a.attname, 'type_oid', a.atttypid::bigint) order by a.attnum
        )
        from pg_attribute a
        where a.attrelid = c.oid
        and a.attnum > 0
        and not a.attisdropped
    ) end as attributes
from used u
join pg_type t on t.oid = u.oid
left join pg_class c on c.oid = t.typrelid and t.typtype = 'c'
