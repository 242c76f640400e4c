-- Settings of the roles that the login role may become: alter role … set …
--
-- One row a role and setting: role text, name text, value text. Left out is what the login role may not
-- set (grant set on parameter … to … lets it), for that would fail every request of the role.
select
    role.rolname::text as role,
    said.name,
    said.value
from pg_catalog.pg_auth_members as membership
join pg_catalog.pg_roles as role on membership.roleid = role.oid
cross join lateral (
    select split_part(one, '=', 1) as name, substr(one, strpos(one, '=') + 1) as value
    from unnest(role.rolconfig) as one
) as said
join pg_catalog.pg_settings as parameter on parameter.name = said.name
where
    membership.member = (select oid from pg_catalog.pg_roles where rolname = session_user)
    and (
        parameter.context = 'user'
        or pg_catalog.has_parameter_privilege(session_user, parameter.name, 'set')
    )
group by role.rolname, said.name, said.value
order by role.rolname, said.name
