-- Settings that the login role has been given: alter role … [in database …] set pgrst.…
--
-- One row a setting: name text, value text. That of this database wins over that of all.
-- $1: the names to look for, text[].
select distinct on (said.name) said.name, said.value
from (
    select
        role_setting.setdatabase,
        split_part(one, '=', 1) as name,
        substr(one, strpos(one, '=') + 1) as value
    from pg_catalog.pg_db_role_setting as role_setting
    cross join lateral unnest(role_setting.setconfig) as one
    where
        role_setting.setrole = (select oid from pg_catalog.pg_roles where rolname = session_user)
        and role_setting.setdatabase in (
            0, (select oid from pg_catalog.pg_database where datname = current_catalog)
        )
) as said
where said.name = any($1)
order by said.name asc, said.setdatabase desc
