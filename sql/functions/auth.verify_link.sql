-- requires: sql/functions/auth.found_client.sql, sql/functions/auth.link_account.sql, sql/functions/auth.open_session.sql, sql/functions/auth.session_document.sql
--
-- Uses a link that was mailed, once: whoever has it reads the account's mail. Opens a session.
--
--     in   token_hash (base64), kind, email: where it is given, it must be the account's; refresh_token_hash (base64),
--          session_seconds; signup: the setting; address, user_agent
--     out  claims, user
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
    who auth.accounts;
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
    where a.id = used.account_id
    returning a.* into who;
    if who.status = 'disabled' then
        return jsonb_build_object('refused', 'user_banned');
    end if;
    if who.status = 'pending' then
        who := auth.link_account(who);
    end if;
    if who.status = 'pending' and who.role = 'desk_client' and request ->> 'signup' = 'open' then
        who := auth.found_client(who);
    end if;
    if who.status <> 'active' then
        return jsonb_build_object('refused', 'account_pending');
    end if;
    return auth.session_document(
        who,
        auth.open_session(
            who,
            'otp',
            decode(request ->> 'refresh_token_hash', 'base64'),
            (request ->> 'session_seconds')::integer,
            request
        )
    );
end
$$;
comment on function auth.verify_link(jsonb) is
'Opens a session for whoever has a link that was mailed.';
revoke all on function auth.verify_link(jsonb) from public;
grant execute on function auth.verify_link(jsonb) to desk_worker;
