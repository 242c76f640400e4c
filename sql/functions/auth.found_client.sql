-- requires: sql/functions/auth.link_account.sql
--
-- Whoever signed up by themselves becomes a client of their own, where the setting signup is open: once the address is
-- confirmed, for the client is found by it.
create or replace function auth.found_client(who auth.accounts)
returns auth.accounts
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
begin
    insert into public.clients (client_name, email)
    values (
        coalesce(nullif(left(btrim(who.metadata -> 'user_metadata' ->> 'name'), 255), ''), split_part(who.email, '@', 1)),
        who.email
    )
    on conflict do nothing;
    return auth.link_account(who);
end
$$;
comment on function auth.found_client(auth.accounts) is
'Makes a client of somebody who signed up.';
revoke all on function auth.found_client(auth.accounts) from public;
-- NOTE: for the other functions of this schema only.
