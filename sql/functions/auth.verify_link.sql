-- requires: sql/functions/auth.open_linked_session.sql
--
-- Uses a link that was mailed, once: whoever has it reads the account's mail. Opens a session.
--
--     in   token_hash (base64), kind, email: where it is given, it must be the account's; refresh_token_hash (base64),
--          session_seconds; signup: the setting; address, user_agent; code_hash (base64), code_seconds of a browser that
--          follows the link
--     out  claims, user; coded: the link was asked for with a challenge, and the code is to be exchanged by who made it
--     or   refused: otp_expired (used, too old, or there never was one), user_banned, account_pending
create or replace function auth.verify_link(request jsonb)
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
    -- of two at once one finds it
    delete from auth.one_time_tokens as t
    using auth.accounts as a
    where t.token_hash = decode(request ->> 'token_hash', 'base64')
        and t.kind = request ->> 'kind'
        and t.expires_at > now()
        and a.id = t.account_id
        and a.email = coalesce(lower(btrim(request ->> 'email')), a.email)
    returning t.* into used;
    if not found then
        return jsonb_build_object('refused', 'otp_expired');
    end if;
    update auth.accounts as a
    set email_confirmed_at = coalesce(a.email_confirmed_at, now())
    where a.id = used.account_id;
    if used.code_challenge is not null and request ->> 'code_hash' is not null then
        insert into auth.one_time_tokens (token_hash, account_id, kind, code_challenge, expires_at)
        values (
            decode(request ->> 'code_hash', 'base64'),
            used.account_id,
            'code',
            used.code_challenge,
            now() + make_interval(secs => (request ->> 'code_seconds')::integer)
        );
        return jsonb_build_object('coded', true);
    end if;
    return auth.open_linked_session(used.account_id, request);
end
$$;
comment on function auth.verify_link(jsonb) is
'Opens a session for whoever has a link that was mailed.';
revoke all on function auth.verify_link(jsonb) from public;
grant execute on function auth.verify_link(jsonb) to desk_worker;
