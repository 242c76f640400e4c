-- An account of a client is its client's as long as the client, or one of its contacts, has its email.
-- A contact who leaves, moves to another client or gets another address takes the account out of the
-- client: it waits, signed out, as where the client itself goes (auth.unlink_accounts), and is linked
-- to whoever has its email when its owner signs in again. Otherwise a former contact reads on for ever:
-- a session is renewed without its owner's password. Accounts that somebody made for another email than
-- those are left alone. Definer: whoever may change a contact need not know of accounts.
create or replace function auth.unlink_contacts()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    with unlinked as (
        update auth.accounts as a
        set client_id = null,
            status = case a.status when 'disabled' then 'disabled' else 'pending' end
        from old_rows as o
        where a.role = 'desk_client'
            and a.email = lower(o.email)
            -- both tables share the function: a contact's client_id, a client's id
            and a.client_id = coalesce(to_jsonb(o) ->> 'client_id', to_jsonb(o) ->> 'id')::integer
            and not exists (
                select
                from public.clients as c
                where c.id = a.client_id
                    and lower(c.email) = a.email
            )
            and not exists (
                select
                from public.client_contacts as c
                where c.client_id = a.client_id
                    and lower(c.email) = a.email
            )
        returning a.id
    )
    update auth.sessions as s
    set revoked_at = now(), revoked_because = 'the client has no such contact any more'
    from unlinked as u
    where s.account_id = u.id
        and s.revoked_at is null;
    return null;
end
$$;
comment on function auth.unlink_contacts() is
'Trigger: accounts whose contact leaves or moves wait to be linked again, signed out.';
revoke all on function auth.unlink_contacts() from public;

-- PostgreSQL wants one trigger for each event that brings transition tables.
create or replace trigger unlink_contacts_update
after update on public.client_contacts
referencing old table as old_rows
for each statement execute function auth.unlink_contacts();

create or replace trigger unlink_contacts_delete
after delete on public.client_contacts
referencing old table as old_rows
for each statement execute function auth.unlink_contacts();

create or replace trigger unlink_contacts_update
after update on public.clients
referencing old table as old_rows
for each statement execute function auth.unlink_contacts();
