-- A session of an account, with its first refresh token. From where, origin says: address and user_agent, for the account's
-- owner to recognise it by.
drop function if exists auth.open_session(auth.accounts, text, bytea, integer);

create or replace function auth.open_session(
    who auth.accounts,
    method text,
    refresh_token_hash bytea,
    seconds integer,
    origin jsonb default '{}'
)
returns auth.sessions
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
declare
    session auth.sessions;
begin
    update auth.accounts as a set last_sign_in_at = now() where a.id = who.id;
    -- what has ended is kept for a day, for those who ask why they were signed out
    delete from auth.sessions as s
    where s.account_id = who.id
        and (s.expires_at < now() - interval '1 day' or s.revoked_at < now() - interval '1 day');
    insert into auth.sessions (account_id, method, expires_at, address, user_agent)
    values (
        who.id,
        open_session.method,
        now() + make_interval(secs => seconds),
        origin ->> 'address',
        left(origin ->> 'user_agent', 255)
    )
    returning * into session;
    insert into auth.refresh_tokens (token_hash, session_id)
    values (refresh_token_hash, session.id);
    return session;
end
$$;
comment on function auth.open_session(auth.accounts, text, bytea, integer, jsonb) is
'Opens a session for an account.';
revoke all on function auth.open_session(auth.accounts, text, bytea, integer, jsonb) from public;
-- NOTE: for the other functions of this schema only.
