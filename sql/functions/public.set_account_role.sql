-- requires: sql/functions/auth.audit_account.sql, sql/functions/auth.follow_role.sql, sql/functions/auth.keep_an_admin.sql
-- requires: sql/functions/auth.managed_account.sql, sql/functions/auth.member_role.sql, sql/functions/auth.shown_account.sql
--
-- The role is the team member's; the account follows (auth.follow_role, which also refuses the own one). Definer: the schema
-- auth is closed to everybody.
--
--     42501  the own role
--     PT404  there is no such account
--     PT409  a client's account; one that is linked to no team member; the last active admin
--     23514  a role that does not exist
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; the admins alone, and auth.managed_account decides
create or replace function public.set_account_role(account text, new_role text)
returns public.account
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    before constant auth.accounts := auth.managed_account(account);
    who auth.accounts;
begin
    if new_role is null or new_role not in ('agent', 'manager', 'admin') then
        raise exception 'role "%" does not exist', coalesce(new_role, '')
            using errcode = 'check_violation',
                hint = 'Roles of the staff are agent, manager and admin.';
    end if;
    if before.team_member_id is null then
        raise exception 'account "%" is no team member''s', before.email
            using errcode = 'PT409',
                hint = 'POST /rpc/link_account {"account": …, "team_member": …} makes it one.';
    end if;
    update public.team_members as m
    set role = case new_role when 'agent' then 'support_agent' else new_role end
    where m.id = before.team_member_id;
    -- also where the member had that role and the account had not
    update auth.accounts as a
    set role = auth.member_role(m.role, m.department)
    from public.team_members as m
    where a.id = before.id
        and m.id = a.team_member_id
    returning a.* into who;
    if who.role <> before.role then
        perform auth.audit_account('set_role', before, who);
    end if;
    return auth.shown_account(who);
end
$$;
comment on function public.set_account_role(text, text) is
'Makes somebody of the team an agent, a manager or an admin: by the id or the email of the account. For admins.

It is written to team_members.role, and holds from their next token on. Nobody changes the own role, and there is always an admin.';
revoke all on function public.set_account_role(text, text) from public;
grant execute on function public.set_account_role(text, text) to desk_admin;
