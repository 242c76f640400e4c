-- requires: sql/functions/auth.audit_account.sql, sql/functions/auth.link_account.sql, sql/functions/auth.managed_account.sql, sql/functions/auth.shown_account.sql
--
-- Definer: the schema auth is closed to everybody. Whose account it may be, auth.managed_account says.
--
--     42501  an account of the staff, and the caller is no admin
--     PT404  there is no such account
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; auth.managed_account decides whose accounts
create or replace function public.enable_account(account text)
returns public.account
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    before constant auth.accounts := auth.managed_account(account);
    who auth.accounts := before;
begin
    if before.status = 'disabled' then
        update auth.accounts as a
        set status = case when coalesce(a.client_id, a.team_member_id) is null then 'pending' else 'active' end
        where a.id = before.id
        returning a.* into who;
        if who.status = 'pending' then
            who := auth.link_account(who);
        end if;
        perform auth.audit_account('enable', before, who);
    end if;
    return auth.shown_account(who);
end
$$;
comment on function public.enable_account(text) is
'Lets somebody in again who was disabled: by the id or the email of the account. For managers, of clients'' accounts; for admins, of all.

Sessions that had ended stay so. An account that is linked to nobody is pending.';
revoke all on function public.enable_account(text) from public;
grant execute on function public.enable_account(text) to desk_manager;
