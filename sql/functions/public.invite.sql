-- requires: sql/functions/auth.admit.sql, sql/functions/auth.audit_account.sql, sql/functions/auth.caller_is_admin.sql, sql/functions/auth.link_account.sql
-- requires: sql/functions/auth.shown_account.sql, sql/functions/ops.queue_link.sql
--
-- Who may come in at all, clients, client_contacts and team_members say: nothing else is decided here, neither role nor link.
-- Definer: the schema auth is closed to everybody.
--
--     42501  somebody of the staff, and the caller is no admin
--     PT404  nobody has the email
--     PT409  disabled; has a password; waits to be approved
--     23502  no email
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; auth.caller_is_admin decides whether staff may be invited
create or replace function public.invite(email text)
returns public.account
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    is_admin constant boolean := auth.caller_is_admin();
    address constant text := lower(btrim(email));
    before auth.accounts;
    who auth.accounts;
begin
    if address is null then
        raise exception 'an email is missing'
            using errcode = 'not_null_violation',
                hint = 'Say {"email": "ann@example.com"}.';
    end if;
    select a.* into before from auth.accounts as a where a.email = address for update;
    who := auth.admit(address);
    if who.id is null then
        raise exception 'no client, contact or team member has the email "%"', address
            using errcode = 'PT404',
                hint = 'Add the person first: POST /client_contacts {"client_id": 17, "first_name": …, "last_name": …, "email": …}.';
    end if;
    if who.role <> 'desk_client' and not is_admin then
        raise exception 'managers manage accounts of clients only'
            using errcode = 'insufficient_privilege',
                hint = 'An admin can do it.';
    end if;
    if who.status = 'pending' then
        who := auth.link_account(who);
    end if;
    if who.status <> 'active' then
        raise exception 'account "%" is %', address, who.status
            using errcode = 'PT409',
                hint = case who.status
                    when 'disabled' then 'POST /rpc/enable_account {"account": …} lets them in again.'
                    else 'POST /rpc/approve_account {"account": …, "client": 17} says for whom they act.'
                end;
    end if;
    if who.password_hash is not null then
        raise exception 'account "%" has a password', address
            using errcode = 'PT409',
                hint = 'Who has forgotten it asks for a link to set another: POST /auth/v1/recover.';
    end if;
    perform ops.queue_link(who, 'invite');
    perform auth.audit_account('invite', before, who);
    return auth.shown_account(who);
end
$$;
comment on function public.invite(text) is
'Mails somebody a link to come in and set a password. For managers, to clients and their contacts; for admins, to everybody.

They must be there: as a client, a contact or a team member with that email. Inviting again sends another link.';
revoke all on function public.invite(text) from public;
grant execute on function public.invite(text) to desk_manager;
