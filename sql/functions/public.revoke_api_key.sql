-- requires: sql/functions/auth.caller_is_admin.sql, sql/functions/claims.account_id.sql, sql/functions/claims.team_member_id.sql, sql/policies/auth.api_keys.sql
--
-- Definer: the schema auth is closed.
--
--     PT404  a key that does not exist
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; the admins alone
create or replace function public.revoke_api_key(id bigint)
returns void
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
begin
    perform auth.caller_is_admin();
    update auth.api_keys as k
    set revoked_at = now()
    where k.id = revoke_api_key.id
        and k.revoked_at is null;
    if found then
        insert into ops.audit (action, relation, row_id, details, role, account_id, team_member_id)
        values (
            'update',
            'auth.api_keys',
            revoke_api_key.id,
            '{"columns": ["revoked_at"]}',
            -- in a definer function current_user is the owner
            coalesce(nullif(current_setting('role'), 'none'), session_user),
            claims.account_id(),
            claims.team_member_id()
        );
    elsif not exists (select from auth.api_keys as k where k.id = revoke_api_key.id) then
        raise exception 'there is no key %', revoke_api_key.id
            using errcode = 'PT404',
                hint = 'GET /rpc/api_keys lists them.';
    end if;
end
$$;
comment on function public.revoke_api_key(bigint) is
'Withdraws the key of a machine, at once and for good: admins only. Calling it again is harmless.';
revoke all on function public.revoke_api_key(bigint) from public;
grant execute on function public.revoke_api_key(bigint) to desk_admin;
