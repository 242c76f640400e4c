-- What each of the roles $2 may do to each of the relations $1: a row for each verb that it has, on the whole
-- relation or on some columns. Whether it has it, Postgres' own functions say: they know of superusers, of what is
-- inherited, and of roles such as pg_read_all_data, which no list of grants names.
with verbs (verb, command, has_columns) as (
    values
        ('select', 'r', true),
        ('insert', 'a', true),
        ('update', 'w', true),
        ('delete', 'd', false),
        ('truncate', null, false)
),

asked as (
    select
        c.oid as relation,
        c.relowner,
        c.relacl,
        c.relkind,
        c.relrowsecurity,
        c.relforcerowsecurity,
        r.oid as role,
        r.rolname,
        r.rolsuper,
        r.rolbypassrls,
        pg_catalog.has_schema_privilege(r.oid, c.relnamespace, 'usage') as usage,
        v.*,
        pg_catalog.has_table_privilege(r.oid, c.oid, v.verb) as whole,
        array(
            select a.attname::text
            from pg_catalog.pg_attribute as a
            where v.has_columns
                and a.attrelid = c.oid
                and a.attnum > 0
                and not a.attisdropped
                and pg_catalog.has_column_privilege(r.oid, c.oid, a.attnum, v.verb)
            order by a.attnum
        ) as columns
    from pg_catalog.pg_class as c
    cross join pg_catalog.pg_roles as r
    cross join verbs as v
    where c.oid = any (cast($1 as oid[]))
        and r.rolname = any (cast($2 as text[]))
)

select
    a.relation,
    a.rolname::text as role,
    a.verb,
    a.usage,
    a.whole,
    a.columns,
    array(
        select distinct coalesce(g.rolname::text, 'public')
        from (
            select coalesce(a.relacl, pg_catalog.acldefault('r', a.relowner)) as list
            union all
            select t.attacl
            from pg_catalog.pg_attribute as t
            where t.attrelid = a.relation
                and t.attnum > 0
                and not t.attisdropped
        ) as given
        cross join lateral pg_catalog.aclexplode(given.list) as acl
        left join pg_catalog.pg_roles as g on g.oid = acl.grantee
        where pg_catalog.lower(acl.privilege_type) = a.verb
            and not a.rolsuper
            and case
                when acl.grantee = 0 then true
                else pg_catalog.pg_has_role(a.role, acl.grantee, 'usage')
            end
        order by 1
    ) as by,
    case
        when not a.relrowsecurity then null
        when a.rolsuper then 'superuser'
        when a.rolbypassrls then 'bypassrls'
        when not a.relforcerowsecurity and pg_catalog.pg_has_role(a.role, a.relowner, 'usage') then 'owner'
    end as bypasses,
    a.relkind in ('r', 'p') and a.relrowsecurity and a.command is not null as is_filtered,
    a.relkind = 'v' as is_view,
    applying.permissive,
    applying.restrictive
from asked as a
cross join lateral (
    select
        coalesce(pg_catalog.array_agg(p.polname::text order by p.polname) filter (where p.polpermissive), '{}') as permissive,
        coalesce(pg_catalog.array_agg(p.polname::text order by p.polname) filter (where not p.polpermissive), '{}') as restrictive
    from pg_catalog.pg_policy as p
    where p.polrelid = a.relation
        and a.relrowsecurity
        and p.polcmd::text in (a.command, '*')
        and exists (
            select
            from pg_catalog.unnest(p.polroles) as named
            where case
                when named = 0 then true
                else pg_catalog.pg_has_role(a.role, named, 'usage')
            end
        )
) as applying
where a.whole
    or a.columns <> '{}'
order by a.relation, a.rolname, a.verb
