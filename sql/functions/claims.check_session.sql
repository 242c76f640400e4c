-- requires: sql/functions/auth.claimed_session.sql
--
-- For db-pre-request: a token counts as long as its session does. Without it, an access token works until it expires.
-- Definer: the schema auth is closed. Tokens without a session (of scripts, and keys of machines) are none of its
-- business.
--
--     PT401  the session was ended, the account is disabled, or has another role now
create or replace function claims.check_session()
returns void
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
declare
    token constant jsonb := nullif(current_setting('request.jwt.claims', true), '');
begin
    if token ? 'session_id' and not exists (
        select
        from auth.accounts as a
        where a.id = (auth.claimed_session(token)).account_id
            and a.role = token ->> 'role'
            and a.client_id is not distinct from (token ->> 'client_id')::integer
            and a.team_member_id is not distinct from (token ->> 'team_member_id')::integer
    ) then
        raise exception 'the session of this token has ended'
            using errcode = 'PT401',
                hint = 'Refresh it, or sign in again.';
    end if;
end
$$;
comment on function claims.check_session() is
'Refuses a token whose session has ended, or whose account is not what it was any more.';
revoke all on function claims.check_session() from public;
grant execute on function claims.check_session()
to desk_anon, desk_client, desk_internal, desk_service;
