-- Whose rights a matrix shows: $1 the roles named ({}: choose), $2 the server's login, $3 the schemas, $4 the
-- role of callers without a token.
with chosen as (
    select
        r.oid,
        r.rolname,
        -- 16 grants membership without the right to become the role
        pg_catalog.pg_has_role(
            l.oid,
            r.oid,
            case
                when pg_catalog.current_setting('server_version_num')::integer >= 160000 then 'set'
                else 'member'
            end
        ) as may_become
    from pg_catalog.pg_roles as r
    -- of a superuser it is known only that it may become anybody
    left join pg_catalog.pg_roles as l on l.rolname = cast($2 as text) and not l.rolsuper
    where not r.rolsuper
        and r.rolname !~ '^pg_'
        and r.rolname is distinct from l.rolname
),

named as (
    select acl.grantee as role
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    cross join lateral (
        select c.relacl as list
        union all
        select a.attacl
        from pg_catalog.pg_attribute as a
        where a.attrelid = c.oid
    ) as given
    cross join lateral pg_catalog.aclexplode(given.list) as acl
    where n.nspname = any (cast($3 as text[]))
        and acl.grantee <> c.relowner
    union
    select acl.grantee
    from pg_catalog.pg_proc as p
    join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
    cross join lateral pg_catalog.aclexplode(p.proacl) as acl
    where n.nspname = any (cast($3 as text[]))
        and acl.grantee <> p.proowner
    union
    select acl.grantee
    from pg_catalog.pg_namespace as n
    cross join lateral pg_catalog.aclexplode(n.nspacl) as acl
    where n.nspname = any (cast($3 as text[]))
        and acl.grantee <> n.nspowner
    union
    select pg_catalog.unnest(p.polroles)
    from pg_catalog.pg_policy as p
    join pg_catalog.pg_class as c on c.oid = p.polrelid
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any (cast($3 as text[]))
),

-- who owns what is asked for defines it; requests do not run as such a role
owners as (
    select c.relowner as role
    from pg_catalog.pg_class as c
    join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
    where n.nspname = any (cast($3 as text[]))
)

select r.rolname::text as role
from pg_catalog.pg_roles as r
where r.rolname = any (cast($1 as text[]))
union
select c.rolname::text
from chosen as c
where cast($1 as text[]) = '{}'
    and (
        c.rolname = cast($4 as text)
        or case
            when (select pg_catalog.bool_or(may_become) from chosen) then c.may_become
            else c.oid in (select n.role from named as n)
                and c.oid not in (select o.role from owners as o)
        end
    )
order by 1
