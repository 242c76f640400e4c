-- requires: sql/functions/auth.claimed_session.sql
--
-- Whether whoever manages accounts is an admin; else a manager. Their session must go on and their account still have the
-- role: the access token of somebody who was disabled, demoted or signed out lives for some minutes more, and in these
-- the own account could be enabled again, or another one made. Tokens of scripts, which name no session, are what they say.
--
-- In a definer function current_user is the owner; who asks is what the server, or SET ROLE, made of the login.
create or replace function auth.caller_is_admin()
returns boolean
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
    caller constant name := coalesce(nullif(current_setting('role'), 'none'), session_user);
    token constant jsonb := nullif(current_setting('request.jwt.claims', true), '');
    session auth.sessions;
begin
    if token ? 'session_id' then
        session := auth.claimed_session(token);
        if not exists (
            select
            from auth.accounts as a
            where a.id = session.account_id
                and pg_has_role(a.role::name, caller, 'usage')
        ) then
            raise exception 'the session of this token has ended, or its account has another role now'
                using errcode = 'insufficient_privilege',
                    hint = 'Sign in again.';
        end if;
    end if;
    return pg_has_role(caller, 'desk_admin', 'usage');
end
$$;
comment on function auth.caller_is_admin() is
'Whether whoever manages accounts is an admin; an error where their session has ended.';
revoke all on function auth.caller_is_admin() from public;
-- NOTE: for functions of the owner only.
