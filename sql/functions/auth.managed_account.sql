-- requires: sql/functions/auth.caller_is_admin.sql
--
-- The account that somebody is about to manage, by its id or email, held until the transaction ends: admins manage all,
-- managers those of clients.
--
--     42501  an account of the staff, and the caller is no admin
--     PT404  there is none
--     23502  none was named
create or replace function auth.managed_account(account text)
returns auth.accounts
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
declare
    is_admin constant boolean := auth.caller_is_admin();
    asked constant text := lower(btrim(account));
    who auth.accounts;
begin
    if asked is null then
        raise exception 'an account is missing'
            using errcode = 'not_null_violation',
                hint = 'Say its id or its email: {"account": "ann@example.com", …}.';
    end if;
    select a.* into who from auth.accounts as a where asked in (a.email, a.id::text) for update;
    if who.id is null then
        raise exception 'there is no account "%"', asked
            using errcode = 'PT404',
                hint = 'GET /rpc/accounts?select=id,email,status lists them.';
    end if;
    if who.role <> 'desk_client' and not is_admin then
        raise exception 'managers manage accounts of clients only'
            using errcode = 'insufficient_privilege',
                hint = 'An admin can do it.';
    end if;
    return who;
end
$$;
comment on function auth.managed_account(text) is
'An account by id or email, if the caller may manage it; an error otherwise.';
revoke all on function auth.managed_account(text) from public;
-- NOTE: for functions of the owner only.
