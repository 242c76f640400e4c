-- requires: sql/functions/auth.session_document.sql
--
-- Continues a session: the refresh token is used up, the next one takes its place.
--
--     in   refresh_token_hash, next_token_hash (base64), reuse_seconds, session_seconds
--     out  claims, user
--     or   refused: refresh_token_not_found, refresh_token_already_used, session_not_found,
--          session_expired, user_banned
--
-- Two tabs may ask with the same token at once: within reuse_seconds it gives the same next token
-- again (the server derives it from the one that was sent). After that, a used token was stolen, from
-- whichever of its two holders: the whole session ends.
create or replace function auth.refresh_session(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    sent constant bytea := decode(request ->> 'refresh_token_hash', 'base64');
    lifetime constant interval := make_interval(secs => (request ->> 'session_seconds')::integer);
    reuse constant interval := make_interval(secs => (request ->> 'reuse_seconds')::integer);
    who auth.accounts;
    session auth.sessions;
    used_at timestamptz;
begin
    -- the session is the lock: whoever comes second sees what the first has done
    select s.*
    into session
    from auth.sessions as s
    join auth.refresh_tokens as t on t.session_id = s.id
    where t.token_hash = sent
    for update of s;
    if not found then
        return jsonb_build_object('refused', 'refresh_token_not_found');
    end if;
    if session.revoked_at is not null then
        return jsonb_build_object('refused', 'session_not_found');
    end if;
    if session.expires_at < now() then
        return jsonb_build_object('refused', 'session_expired');
    end if;
    select t.used_at into used_at from auth.refresh_tokens as t where t.token_hash = sent;
    if used_at < clock_timestamp() - reuse then
        update auth.sessions as s
        set revoked_at = now(), revoked_because = 'a used refresh token was sent again'
        where s.id = session.id;
        return jsonb_build_object('refused', 'refresh_token_already_used');
    end if;
    select a.* into who from auth.accounts as a where a.id = session.account_id;
    if who.status <> 'active' then
        return jsonb_build_object(
            'refused', case who.status when 'disabled' then 'user_banned' else 'session_not_found' end
        );
    end if;

    update auth.refresh_tokens as t
    set used_at = clock_timestamp()
    where t.token_hash = sent
        and t.used_at is null;
    -- a session that is renewed for months must not collect its tokens for ever
    delete from auth.refresh_tokens as t
    where t.session_id = session.id
        and t.used_at < now() - lifetime;
    insert into auth.refresh_tokens (token_hash, session_id)
    values (decode(request ->> 'next_token_hash', 'base64'), session.id)
    on conflict (token_hash) do nothing;
    update auth.sessions as s
    set refreshed_at = now(), expires_at = now() + lifetime
    where s.id = session.id
    returning s.* into session;
    return auth.session_document(who, session);
end
$$;
comment on function auth.refresh_session(jsonb) is
'Exchanges a refresh token for the next one.';
revoke all on function auth.refresh_session(jsonb) from public;
grant execute on function auth.refresh_session(jsonb) to desk_worker;
