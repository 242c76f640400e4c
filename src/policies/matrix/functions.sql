-- The functions of the schemas $1 that a call could name, and which of the roles $2 may call them.
select
    pg_catalog.format('%I.%I(%s)', n.nspname, p.proname, pg_catalog.pg_get_function_identity_arguments(p.oid)) as name,
    o.rolname::text as owner,
    p.prosecdef as definer,
    exists (
        select
        from pg_catalog.aclexplode(coalesce(p.proacl, pg_catalog.acldefault('f', p.proowner))) as acl
        where acl.grantee = 0
    ) as public,
    array(
        select r.rolname::text
        from pg_catalog.pg_roles as r
        where r.rolname = any (cast($2 as text[]))
            and pg_catalog.has_function_privilege(r.oid, p.oid, 'execute')
            and pg_catalog.has_schema_privilege(r.oid, n.oid, 'usage')
        order by 1
    ) as roles
from pg_catalog.pg_proc as p
join pg_catalog.pg_namespace as n on n.oid = p.pronamespace
join pg_catalog.pg_roles as o on o.oid = p.proowner
where n.nspname = any (cast($1 as text[]))
    and p.prorettype not in ('trigger'::pg_catalog.regtype, 'event_trigger'::pg_catalog.regtype)
order by 1
