-- A desk without an admin could make none: whatever path a change takes, it may not leave the desk without an active one.
-- Not for the owner, who loads other people's desks and has `rowdesk admin create`.
--
-- Of two admins who demote each other at once the second waits here, and then sees what the first did.
create or replace function auth.keep_an_admin()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    -- in a definer function current_user is the owner
    caller constant name := coalesce(nullif(current_setting('role'), 'none'), session_user);
begin
    if pg_has_role(caller, 'desk_owner', 'member') then
        return null;
    end if;
    perform pg_advisory_xact_lock('auth.accounts'::regclass::oid::integer, 0);
    if not exists (
        select
        from auth.accounts as a
        where a.role = 'desk_admin'
            and a.status = 'active'
    ) then
        raise exception 'this is the last active admin'
            using errcode = 'PT409',
                hint = 'Make somebody else an admin first: POST /rpc/set_account_role {"account": "ann@example.com", "new_role": "admin"}.';
    end if;
    return null;
end
$$;
comment on function auth.keep_an_admin() is
'Trigger: there is always an active admin.';
revoke all on function auth.keep_an_admin() from public;

create or replace trigger keep_an_admin_update
after update of role, status on auth.accounts
for each row
when (
    old.role = 'desk_admin'
    and old.status = 'active'
    and (new.role <> 'desk_admin' or new.status <> 'active')
)
execute function auth.keep_an_admin();

create or replace trigger keep_an_admin_delete
after delete on auth.accounts
for each row
when (old.role = 'desk_admin' and old.status = 'active')
execute function auth.keep_an_admin();
