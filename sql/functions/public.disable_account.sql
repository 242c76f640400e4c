-- requires: sql/functions/auth.audit_account.sql, sql/functions/auth.end_sessions.sql, sql/functions/auth.keep_an_admin.sql
-- requires: sql/functions/auth.managed_account.sql, sql/functions/auth.shown_account.sql, sql/functions/claims.account_id.sql
--
-- Definer: the schema auth is closed to everybody. Whose account it may be, auth.managed_account says.
--
--     42501  the own account; an account of the staff, and the caller is no admin
--     PT404  there is no such account
--     PT409  the last active admin
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; auth.managed_account decides whose accounts
create or replace function public.disable_account(account text)
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
    if before.id = claims.account_id() then
        raise exception 'nobody disables the own account'
            using errcode = 'insufficient_privilege',
                hint = 'Another admin can.';
    end if;
    if before.status <> 'disabled' then
        update auth.accounts as a set status = 'disabled' where a.id = before.id returning a.* into who;
        perform auth.end_sessions(who.id, 'the account was disabled');
        delete from auth.one_time_tokens as t where t.account_id = who.id;
        delete from ops.outbox as o where o.account_id = who.id and o.sent_at is null;
        perform auth.audit_account('disable', before, who);
    end if;
    return auth.shown_account(who);
end
$$;
comment on function public.disable_account(text) is
'Keeps somebody out: by the id or the email of the account. For managers, of clients'' accounts; for admins, of all.

Sessions and mailed links end at once, an access token within its 15 minutes. Who signed up and is not wanted is disabled, too.';
revoke all on function public.disable_account(text) from public;
grant execute on function public.disable_account(text) to desk_manager;
