-- The relations of the schemas $1; $2 names some of them ({}: all).
select
    c.oid,
    pg_catalog.format('%I.%I', n.nspname, c.relname) as name,
    case c.relkind
        when 'r' then 'table'
        when 'p' then 'partitioned table'
        when 'v' then 'view'
        when 'm' then 'materialized view'
        else 'foreign table'
    end as kind,
    o.rolname::text as owner,
    case
        when c.relkind not in ('r', 'p') then null
        when not c.relrowsecurity then 'off'
        when c.relforcerowsecurity then 'forced'
        else 'on'
    end as row_security,
    case
        when c.relkind <> 'v' then null
        when exists (
            select
            from pg_catalog.pg_options_to_table(c.reloptions) as option
            where case
                when option.option_name = 'security_invoker'
                    then option.option_value::pg_catalog.bool
            end
        ) then 'caller'
        else 'owner'
    end as runs_as,
    case
        when o.rolsuper then 'superuser'
        when o.rolbypassrls then 'bypassrls'
    end as owner_bypasses,
    array(
        select distinct pg_catalog.format('%I.%I', rn.nspname, rc.relname)
        from pg_catalog.pg_rewrite as rule
        join pg_catalog.pg_depend as d
            on d.classid = 'pg_catalog.pg_rewrite'::pg_catalog.regclass
            and d.objid = rule.oid
            and d.refclassid = 'pg_catalog.pg_class'::pg_catalog.regclass
            and d.refobjid <> c.oid
        join pg_catalog.pg_class as rc on rc.oid = d.refobjid and rc.relkind <> 'S'
        join pg_catalog.pg_namespace as rn on rn.oid = rc.relnamespace
        where rule.ev_class = c.oid
            and c.relkind in ('v', 'm')
        order by 1
    ) as reads,
    array(
        select a.attname::text
        from pg_catalog.pg_attribute as a
        where a.attrelid = c.oid
            and a.attnum > 0
            and not a.attisdropped
        order by a.attnum
    ) as columns
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
join pg_catalog.pg_roles as o on o.oid = c.relowner
where c.relkind in ('r', 'p', 'v', 'm', 'f')
    and n.nspname = any (cast($1 as text[]))
    and (
        cast($2 as text[]) = '{}'
        or c.relname = any (cast($2 as text[]))
        or n.nspname || '.' || c.relname = any (cast($2 as text[]))
        or pg_catalog.format('%I.%I', n.nspname, c.relname) = any (cast($2 as text[]))
    )
order by 2
