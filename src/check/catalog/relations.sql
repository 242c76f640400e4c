-- One row a table, view, materialized view or foreign table, as JSON (model::Relation).
select jsonb_build_object(
    'name', jsonb_build_object('schema', n.nspname, 'name', c.relname),
    'kind', case
        when c.relispartition then 'partition'
        when c.relkind in ('r', 'p') then 'table'
        when c.relkind = 'v' then 'view'
        when c.relkind = 'm' then 'materialized'
        else 'foreign'
    end,
    'owner', pg_get_userbyid(c.relowner),
    'columns', (
        select coalesce(
            jsonb_agg(
                jsonb_build_object('name', a.attname, 'sql_type', format_type(a.atttypid, null))
                order by a.attnum
            ),
            '[]'
        )
        from pg_attribute as a
        where a.attrelid = c.oid
            and a.attnum > 0
            and not a.attisdropped
    ),
    'row_security', c.relrowsecurity,
    'is_forced', c.relforcerowsecurity,
    'is_invoker', exists (
        select
        from pg_options_to_table(c.reloptions) as option
        where case when option.option_name = 'security_invoker' then option.option_value::boolean end
    ),
    'reads', (
        select coalesce(
            jsonb_agg(distinct jsonb_build_object('schema', rn.nspname, 'name', r.relname)),
            '[]'
        )
        from pg_rewrite as w
        join pg_depend as d
            on d.classid = 'pg_rewrite'::regclass
            and d.objid = w.oid
            and d.refclassid = 'pg_class'::regclass
            and d.refobjid <> c.oid
        join pg_class as r on r.oid = d.refobjid
        join pg_namespace as rn on rn.oid = r.relnamespace
        where w.ev_class = c.oid
            and c.relkind in ('v', 'm')
    ),
    'grants', (
        select coalesce(
            jsonb_agg(
                jsonb_build_object('role', given.role, 'verb', given.verb, 'columns', given.columns)
                order by given.role, given.verb
            ),
            '[]'
        )
        from (
            select
                case acl.grantee when 0 then 'public' else pg_get_userbyid(acl.grantee) end as role,
                acl.privilege_type as verb,
                '[]'::jsonb as columns
            from aclexplode(c.relacl) as acl
            where acl.grantee <> c.relowner
            union all
            select
                case acl.grantee when 0 then 'public' else pg_get_userbyid(acl.grantee) end,
                acl.privilege_type,
                jsonb_agg(a.attname order by a.attnum)
            from pg_attribute as a
            cross join lateral aclexplode(a.attacl) as acl
            where a.attrelid = c.oid
                and acl.grantee <> c.relowner
            group by acl.grantee, acl.privilege_type
        ) as given
    ),
    'has_primary_key', exists (
        select from pg_index as i where i.indrelid = c.oid and i.indisprimary
    )
)
from pg_class as c
join pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and not exists (
        select
        from pg_depend as d
        where d.classid = 'pg_class'::regclass
            and d.objid = c.oid
            and d.deptype = 'e'
    )
order by n.nspname, c.relname
