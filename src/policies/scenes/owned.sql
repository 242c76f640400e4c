-- Tables whose policies do not hold for the role: it owns them, itself or by what it inherits, and their
-- row-level security is not forced (PostgreSQL, check_enable_rls).
select pg_catalog.format('%I.%I', n.nspname, c.relname) as relation
from pg_catalog.pg_class as c
join pg_catalog.pg_namespace as n on n.oid = c.relnamespace
where c.relkind in ('r', 'p')
    and c.relrowsecurity
    and not c.relforcerowsecurity
    and pg_catalog.pg_has_role($1, c.relowner, 'usage')
order by 1
