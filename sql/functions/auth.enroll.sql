-- The account of somebody who signs up for themselves: it waits, for its address to be confirmed and, where the desk wants to
-- be asked, for somebody to say yes. Whatever they ask to be, they are a client of nobody yet. Null for what is no address.
--
-- What they call themselves may be changed until the address is confirmed: before, anybody may have said it.
create or replace function auth.enroll(email text, name text)
returns auth.accounts
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
declare
    address constant text := lower(btrim(email));
    said constant jsonb := jsonb_strip_nulls(
        jsonb_build_object('user_metadata', jsonb_build_object('name', left(btrim(name), 255)))
    );
    who auth.accounts;
begin
    if length(address) > 255 or address !~ '^[^][\s@<>(),:;"\\]+@[^][\s@<>(),:;"\\]+$' then
        return null;
    end if;
    -- who never followed the link is nobody
    delete from auth.accounts as a
    where a.id in (
        select old.id
        from auth.accounts as old
        where old.status = 'pending'
            and old.email_confirmed_at is null
            and old.password_hash is null
            and coalesce(old.client_id, old.team_member_id) is null
            and old.created_at < now() - interval '7 days'
        order by old.created_at
        limit 10
        for update skip locked
    );
    insert into auth.accounts as a (email, status, role, metadata)
    values (address, 'pending', 'desk_client', said)
    on conflict on constraint accounts_email_key do update
    set metadata = a.metadata || excluded.metadata
    where a.status = 'pending'
        and a.role = 'desk_client'
        and a.client_id is null
        and a.email_confirmed_at is null;
    select a.* into who from auth.accounts as a where a.email = address;
    return who;
end
$$;
comment on function auth.enroll(text, text) is
'The account of somebody who signs up and is on no list: it waits.';
revoke all on function auth.enroll(text, text) from public;
-- NOTE: for the other functions of this schema only.
