-- requires: sql/functions/auth.claimed_session.sql, sql/functions/auth.session_document.sql
--
-- Who the holder of a verified token is, as the account is now.
--
--     in   claims
--     out  claims, user
--     or   refused: session_not_found
create or replace function auth.get_user(request jsonb)
returns jsonb
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
declare
    session constant auth.sessions := auth.claimed_session(request -> 'claims');
    who auth.accounts;
begin
    if session.id is null then
        return jsonb_build_object('refused', 'session_not_found');
    end if;
    select a.* into who from auth.accounts as a where a.id = session.account_id;
    return auth.session_document(who, session);
end
$$;
comment on function auth.get_user(jsonb) is
'The user of a token, if its session goes on.';
revoke all on function auth.get_user(jsonb) from public;
grant execute on function auth.get_user(jsonb) to desk_worker;
