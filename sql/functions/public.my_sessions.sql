-- requires: sql/functions/auth.claimed_session.sql
--
-- Definer: the schema auth is closed to everybody. Whose sessions they are, the token's own session says, not its sub: where
-- that has ended, there is nothing to see.
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; the session of the token decides whose they are
create or replace function public.my_sessions()
returns table (
    id uuid,
    is_current boolean,
    method text,
    user_agent text,
    address text,
    created_at timestamptz,
    refreshed_at timestamptz,
    expires_at timestamptz
)
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
declare
    current constant auth.sessions := auth.claimed_session(nullif(current_setting('request.jwt.claims', true), '')::jsonb);
begin
    return query
    select s.id, s.id = current.id, s.method, s.user_agent, s.address, s.created_at, s.refreshed_at, s.expires_at
    from auth.sessions as s
    where s.account_id = current.account_id
        and s.revoked_at is null
        and s.expires_at > now()
    order by s.refreshed_at desc, s.id;
end
$$;
comment on function public.my_sessions() is
'Where the caller is signed in: with which program, from which address, since when, and which session is this one.

No rows for a token that was not made by signing in.';
revoke all on function public.my_sessions() from public;
grant execute on function public.my_sessions() to desk_client, desk_agent;
