-- Accounts hold the numbers of clients and team members without a foreign key. Where those go, the
-- numbers may come back for somebody else (TRUNCATE … RESTART IDENTITY): their accounts lose the link
-- and wait, and their sessions end. auth.link_account links them again, by email. Who is disabled
-- stays disabled. Their keys go. Definer: whoever may delete a client need not know of accounts.
create or replace function auth.unlink_accounts()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    is_client constant boolean := tg_table_name = 'clients';
    gone integer[];
begin
    if tg_op = 'DELETE' then
        gone := array(select o.id from old_rows as o);
    end if;
    with unlinked as (
        update auth.accounts as a
        set client_id = case when not is_client then a.client_id end,
            team_member_id = case when is_client then a.team_member_id end,
            status = case a.status when 'disabled' then 'disabled' else 'pending' end
        where case when is_client then a.client_id else a.team_member_id end is not null
            and (gone is null or case when is_client then a.client_id else a.team_member_id end = any (gone))
        returning a.id
    )
    update auth.sessions as s
    set revoked_at = now(), revoked_because = 'the client or team member was deleted'
    from unlinked as u
    where s.account_id = u.id
        and s.revoked_at is null;
    delete from auth.api_keys as k
    where case when is_client then k.client_id else k.team_member_id end is not null
        and (gone is null or case when is_client then k.client_id else k.team_member_id end = any (gone));
    return null;
end
$$;
comment on function auth.unlink_accounts() is
'Trigger: accounts whose client or team member goes wait to be linked again, signed out.';
revoke all on function auth.unlink_accounts() from public;

create or replace trigger unlink_accounts_truncate
after truncate on public.clients
for each statement execute function auth.unlink_accounts();

create or replace trigger unlink_accounts_delete
after delete on public.clients
referencing old table as old_rows
for each statement execute function auth.unlink_accounts();

create or replace trigger unlink_accounts_truncate
after truncate on public.team_members
for each statement execute function auth.unlink_accounts();

create or replace trigger unlink_accounts_delete
after delete on public.team_members
referencing old table as old_rows
for each statement execute function auth.unlink_accounts();
