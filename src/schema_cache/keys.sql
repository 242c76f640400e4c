-- Every primary and foreign key of the database: views of the exposed schemas may show tables of others.
--
-- One row a key, foreign keys of partitions left out because their parents have them:
--   schema, name      text     the table that has the key
--   table_id          bigint   its OID
--   constraint_name   text
--   columns           text[]   in the order of the key
--   numbers           int2[]   their positions in the table
--   is_one_to_one     boolean  the columns are a primary or unique key
-- and of the referenced table, null for a primary key:
--   foreign_schema, foreign_name, foreign_id, foreign_columns, foreign_numbers
select
    n.nspname::text as schema,
    c.relname::text as name,
    c.oid::bigint as table_id,
    con.conname::text as constraint_name,
    pairs.columns,
    con.conkey as numbers,
    exists (
        select
        from pg_constraint u
        where u.conrelid = con.conrelid
        and u.contype in ('p', 'u')
        and u.conkey @> con.conkey
        and u.conkey <@ con.conkey
    ) as is_one_to_one,
    fn.nspname::text as foreign_schema,
    fc.relname::text as foreign_name,
    fc.oid::bigint as foreign_id,
    pairs.foreign_columns,
    con.confkey as foreign_numbers
from pg_constraint con
join pg_class c on c.oid = con.conrelid
join pg_namespace n on n.oid = c.relnamespace
left join pg_class fc on fc.oid = con.confrelid
left join pg_namespace fn on fn.oid = fc.relnamespace
cross join lateral (
    select
        array_agg(a.attname::text order by k.position) as columns,
        array_agg(fa.attname::text order by k.position) as foreign_columns
    from unnest(con.conkey, con.confkey) with ordinality as k (number, foreign_number, position)
    join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.number
    left join pg_attribute fa on fa.attrelid = con.confrelid and fa.attnum = k.foreign_number
) pairs
where con.contype = 'p'
or con.contype = 'f' and con.conparentid = 0
order by con.conrelid, con.conname
