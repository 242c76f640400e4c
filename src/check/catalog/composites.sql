-- One row a composite type, as JSON (model::Composite).
select jsonb_build_object(
    'name', jsonb_build_object('schema', n.nspname, 'name', t.typname),
    'attributes', (
        select coalesce(
            jsonb_agg(jsonb_build_array(a.attname, format_type(a.atttypid, null)) order by a.attnum),
            '[]'
        )
        from pg_attribute as a
        where a.attrelid = c.oid
            and a.attnum > 0
            and not a.attisdropped
    )
)
from pg_type as t
join pg_class as c on c.oid = t.typrelid and c.relkind = 'c'
join pg_namespace as n on n.oid = t.typnamespace
where n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and not exists (
        select
        from pg_depend as d
        where d.classid = 'pg_type'::regclass
            and d.objid = t.oid
            and d.deptype = 'e'
    )
order by n.nspname, t.typname
