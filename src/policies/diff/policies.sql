-- Every policy, and which tables policies bind, as one line each; tables without row-level security only of the
-- exposed schemas.
--
-- $1 text[]  the exposed schemas
--
-- subject  text  `public.people policy select_own`, `public.people row-level security`
-- text     text  what is so: `for select to reader using (…)`, `on, forced`
select
    pg_catalog.format('%s.%s policy %s', n.nspname, c.relname, p.polname) as subject,
    pg_catalog.format(
        '%sfor %s to %s%s%s',
        case when p.polpermissive then '' else 'restrictive ' end,
        case p.polcmd
            when 'r' then 'select'
            when 'a' then 'insert'
            when 'w' then 'update'
            when 'd' then 'delete'
            else 'all'
        end,
        (
            select pg_catalog.string_agg(coalesce(r.rolname::text, 'public'), ', ' order by r.rolname)
            from pg_catalog.unnest(p.polroles) as holder
            left join pg_catalog.pg_roles r on r.oid = holder
        ),
        ' using (' || pg_catalog.pg_get_expr(p.polqual, p.polrelid) || ')',
        ' with check (' || pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) || ')'
    ) as text
from pg_catalog.pg_policy p
join pg_catalog.pg_class c on c.oid = p.polrelid
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
union all
select
    pg_catalog.format('%s.%s row-level security', n.nspname, c.relname),
    case
        when not c.relrowsecurity then 'off'
        when c.relforcerowsecurity then 'on, forced'
        else 'on'
    end
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
and (n.nspname = any ($1) or c.relrowsecurity)
order by 1
