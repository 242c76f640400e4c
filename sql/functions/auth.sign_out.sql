-- requires: sql/functions/auth.claimed_session.sql
--
-- Ends sessions of whoever holds a verified token: this one (local), all others (others), or all (global).
-- Their refresh tokens end at once, their access tokens with their short life.
--
--     in   claims, or refresh_token_hash (base64) where the token has run off; scope
--     out  ended: how many
--     or   refused: session_not_found
create or replace function auth.sign_out(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    session auth.sessions := auth.claimed_session(request -> 'claims');
    ended integer;
begin
    if session.id is null and request ->> 'refresh_token_hash' is not null then
        select s.*
        into session
        from auth.sessions as s
        join auth.refresh_tokens as t on t.session_id = s.id
        where t.token_hash = decode(request ->> 'refresh_token_hash', 'base64')
            and s.revoked_at is null;
    end if;
    if session.id is null then
        return jsonb_build_object('refused', 'session_not_found');
    end if;
    update auth.sessions as s
    set revoked_at = now(), revoked_because = 'signed out'
    where s.account_id = session.account_id
        and s.revoked_at is null
        and case request ->> 'scope'
            when 'local' then s.id = session.id
            when 'others' then s.id <> session.id
            else true
        end;
    get diagnostics ended = row_count;
    return jsonb_build_object('ended', ended);
end
$$;
comment on function auth.sign_out(jsonb) is
'Ends a token''s session, the account''s others, or all of them.';
revoke all on function auth.sign_out(jsonb) from public;
grant execute on function auth.sign_out(jsonb) to desk_worker;
