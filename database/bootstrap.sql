-- What must exist before the first migration: the cluster's roles, the owner's rights on this
-- database, ownership of tables that were here before us, and the schema of the migration history.
--
-- Run by the admin login (a superuser, or a role with CREATEROLE that owns the database or holds
-- CREATE on it with grant option), before every migration run. It changes only what differs, so
-- that it may run any number of times and for many databases of one cluster at once: roles are
-- cluster-wide, advisory locks are not, so the losers of a race are caught and look again.
--
-- The migrator reads two names from here: the role that it becomes, and the schema of its history.
-- owner: desk_owner
-- history: ops
--
-- Roles that are trusted with every row of what they were granted:
-- check:allow always_true_policy for desk_manager: managers run the desk, all of it; grants say which columns they write
-- check:allow always_true_policy for desk_admin: admins run the desk, all of it; grants say which columns they write
-- check:allow always_true_policy for desk_service: scripts of whoever runs the server; docs/policies.md says what they may

do $bootstrap$
declare
    wanted record;
    attempt integer := 0;
    -- 16 splits a membership into inherit and set; both must be said there and neither may before
    full_membership constant text := case
        when current_setting('server_version_num')::integer >= 160000
            then ' with inherit true, set true'
        else ''
    end;
begin
    loop
        attempt := attempt + 1;
        begin
            for wanted in
                select *
                from (
                    values
                        ('desk_owner', false, true),
                        ('desk_authenticator', true, false),
                        ('desk_anon', false, true),
                        ('desk_client', false, true),
                        ('desk_internal', false, true),
                        ('desk_agent', false, true),
                        ('desk_manager', false, true),
                        ('desk_admin', false, true),
                        ('desk_service', false, true),
                        ('desk_worker', false, true)
                ) as r (name, logs_in, inherits)
            loop
                if not exists (select from pg_catalog.pg_roles where rolname = wanted.name) then
                    execute format(
                        'create role %I %s %s',
                        wanted.name,
                        case when wanted.logs_in then 'login' else 'nologin' end,
                        case when wanted.inherits then 'inherit' else 'noinherit' end
                    );
                elsif exists (
                    select
                    from pg_catalog.pg_roles
                    where rolname = wanted.name
                        and (rolsuper or rolbypassrls or rolcreaterole or rolcreatedb)
                ) then
                    raise exception 'role "%" may not be superuser, createrole, createdb or bypassrls', wanted.name
                        using hint = format('alter role %I nosuperuser nocreaterole nocreatedb nobypassrls', wanted.name);
                elsif exists (
                    select
                    from pg_catalog.pg_roles
                    where rolname = wanted.name
                        and (rolinherit <> wanted.inherits or (wanted.logs_in and not rolcanlogin))
                ) then
                    execute format(
                        'alter role %I %s %s',
                        wanted.name,
                        case when wanted.logs_in then 'login' else '' end,
                        case when wanted.inherits then 'inherit' else 'noinherit' end
                    );
                end if;
            end loop;

            for wanted in
                select *
                from (
                    values
                        -- staff, each inherits the one before; all are desk_internal
                        ('desk_internal', 'desk_agent', ''),
                        ('desk_agent', 'desk_manager', ''),
                        ('desk_manager', 'desk_admin', ''),
                        -- the server's login may become these and no others
                        ('desk_anon', 'desk_authenticator', full_membership),
                        ('desk_client', 'desk_authenticator', full_membership),
                        ('desk_agent', 'desk_authenticator', full_membership),
                        ('desk_manager', 'desk_authenticator', full_membership),
                        ('desk_admin', 'desk_authenticator', full_membership),
                        ('desk_service', 'desk_authenticator', full_membership),
                        ('desk_worker', 'desk_authenticator', full_membership)
                ) as m (role, member, options)
            loop
                if not exists (
                    select
                    from pg_catalog.pg_auth_members as a
                    where a.roleid = wanted.role::regrole
                        and a.member = wanted.member::regrole
                ) then
                    execute format(
                        'grant %I to %I%s',
                        wanted.role,
                        wanted.member,
                        -- noinherit is said by the role before 16 and by the membership since
                        replace(wanted.options, 'inherit true', 'inherit false')
                    );
                end if;
            end loop;

            -- No request may hold a connection for ever: what is embedded multiplies, and a few words of a
            -- URL can ask for more rows than there is time. A limit that somebody has set stays.
            if not exists (
                select
                from pg_catalog.pg_db_role_setting as s
                cross join unnest(s.setconfig) as setting
                where s.setrole = 'desk_authenticator'::regrole
                    and s.setdatabase = 0
                    and setting like 'statement_timeout=%'
            ) then
                alter role desk_authenticator set statement_timeout = '30s';
            end if;

            -- migrations say "set role desk_owner"; a superuser may anyway
            if not (select rolsuper from pg_catalog.pg_roles where rolname = current_user)
                and not exists (
                    select
                    from pg_catalog.pg_auth_members as a
                    where a.roleid = 'desk_owner'::regrole
                        and a.member = current_user::regrole
                        -- the creator of a role has a membership without these two on 16 and later
                        and coalesce((to_jsonb(a) ->> 'set_option')::boolean, true)
                        and coalesce((to_jsonb(a) ->> 'inherit_option')::boolean, true)
                )
            then
                execute format('grant desk_owner to %I%s', current_user, full_membership);
            end if;

            if not has_database_privilege('desk_owner', current_database(), 'create')
                or not has_database_privilege('desk_owner', current_database(), 'connect')
                or not has_database_privilege('desk_owner', current_database(), 'temporary')
            then
                execute format(
                    'grant create, connect, temporary on database %I to desk_owner',
                    current_database()
                );
            end if;
            if not has_database_privilege('desk_authenticator', current_database(), 'connect') then
                execute format(
                    'grant connect on database %I to desk_authenticator',
                    current_database()
                );
            end if;

            if not exists (select from pg_catalog.pg_namespace where nspname = 'public') then
                create schema public;
            end if;
            if not has_schema_privilege('desk_owner', 'public', 'create')
                or not has_schema_privilege('desk_owner', 'public', 'usage')
            then
                grant usage, create on schema public to desk_owner;
            end if;
            if not has_database_privilege('desk_owner', current_database(), 'create')
                or not has_schema_privilege('desk_owner', 'public', 'create')
            then
                raise exception 'role "%" may not grant CREATE on database "%" and its schema public to desk_owner',
                    current_user, current_database()
                    using errcode = 'insufficient_privilege',
                        hint = 'Let the owner of the database, or a superuser, run this file once.';
            end if;
            for wanted in
                select *
                from (
                    values ('desk_anon'), ('desk_client'), ('desk_internal'), ('desk_service')
                ) as r (name)
            loop
                if not has_schema_privilege(wanted.name, 'public', 'usage') then
                    execute format('grant usage on schema public to %I', wanted.name);
                end if;
            end loop;
            -- databases made before 15 let everybody create objects in public
            if exists (
                select
                from pg_catalog.pg_namespace as n, aclexplode(n.nspacl) as acl
                where n.nspname = 'public'
                    and acl.grantee = 0
                    and acl.privilege_type = 'CREATE'
            ) then
                revoke create on schema public from public;
            end if;

            -- tables of the original schema that are already here, with their data
            for wanted in
                select c.oid::regclass as name
                from pg_catalog.pg_class as c
                where c.relnamespace = 'public'::regnamespace
                    and c.relkind in ('r', 'p')
                    and c.relname in (
                        'clients', 'team_members', 'ticket_types', 'tickets',
                        'ticket_messages', 'ticket_feedback', 'payments'
                    )
                    and c.relowner <> 'desk_owner'::regrole
            loop
                execute format('alter table %s owner to desk_owner', wanted.name);
            end loop;
            -- a serial's sequence follows its table; one that merely feeds a default does not
            for wanted in
                select distinct s.oid::regclass as name
                from pg_catalog.pg_class as s
                join pg_catalog.pg_depend as d
                    on d.refclassid = 'pg_class'::regclass
                    and d.refobjid = s.oid
                    and d.classid = 'pg_attrdef'::regclass
                join pg_catalog.pg_attrdef as a on a.oid = d.objid
                join pg_catalog.pg_class as c on c.oid = a.adrelid
                where s.relkind = 'S'
                    and s.relowner <> 'desk_owner'::regrole
                    and c.relnamespace = 'public'::regnamespace
                    and c.relname in (
                        'clients', 'team_members', 'ticket_types', 'tickets',
                        'ticket_messages', 'ticket_feedback', 'payments'
                    )
            loop
                execute format('alter sequence %s owner to desk_owner', wanted.name);
            end loop;

            if not exists (select from pg_catalog.pg_namespace where nspname = 'ops') then
                create schema ops authorization desk_owner;
            elsif (select nspowner from pg_catalog.pg_namespace where nspname = 'ops') <> 'desk_owner'::regrole then
                alter schema ops owner to desk_owner;
            end if;
            exit;
        exception
            when duplicate_object or duplicate_schema or unique_violation or undefined_object then
                -- somebody else was a moment faster: look again
                if attempt >= 50 then
                    raise;
                end if;
            when internal_error then
                if attempt >= 50 or sqlerrm not like 'tuple concurrently %' then
                    raise;
                end if;
        end;
        perform pg_catalog.pg_sleep(random() * 0.02);
    end loop;
end
$bootstrap$;
