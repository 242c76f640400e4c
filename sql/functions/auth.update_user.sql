-- requires: sql/functions/auth.claimed_session.sql, sql/functions/auth.session_document.sql
--
-- Changes the own account: the password, and what its holder says of themselves. Nothing else of an account is its
-- holder's to change: role, link and status are decided by others.
--
--     in   claims; password_hash; user_metadata: an object, merged into what is there, its nulls away
--     out  claims, user
--     or   refused: session_not_found, metadata_too_large
--
-- A new password ends all other sessions, and the links that were mailed for the old one.
create or replace function auth.update_user(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    session constant auth.sessions := auth.claimed_session(request -> 'claims');
    said jsonb;
    who auth.accounts;
begin
    if session.id is null then
        return jsonb_build_object('refused', 'session_not_found');
    end if;
    select jsonb_strip_nulls(coalesce(a.metadata -> 'user_metadata', '{}') || coalesce(request -> 'user_metadata', '{}'))
    into said
    from auth.accounts as a
    where a.id = session.account_id
    for update;
    if length(said::text) > 8192 then
        return jsonb_build_object('refused', 'metadata_too_large');
    end if;
    update auth.accounts as a
    set metadata = case
            when said = '{}' then a.metadata - 'user_metadata'
            else a.metadata || jsonb_build_object('user_metadata', said)
        end,
        password_hash = coalesce(request ->> 'password_hash', a.password_hash),
        password_set_at = case when request ? 'password_hash' then now() else a.password_set_at end
    where a.id = session.account_id
    returning a.* into who;
    if request ? 'password_hash' then
        update auth.sessions as s
        set revoked_at = now(), revoked_because = 'the password was changed'
        where s.account_id = who.id
            and s.id <> session.id
            and s.revoked_at is null;
        delete from auth.one_time_tokens as t where t.account_id = who.id;
    end if;
    return auth.session_document(who, session);
end
$$;
comment on function auth.update_user(jsonb) is
'Changes the password of an account, and what its holder says of themselves.';
revoke all on function auth.update_user(jsonb) from public;
grant execute on function auth.update_user(jsonb) to desk_worker;
