-- One row an index that is in use, as JSON (model::Index). The definition leaves out the name and whether it is unique.
select jsonb_build_object(
    'name', jsonb_build_object('schema', n.nspname, 'name', i.relname),
    'relation', jsonb_build_object('schema', tn.nspname, 'name', t.relname),
    'columns', (
        select jsonb_agg(a.attname order by key.at)
        from generate_series(0, x.indnkeyatts - 1) as key (at)
        left join pg_attribute as a
            on a.attrelid = t.oid
            and a.attnum = x.indkey[key.at]
            and a.attnum > 0
    ),
    'definition', format(
        '%s (%s) include (%s) where %s',
        m.amname,
        (
            select string_agg(
                concat_ws(
                    ' ',
                    pg_get_indexdef(i.oid, key.at + 1, true),
                    x.indclass[key.at],
                    x.indcollation[key.at],
                    x.indoption[key.at]
                ),
                ', '
                order by key.at
            )
            from generate_series(0, x.indnkeyatts - 1) as key (at)
        ),
        (
            select string_agg(pg_get_indexdef(i.oid, key.at + 1, true), ', ' order by key.at)
            from generate_series(x.indnkeyatts, x.indnatts - 1) as key (at)
        ),
        pg_get_expr(x.indpred, x.indrelid)
    ),
    'predicate', pg_get_expr(x.indpred, x.indrelid),
    'is_unique', x.indisunique,
    'is_constraint', exists (
        select from pg_constraint as k where k.conindid = i.oid and k.contype in ('p', 'u', 'x')
    )
)
from pg_index as x
join pg_class as i on i.oid = x.indexrelid
join pg_namespace as n on n.oid = i.relnamespace
join pg_class as t on t.oid = x.indrelid
join pg_namespace as tn on tn.oid = t.relnamespace
join pg_am as m on m.oid = i.relam
where x.indisvalid
    and tn.nspname !~ '^pg_'
    and tn.nspname <> 'information_schema'
    and not exists (
        select
        from pg_depend as d
        where d.classid = 'pg_class'::regclass
            and d.objid = t.oid
            and d.deptype = 'e'
    )
order by n.nspname, i.relname
