-- requires: sql/functions/auth.found_client.sql, sql/functions/auth.link_account.sql, sql/functions/auth.open_session.sql, sql/functions/auth.session_document.sql
--
-- A session for an account whose mail somebody reads.
--
--     in   refresh_token_hash (base64), session_seconds; signup: the setting; address, user_agent
--     out  claims, user
--     or   refused: user_banned, account_pending
create or replace function auth.open_linked_session(account_id uuid, request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
declare
    who auth.accounts;
begin
    select a.* into who from auth.accounts as a where a.id = open_linked_session.account_id for update;
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
comment on function auth.open_linked_session(uuid, jsonb) is
'Opens a session for an account whose link was followed.';
revoke all on function auth.open_linked_session(uuid, jsonb) from public;
-- NOTE: for the other functions of this schema only.
