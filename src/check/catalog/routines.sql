-- One row a function or procedure, as JSON (model::Routine). Aggregates and window functions have no body of their own.
select jsonb_build_object(
    'name', jsonb_build_object('schema', n.nspname, 'name', p.proname),
    'arguments', (
        select coalesce(jsonb_agg(format_type(of.oid, null) order by of.at), '[]')
        from unnest(p.proargtypes) with ordinality as of (oid, at)
    ),
    'is_procedure', p.prokind = 'p',
    'is_trigger', p.prorettype in ('trigger'::regtype, 'event_trigger'::regtype),
    'language', l.lanname,
    'is_definer', p.prosecdef,
    'is_immutable', p.provolatile = 'i',
    'search_path', (
        select substr(setting, length('search_path=') + 1)
        from unnest(p.proconfig) as setting
        where starts_with(setting, 'search_path=')
    ),
    'outputs', (
        select coalesce(jsonb_agg(p.proargnames[of.at] order by of.at), '[]')
        from unnest(p.proargmodes) with ordinality as of (mode, at)
        where of.mode in ('t', 'o', 'b')
            and p.proargnames[of.at] <> ''
    ),
    'body', coalesce(pg_get_function_sqlbody(p.oid), p.prosrc),
    'returns', format_type(p.prorettype, null),
    'owner', pg_get_userbyid(p.proowner),
    'grants', (
        select coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'role', case acl.grantee when 0 then 'public' else pg_get_userbyid(acl.grantee) end,
                    'verb', acl.privilege_type
                )
            ),
            '[]'
        )
        from aclexplode(coalesce(p.proacl, acldefault('f', p.proowner))) as acl
        where acl.grantee <> p.proowner
    )
)
from pg_proc as p
join pg_namespace as n on n.oid = p.pronamespace
join pg_language as l on l.oid = p.prolang
where p.prokind in ('f', 'p')
    and n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and not exists (
        select
        from pg_depend as d
        where d.classid = 'pg_proc'::regclass
            and d.objid = p.oid
            and d.deptype = 'e'
    )
order by n.nspname, p.proname, p.oid
