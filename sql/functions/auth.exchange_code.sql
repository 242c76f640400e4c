-- requires: sql/functions/auth.open_linked_session.sql
--
-- Opens a session for the code that a link gave to a browser, which proves that it asked for the link (RFC 7636,
-- section 4.6). A code is tried once, rightly or wrongly.
--
--     in   code_hash (base64), code_challenge: what the challenge of the code's holder is; refresh_token_hash (base64),
--          session_seconds; signup: the setting; address, user_agent
--     out  claims, user
--     or   refused: flow_state_not_found, bad_code_verifier, user_banned, account_pending
create or replace function auth.exchange_code(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    used auth.one_time_tokens;
begin
    delete from auth.one_time_tokens as t
    where t.token_hash = decode(request ->> 'code_hash', 'base64')
        and t.kind = 'code'
        and t.expires_at > now()
    returning t.* into used;
    if not found then
        return jsonb_build_object('refused', 'flow_state_not_found');
    end if;
    if used.code_challenge is distinct from request ->> 'code_challenge' then
        return jsonb_build_object('refused', 'bad_code_verifier');
    end if;
    return auth.open_linked_session(used.account_id, request);
end
$$;
comment on function auth.exchange_code(jsonb) is
'Opens a session for the code that a link gave.';
revoke all on function auth.exchange_code(jsonb) from public;
grant execute on function auth.exchange_code(jsonb) to desk_worker;
