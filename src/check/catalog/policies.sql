-- One row a policy, as JSON (model::Policy).
select jsonb_build_object(
    'relation', jsonb_build_object('schema', n.nspname, 'name', c.relname),
    'name', p.polname,
    'is_permissive', p.polpermissive,
    'command', case p.polcmd
        when 'r' then 'select'
        when 'a' then 'insert'
        when 'w' then 'update'
        when 'd' then 'delete'
        else 'all'
    end,
    'roles', (
        select jsonb_agg(
            case role when 0 then 'public' else pg_get_userbyid(role) end
            order by role
        )
        from unnest(p.polroles) as role
    ),
    'using', pg_get_expr(p.polqual, p.polrelid),
    'check', pg_get_expr(p.polwithcheck, p.polrelid)
)
from pg_policy as p
join pg_class as c on c.oid = p.polrelid
join pg_namespace as n on n.oid = c.relnamespace
where n.nspname !~ '^pg_'
    and n.nspname <> 'information_schema'
    and not exists (
        select
        from pg_depend as d
        where d.classid = 'pg_class'::regclass
            and d.objid = c.oid
            and d.deptype = 'e'
    )
order by n.nspname, c.relname, p.polname
