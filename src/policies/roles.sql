-- The roles that requests can have.
--
-- $1 text    the login that serves, or null: then every role without a login that has a right of its own, or by
--            inheritance, on what the schemas hold, owners apart
-- $2 text[]  the exposed schemas
--
-- role  text
select r.rolname::text as role
from pg_catalog.pg_roles r
where r.rolname !~ '^pg_'
and case
    when $1::text is not null then r.rolname <> $1
        and pg_catalog.pg_has_role($1, r.oid, 'member')
        and not (select login.rolsuper from pg_catalog.pg_roles login where login.rolname = $1)
    else not r.rolcanlogin
        and not r.rolsuper
        and not r.rolbypassrls
        and exists (
            select
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname = any ($2)
            and c.relkind in ('r', 'p', 'v', 'm', 'f')
            and (
                pg_catalog.has_table_privilege(r.oid, c.oid, 'select, insert, update, delete')
                or pg_catalog.has_any_column_privilege(r.oid, c.oid, 'select, insert, update')
            )
        )
        and not exists (
            select
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            where n.nspname = any ($2)
            and pg_catalog.pg_has_role(r.oid, c.relowner, 'usage')
        )
end
order by 1
