-- One row for what somebody makes from now on and everybody may use, as JSON (model::DefaultPrivilege). PostgreSQL's own
-- default, for functions, concerns those who own functions here.
select jsonb_build_object(
    'owner', pg_get_userbyid(o.owner),
    'schema', null,
    'kind', 'functions',
    'is_built_in', true
)
from (
    select distinct p.proowner as owner
    from pg_proc as p
    join pg_namespace as n on n.oid = p.pronamespace
    where n.nspname !~ '^pg_'
        and n.nspname <> 'information_schema'
        and not exists (
            select
            from pg_depend as d
            where d.classid = 'pg_proc'::regclass
                and d.objid = p.oid
                and d.deptype = 'e'
        )
) as o
where not exists (
    select
    from pg_default_acl as a
    where a.defaclrole = o.owner
        and a.defaclnamespace = 0
        and a.defaclobjtype = 'f'
        and not exists (select from aclexplode(a.defaclacl) as acl where acl.grantee = 0)
)
union all
select distinct jsonb_build_object(
    'owner', pg_get_userbyid(a.defaclrole),
    'schema', n.nspname,
    'kind', case a.defaclobjtype
        when 'r' then 'tables'
        when 'S' then 'sequences'
        when 'f' then 'functions'
        else 'schemas'
    end,
    'is_built_in', false
)
from pg_default_acl as a
left join pg_namespace as n on n.oid = a.defaclnamespace
cross join lateral aclexplode(a.defaclacl) as acl
where acl.grantee = 0
    and a.defaclobjtype in ('r', 'S', 'f', 'n')
    and not (a.defaclobjtype = 'f' and a.defaclnamespace = 0)
