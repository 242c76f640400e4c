-- One row a right on a schema, as JSON (model::SchemaGrant).
select jsonb_build_object(
    'schema', n.nspname,
    'role', case acl.grantee when 0 then 'public' else pg_get_userbyid(acl.grantee) end,
    'verb', acl.privilege_type
)
from pg_namespace as n
cross join lateral aclexplode(n.nspacl) as acl
where acl.grantee <> n.nspowner
    and n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
order by n.nspname, 1
