-- requires: sql/functions/auth.key_hash.sql, sql/functions/auth.link_account.sql, sql/functions/auth.open_session.sql
-- requires: sql/functions/auth.session_document.sql, sql/functions/auth.take_back_attempt.sql
--
-- Second half of signing in: the password was right. Opens a session.
--
--     in   what begin_sign_in took; account, password_set_at as it gave them; refresh_token_hash
--          (base64), session_seconds; new_password_hash where the old one is of a weaker kind;
--          user_agent
--     out  claims, user
--     or   refused: invalid_credentials (the password was changed meanwhile), user_banned,
--          email_not_confirmed, account_pending
--
-- An attempt that succeeds is taken back: who signs in rightly a hundred times is not guessing.
create or replace function auth.complete_sign_in(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    who auth.accounts;
    session auth.sessions;
begin
    select *
    into who
    from auth.accounts as a
    where a.id = (request ->> 'account')::uuid
        and a.password_set_at is not distinct from (request ->> 'password_set_at')::timestamptz
    for update;
    if not found then
        return jsonb_build_object('refused', 'invalid_credentials');
    end if;
    if who.status = 'disabled' then
        return jsonb_build_object('refused', 'user_banned');
    end if;
    if who.email_confirmed_at is null then
        return jsonb_build_object('refused', 'email_not_confirmed');
    end if;
    if who.status = 'pending' then
        who := auth.link_account(who);
    end if;
    if who.status <> 'active' then
        return jsonb_build_object('refused', 'account_pending');
    end if;

    update auth.accounts as a
    set password_hash = request ->> 'new_password_hash'
    where a.id = who.id
        and request ->> 'new_password_hash' is not null;
    session := auth.open_session(
        who,
        'password',
        decode(request ->> 'refresh_token_hash', 'base64'),
        (request ->> 'session_seconds')::integer,
        request
    );

    perform auth.take_back_attempt(
        auth.key_hash('address', request ->> 'address'),
        (request ->> 'address_attempts')::integer,
        (request ->> 'window_seconds')::integer
    );
    perform auth.take_back_attempt(
        auth.key_hash('account', request ->> 'email'),
        (request ->> 'account_attempts')::integer,
        (request ->> 'window_seconds')::integer
    );
    select * into who from auth.accounts as a where a.id = who.id;
    return auth.session_document(who, session);
end
$$;
comment on function auth.complete_sign_in(jsonb) is
'Opens a session for an account whose password was verified.';
revoke all on function auth.complete_sign_in(jsonb) from public;
grant execute on function auth.complete_sign_in(jsonb) to desk_worker;
