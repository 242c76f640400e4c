-- The policies that bind the current role in what a request reads and writes.
--
-- $1  json: [{"schema", "name", "verbs": ["select", …]}], the relations that the request names
-- $2  json: [{"schema", "name"}], the relations in its execution plan
-- One value: json, a list of relations, each once for each role that it is read as; those that the request
-- names first, then what their views read, then the rest of the plan.
--
-- What a view reads, it reads as its owner, or, where it is a security_invoker, as the current role, however deep
-- it stands. What a policy reads, it reads as whoever it holds for. The plan does not tell whether it was one.
with recursive
me as (
    select oid
    from pg_catalog.pg_roles
    where rolname = current_user
),

named as (
    select c.oid as relid, asked.verbs
    from pg_catalog.json_to_recordset($1::json) as asked (schema text, name text, verbs text[])
    join pg_catalog.pg_namespace as n on n.nspname = asked.schema
    join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relname = asked.name
),

planned as (
    select distinct c.oid as relid
    from pg_catalog.json_to_recordset($2::json) as asked (schema text, name text)
    join pg_catalog.pg_namespace as n on n.nspname = asked.schema
    join pg_catalog.pg_class as c on c.relnamespace = n.oid and c.relname = asked.name
),

-- A set, so that relations that read one another end it.
reached (relid, role, verbs, through, by_policy) as (
    select named.relid, me.oid, named.verbs, null::text, false
    from named
    cross join me
    union
    select found.relid, found.role, found.verbs, found.through, found.by_policy
    from reached
    cross join me
    join pg_catalog.pg_class as above on above.oid = reached.relid
    cross join lateral (
        select
            d.refobjid,
            case
                when exists (
                    select
                    from pg_catalog.pg_options_to_table(above.reloptions) as option
                    where option.option_name = 'security_invoker' and option.option_value::boolean
                ) then me.oid
                else above.relowner
            end,
            reached.verbs,
            pg_catalog.format('view %s.%I', above.relnamespace::regnamespace, above.relname) collate "default",
            reached.by_policy
        from pg_catalog.pg_rewrite as r
        join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_rewrite'::regclass and d.objid = r.oid
        where r.ev_class = above.oid
            and above.relkind = 'v'
            and d.refclassid = 'pg_catalog.pg_class'::regclass
            and d.refobjid <> above.oid
        union all
        select
            d.refobjid,
            reached.role,
            array['select'],
            pg_catalog.format('policy %I', p.polname) collate "default",
            true
        from pg_catalog.pg_policy as p
        join pg_catalog.pg_depend as d on d.classid = 'pg_catalog.pg_policy'::regclass and d.objid = p.oid
        where p.polrelid = above.oid
            and above.relrowsecurity
            and d.refclassid = 'pg_catalog.pg_class'::regclass
            and d.refobjid <> above.oid
    ) as found (relid, role, verbs, through, by_policy)
    join pg_catalog.pg_class as c on c.oid = found.relid and c.relkind in ('r', 'p', 'v', 'm', 'f')
),

-- Partitions and other children are scanned under the policies of the table that was named.
parts (relid) as (
    select i.inhrelid
    from pg_catalog.pg_inherits as i
    join reached on reached.relid = i.inhparent
    union
    select i.inhrelid
    from parts
    join pg_catalog.pg_inherits as i on i.inhparent = parts.relid
),

listed (relid, role, verbs, through, rank) as (
    select reached.relid, reached.role, reached.verbs, reached.through, case when reached.through is null then 0 else 1 end
    from reached
    where not reached.by_policy or reached.relid in (select planned.relid from planned)
    union all
    select planned.relid, me.oid, array['select'], 'a function or a policy', 2
    from planned
    cross join me
    where planned.relid not in (select reached.relid from reached)
        and planned.relid not in (select parts.relid from parts)
),

-- A relation may be reached in several ways as the same role.
merged as (
    select
        listed.relid,
        listed.role,
        pg_catalog.min(listed.rank) as rank,
        (pg_catalog.array_agg(listed.through order by listed.rank, listed.through nulls first))[1] as through,
        array(
            select distinct verb
            from listed as same
            cross join lateral pg_catalog.unnest(same.verbs) as verb
            where same.relid = listed.relid
                and same.role = listed.role
            order by verb
        ) as verbs
    from listed
    group by listed.relid, listed.role
)

select coalesce(pg_catalog.json_agg(
    pg_catalog.json_build_object(
        'schema', n.nspname,
        'name', c.relname,
        'kind', case c.relkind
            when 'v' then 'view'
            when 'm' then 'materialized view'
            when 'f' then 'foreign table'
            else 'table'
        end,
        'role', r.rolname,
        'through', merged.through,
        'verbs', merged.verbs,
        'row_security', case
            when c.relkind not in ('r', 'p') then 'none'
            when not c.relrowsecurity then 'off'
            when r.rolsuper or r.rolbypassrls then 'bypassed'
            when not c.relforcerowsecurity and pg_catalog.pg_has_role(r.oid, c.relowner, 'usage') then 'owner'
            else 'on'
        end,
        'policies', coalesce(policies.list, '[]')
    )
    order by merged.rank, n.nspname, c.relname, r.rolname
), '[]')::text as relations
from merged
join pg_catalog.pg_class as c on c.oid = merged.relid
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_roles as r on r.oid = merged.role
left join lateral (
    select pg_catalog.json_agg(
        pg_catalog.json_build_object(
            'name', p.polname,
            'permissive', p.polpermissive,
            'verb', case p.polcmd
                when 'r' then 'select'
                when 'a' then 'insert'
                when 'w' then 'update'
                when 'd' then 'delete'
                else 'all'
            end,
            'roles', roles.names,
            'using', pg_catalog.pg_get_expr(p.polqual, p.polrelid),
            'check', pg_catalog.pg_get_expr(p.polwithcheck, p.polrelid),
            'silent', array(
                -- Once for each of its two expressions.
                select distinct pg_catalog.format('%s.%I', f.pronamespace::regnamespace, f.proname)
                from pg_catalog.pg_depend as d
                join pg_catalog.pg_proc as f on f.oid = d.refobjid
                where d.classid = 'pg_catalog.pg_policy'::regclass
                    and d.objid = p.oid
                    and d.refclassid = 'pg_catalog.pg_proc'::regclass
                    and f.pronargs = 0
                    and not f.proretset
                    and f.provolatile <> 'v'
                order by 1
            )
        )
        order by not p.polpermissive, p.polname
    ) as list
    from pg_catalog.pg_policy as p
    cross join lateral (
        select array(
            select case when role = 0 then 'public' else pg_catalog.pg_get_userbyid(role)::text end
            from pg_catalog.unnest(p.polroles) as role
            order by 1
        ) as names
    ) as roles
    where p.polrelid = c.oid
        and (p.polcmd = '*' or case p.polcmd
            when 'r' then 'select'
            when 'a' then 'insert'
            when 'w' then 'update'
            else 'delete'
        end = any (merged.verbs))
        and exists (
            select
            from pg_catalog.unnest(p.polroles) as role
            where role = 0 or pg_catalog.pg_has_role(r.oid, role, 'usage')
        )
) as policies on c.relkind in ('r', 'p')
