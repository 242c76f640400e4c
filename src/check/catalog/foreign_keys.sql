-- One row a foreign key, as JSON (model::ForeignKey). What partitions have from their parents is left out.
select jsonb_build_object(
    'name', k.conname,
    'relation', jsonb_build_object('schema', n.nspname, 'name', c.relname),
    'columns', (
        select jsonb_agg(a.attname order by key.at)
        from unnest(k.conkey) with ordinality as key (attnum, at)
        join pg_attribute as a on a.attrelid = c.oid and a.attnum = key.attnum
    ),
    'target', jsonb_build_object('schema', fn.nspname, 'name', f.relname)
)
from pg_constraint as k
join pg_class as c on c.oid = k.conrelid
join pg_namespace as n on n.oid = c.relnamespace
join pg_class as f on f.oid = k.confrelid
join pg_namespace as fn on fn.oid = f.relnamespace
where k.contype = 'f'
    and k.conparentid = 0
    and n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and not exists (
        select
        from pg_depend as d
        where d.classid = 'pg_class'::regclass
            and d.objid = c.oid
            and d.deptype = 'e'
    )
order by n.nspname, c.relname, k.conname
