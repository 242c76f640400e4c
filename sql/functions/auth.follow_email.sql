-- Whose address changes signs in with the new one: the account goes along, once its owner was seen to read mails there. Its
-- sessions and links end, for they were the old address's. An address that somebody signs in with already is left to them.
-- Definer: whoever may change a team member need not know of accounts.
create or replace function auth.follow_email()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    address constant text := lower(btrim(new.email));
    moved uuid;
begin
    update auth.accounts as a
    set email = address, email_confirmed_at = null
    where a.team_member_id = new.id
        and a.email = lower(btrim(old.email))
        and a.email <> address
        -- what no account can have, the team may all the same
        and address like '_%@%'
        and length(address) between 3 and 255
        and not exists (select from auth.accounts as other where other.email = address)
    returning a.id into moved;
    update auth.sessions as s
    set revoked_at = now(), revoked_because = 'the address was changed'
    where s.account_id = moved
        and s.revoked_at is null;
    delete from auth.one_time_tokens as t where t.account_id = moved;
    return null;
end
$$;
comment on function auth.follow_email() is
'Trigger: the account of a team member has the member''s email.';
revoke all on function auth.follow_email() from public;

create or replace trigger follow_email
after update of email on public.team_members
for each row
when (new.email is distinct from old.email)
execute function auth.follow_email();
