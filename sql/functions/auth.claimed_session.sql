-- The session that a verified token was made for; NULL where it has ended, or the token is of another
-- make. Claims that are no uuid are no error: a token may be signed by somebody else.
create or replace function auth.claimed_session(token jsonb)
returns auth.sessions
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
    uuid_pattern constant text := '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$';
    session auth.sessions;
begin
    if token ->> 'sub' ~ uuid_pattern and token ->> 'session_id' ~ uuid_pattern then
        select s.*
        into session
        from auth.sessions as s
        join auth.accounts as a on a.id = s.account_id
        where s.id = (token ->> 'session_id')::uuid
            and s.account_id = (token ->> 'sub')::uuid
            and s.revoked_at is null
            and s.expires_at > now()
            and a.status = 'active';
    end if;
    return session;
end
$$;
comment on function auth.claimed_session(jsonb) is
'The session of a token''s claims, if it goes on.';
revoke all on function auth.claimed_session(jsonb) from public;
-- NOTE: for the other functions of this schema only.
