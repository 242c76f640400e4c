-- requires: sql/functions/auth.audit_account.sql, sql/functions/auth.check_client.sql, sql/functions/auth.link_account.sql
-- requires: sql/functions/auth.managed_account.sql, sql/functions/auth.shown_account.sql, sql/functions/ops.keep_change.sql, sql/functions/ops.queue_link.sql
--
-- Whoever signed up waits for two things: that somebody says yes, and for whom they act. Definer: the schema auth is closed
-- to everybody; clients are the managers' to add anyway.
--
--     PT404  there is no such account or client
--     PT409  it does not wait; its address is not confirmed; it is one of the staff; the client was erased
--     23502  neither a client nor a name for a new one, and nobody has the email
--     23505  a client with this email is there already, and is another than the one named
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; auth.managed_account decides whose accounts
create or replace function public.approve_account(account text, client integer default null, client_name text default null)
returns public.account
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    before auth.accounts;
    who auth.accounts;
    added public.clients;
begin
    if num_nonnulls(client, client_name) > 1 then
        raise exception 'client and client_name are two clients'
            using errcode = 'invalid_parameter_value',
                hint = 'Say {"client": 17} for one that is there, {"client_name": "Amber Ltd"} for a new one.';
    end if;
    -- the client before the account, as an erasure
    if client is not null then
        perform auth.check_client(client);
    end if;
    before := auth.managed_account(account);
    if before.status <> 'pending' then
        raise exception 'account "%" is %', before.email, before.status
            using errcode = 'PT409',
                hint = 'GET /rpc/accounts?status=eq.pending lists those that wait.';
    end if;
    if before.role <> 'desk_client' then
        raise exception 'account "%" is one of the staff', before.email
            using errcode = 'PT409',
                hint = 'POST /rpc/link_account {"account": …, "team_member": …} says who it is.';
    end if;
    if before.email_confirmed_at is null then
        raise exception 'nobody has confirmed the address "%"', before.email
            using errcode = 'PT409',
                hint = 'Whoever signed up follows the link in their mail; an hour later they sign up again.';
    end if;
    if btrim(client_name) = '' then
        raise exception 'client_name is blank'
            using errcode = 'check_violation';
    end if;
    if client_name is not null then
        insert into public.clients (client_name, email)
        values (btrim(approve_account.client_name), before.email)
        returning * into added;
        perform ops.keep_change(
            'public.clients', 'id', '{status,plan_type,monthly_budget}', null, to_jsonb(added)
        );
        client := added.id;
    end if;
    if client is null then
        -- on the allow-list by now
        who := auth.link_account(before);
        if who.status <> 'active' then
            raise exception 'for whom account "%" acts is missing', before.email
                using errcode = 'not_null_violation',
                    hint = 'Say {"client": 17} for a client that is there, {"client_name": "Amber Ltd"} for a new one.';
        end if;
    else
        update auth.accounts as a
        set client_id = approve_account.client, status = 'active'
        where a.id = before.id
        returning a.* into who;
    end if;
    perform ops.queue_link(who, 'approval');
    perform auth.audit_account('approve', before, who);
    return auth.shown_account(who);
end
$$;
comment on function public.approve_account(text, integer, text) is
'Lets somebody in who signed up and waits, for a client that is there or a new one with the given name. For managers and admins.

A mail tells them, with a link to set a password. Without client and client_name it is the client or contact with their email.';
revoke all on function public.approve_account(text, integer, text) from public;
grant execute on function public.approve_account(text, integer, text) to desk_manager;
