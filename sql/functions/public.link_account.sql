-- requires: sql/functions/auth.audit_account.sql, sql/functions/auth.check_client.sql, sql/functions/auth.end_sessions.sql, sql/functions/auth.keep_an_admin.sql
-- requires: sql/functions/auth.managed_account.sql, sql/functions/auth.member_role.sql, sql/functions/auth.shown_account.sql, sql/functions/claims.account_id.sql
--
-- Whom an account acts for decides what it may: so this may turn a client's account into one of the staff, and back.
-- Definer: the schema auth is closed to everybody.
--
--     42501  the own account
--     PT404  there is no such account, client or team member
--     PT409  the client was erased; the team member has an account; the last active admin
--     23502  neither a client nor a team member, or both
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; the admins alone, and auth.managed_account decides
create or replace function public.link_account(account text, client integer default null, team_member integer default null)
returns public.account
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    before auth.accounts;
    who auth.accounts;
    new_role text;
begin
    if num_nonnulls(client, team_member) <> 1 then
        raise exception 'a client or a team member is missing, or there are both'
            using errcode = 'not_null_violation',
                hint = 'Say {"account": "ann@example.com", "client": 17} or {"account": …, "team_member": 3}.';
    end if;
    -- the client before the account, as an erasure
    if client is not null then
        perform auth.check_client(client);
    end if;
    before := auth.managed_account(account);
    who := before;
    if before.id = claims.account_id() then
        raise exception 'nobody links the own account'
            using errcode = 'insufficient_privilege',
                hint = 'Another admin can.';
    end if;
    new_role := 'desk_client';
    if team_member is not null then
        select auth.member_role(m.role, m.department)
        into new_role
        from public.team_members as m
        where m.id = team_member
        for share;
        if new_role is null then
            raise exception 'there is no team member %', team_member
                using errcode = 'PT404',
                    hint = 'GET /team_members?select=id,display_name lists them.';
        end if;
        if exists (select from auth.accounts as a where a.team_member_id = team_member and a.id <> before.id) then
            raise exception 'team member % has another account', team_member
                using errcode = 'PT409',
                    hint = format('GET /rpc/accounts?team_member_id=eq.%s shows it.', team_member);
        end if;
    end if;
    if before.role <> new_role
        or before.client_id is distinct from client
        or before.team_member_id is distinct from team_member
    then
        update auth.accounts as a
        set role = new_role,
            client_id = client,
            team_member_id = team_member,
            status = case a.status when 'disabled' then 'disabled' else 'active' end
        where a.id = before.id
        returning a.* into who;
        -- their tokens say who they were
        perform auth.end_sessions(who.id, 'the account was linked to somebody else');
        update auth.api_keys as k
        set revoked_at = now()
        where k.team_member_id = before.team_member_id
            and k.team_member_id is distinct from who.team_member_id
            and k.revoked_at is null;
        perform auth.audit_account('link', before, who);
    end if;
    return auth.shown_account(who);
end
$$;
comment on function public.link_account(text, integer, integer) is
'Says for whom an account acts, a client or a team member: by the id or the email of the account. For admins.

A pending account is active then; whoever was signed in as somebody else is signed out, and keys of the team member that it was are revoked.';
revoke all on function public.link_account(text, integer, integer) from public;
grant execute on function public.link_account(text, integer, integer) to desk_admin;
