-- Every table, view, materialized view and foreign table of the given schemas.
--
-- $1 text[]   schemas
-- One row a relation:
--   schema, name  text
--   comment       text, null where there is none
--   columns       json  [{"name", "type", "type_oid", "nullable", "comment", "default", "json_kind",
--                 "is_tsvector"}] in order; type and default are qualified SQL, default is null where
--                 Postgres computes the column; json_kind is integer, float, decimal, boolean, string or
--                 any; a domain is of its base type's kind, and a tsvector where that is one
--   primary_key   text[] column names in key order, empty where there is none
--   computed      text[] functions that take a row of it alone, and can be named like a column
--   takes_insert, takes_update, takes_delete  boolean: views by their definition, triggers and rules
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
stored_as as materialized (
    select d.oid, d.base
    from domain d
    join pg_type t on t.oid = d.base
    where t.typtype <> 'd'
),
of_a_row as (
    select p.proargtypes[0] as row_type, array_agg(distinct p.proname::text) as functions
    from pg_proc p
    where p.pronargs = 1
    and p.prokind = 'f'
    group by p.proargtypes[0]
)
select
    n.nspname::text as schema,
    c.relname::text as name,
    obj_description(c.oid, 'pg_class') as comment,
    coalesce(columns.list, '[]') as columns,
    coalesce(key.columns, '{}') as primary_key,
    coalesce(of_a_row.functions, '{}') as computed,
    changes.mask & 8 <> 0 as takes_insert,
    changes.mask & 4 <> 0 as takes_update,
    changes.mask & 16 <> 0 as takes_delete
from pg_class c
join pg_namespace n on n.oid = c.relnamespace
left join of_a_row on of_a_row.row_type = c.reltype
left join lateral (
    select json_agg(
        json_build_object(
            'name', a.attname,
            'type', format_type(a.atttypid, a.atttypmod),
            'type_oid', a.atttypid::bigint,
            'nullable', not a.attnotnull,
            'comment', said.description,
            'default', case
                when a.attgenerated <> '' or a.attidentity = 'a' then null
                -- pg_get_serial_sequence() would ask for rights on the schema
                when a.attidentity = 'd' then (
                    select format(
                        'pg_catalog.nextval(%L::pg_catalog.regclass)', owned.objid::regclass
                    )
                    from pg_depend owned
                    where owned.classid = 'pg_class'::regclass
                    and owned.refclassid = 'pg_class'::regclass
                    and owned.refobjid = a.attrelid
                    and owned.refobjsubid = a.attnum
                    and owned.deptype = 'i'
                )
                else coalesce(
                    pg_get_expr(d.adbin, d.adrelid), pg_get_expr(own_type.typdefaultbin, 0)
                )
            end,
            'json_kind', case
                when base_type.oid in ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) then 'integer'
                when base_type.oid in ('float4'::regtype, 'float8'::regtype) then 'float'
                when base_type.oid in ('numeric'::regtype, 'money'::regtype) then 'decimal'
                when base_type.oid = 'bool'::regtype then 'boolean'
                when base_type.oid = 'uuid'::regtype then 'string'
                -- texts, dates and times, intervals, enumerations, network addresses
                when base_type.typcategory in ('S', 'D', 'T', 'E', 'I') then 'string'
                else 'any'
            end,
            'is_tsvector', base_type.oid = 'tsvector'::regtype
        ) order by a.attnum
    ) as list
    from pg_attribute a
    join pg_type own_type on own_type.oid = a.atttypid
    left join stored_as s on s.oid = a.atttypid
    join pg_type base_type on base_type.oid = coalesce(s.base, a.atttypid)
    left join pg_attrdef d on d.adrelid = a.attrelid and d.adnum = a.attnum
    -- col_description() would be a query for each column
    left join pg_description said
    on said.classoid = 'pg_class'::regclass and said.objoid = a.attrelid and said.objsubid = a.attnum
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
cross join lateral (
    -- bits of Postgres' command numbers; true counts triggers, too
    select case
        when c.relkind in ('r', 'p') then 4 | 8 | 16
        else pg_relation_is_updatable(c.oid, true)
    end as mask
) changes
where n.nspname = any ($1)
and c.relkind in ('r', 'p', 'v', 'm', 'f')
and not c.relispartition
