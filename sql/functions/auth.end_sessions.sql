-- Ends all sessions of an account. Access tokens live on for their few minutes.
create or replace function auth.end_sessions(account uuid, because text)
returns void
language sql
volatile
parallel unsafe
set search_path = ''
as $$
    update auth.sessions as s
    set revoked_at = now(), revoked_because = because
    where s.account_id = account
        and s.revoked_at is null
$$;
comment on function auth.end_sessions(uuid, text) is
'Ends all sessions of an account.';
revoke all on function auth.end_sessions(uuid, text) from public;
-- NOTE: for functions of the owner only.
