-- Every foreign key of the database: views of the exposed schemas may show tables of others.
--
-- One row a foreign key, those of partitions left out because their parents have them:
--   schema, name                  text    the referencing table
--   foreign_schema, foreign_name  text    the referenced one
--   constraint_name               text
--   columns, foreign_columns      text[]  pairs, in the order of the key
--   is_one_to_one                 boolean the referencing columns are a primary or unique key
select
    n.nspname::text as schema,
    c.relname::text as name,
    fn.nspname::text as foreign_schema,
    fc.relname::text as foreign_name,
    con.conname::text as constraint_name,
    pairs.columns,
    pairs.foreign_columns,
    exists (
        select
        from pg_constraint u
        where u.conrelid = con.conrelid
        and u.contype in ('p', 'u')
        and u.conkey @> con.conkey
        and u.conkey <@ con.conkey
    ) as is_one_to_one
from pg_constraint con
join pg_class c on c.oid = con.conrelid
join pg_namespace n on n.oid = c.relnamespace
join pg_class fc on fc.oid = con.confrelid
join pg_namespace fn on fn.oid = fc.relnamespace
cross join lateral (
    select
        array_agg(a.attname::text order by k.position) as columns,
        array_agg(fa.attname::text order by k.position) as foreign_columns
    from unnest(con.conkey, con.confkey) with ordinality as k (attnum, foreign_attnum, position)
    join pg_attribute a on a.attrelid = con.conrelid and a.attnum = k.attnum
    join pg_attribute fa on fa.attrelid = con.confrelid and fa.attnum = k.foreign_attnum
) pairs
where con.contype = 'f'
and con.conparentid = 0
