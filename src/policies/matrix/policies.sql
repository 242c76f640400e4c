-- The policies of the relations $1, as they were created.
select
    p.polrelid as relation,
    p.polname::text as name,
    case p.polcmd
        when 'r' then 'select'
        when 'a' then 'insert'
        when 'w' then 'update'
        when 'd' then 'delete'
        else 'all'
    end as verb,
    not p.polpermissive as restrictive,
    array(
        select coalesce(r.rolname::text, 'public')
        from pg_catalog.unnest(p.polroles) as named
        left join pg_catalog.pg_roles as r on r.oid = named
        order by 1
    ) as roles,
    pg_catalog.pg_get_expr(p.polqual, p.polrelid) as using,
    pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid) as check
from pg_catalog.pg_policy as p
where p.polrelid = any (cast($1 as oid[]))
order by 1, 2
