-- requires: sql/functions/auth.claimed_session.sql
--
-- First half of changing the own password: what the new one must differ from.
--
--     in   claims
--     out  password_hash, null where there is none
--     or   refused: session_not_found
create or replace function auth.begin_update(request jsonb)
returns jsonb
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
declare
    session constant auth.sessions := auth.claimed_session(request -> 'claims');
begin
    if session.id is null then
        return jsonb_build_object('refused', 'session_not_found');
    end if;
    return jsonb_build_object(
        'password_hash', (select a.password_hash from auth.accounts as a where a.id = session.account_id)
    );
end
$$;
comment on function auth.begin_update(jsonb) is
'The hash of the password that is about to be changed.';
revoke all on function auth.begin_update(jsonb) from public;
grant execute on function auth.begin_update(jsonb) to desk_worker;
