-- requires: sql/functions/auth.claimed_session.sql
--
-- Definer: the schema auth is closed to everybody. Another's session and one that does not exist answer alike.
--
--     PT404  the caller has no such session
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; the session of the token decides whose they are
create or replace function public.revoke_session(session uuid)
returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    current constant auth.sessions := auth.claimed_session(nullif(current_setting('request.jwt.claims', true), '')::jsonb);
begin
    update auth.sessions as s
    set revoked_at = now(), revoked_because = 'signed out from another session'
    where s.id = revoke_session.session
        and s.account_id = current.account_id
        and s.revoked_at is null;
    if not found then
        raise exception 'you have no session %', revoke_session.session
            using errcode = 'PT404',
                hint = 'GET /rpc/my_sessions lists them.';
    end if;
end
$$;
comment on function public.revoke_session(uuid) is
'Signs the caller out on another device, or here. All others at once: POST /auth/v1/logout?scope=others.

Its refresh token ends at once, its access token within 15 minutes.';
revoke all on function public.revoke_session(uuid) from public;
grant execute on function public.revoke_session(uuid) to desk_client, desk_agent;
