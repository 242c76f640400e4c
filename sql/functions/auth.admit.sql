-- requires: sql/functions/auth.member_role.sql
--
-- The account of an email, made where there is none and the email is on the allow-list: that of a team member, a client
-- or a client's contact. NULL for all others. It has no password, and its email is not confirmed.
create or replace function auth.admit(email text)
returns auth.accounts
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
declare
    address constant text := lower(btrim(admit.email));
    who auth.accounts;
begin
    select * into who from auth.accounts as a where a.email = address;
    if found then
        return who;
    end if;
    insert into auth.accounts (email, status, role, team_member_id, client_id)
    select
        address,
        'active',
        p.role,
        p.team_member_id,
        p.client_id
    from (
        select
            1 as nth,
            auth.member_role(m.role, m.department) as role,
            m.id as team_member_id,
            null::integer as client_id
        from public.team_members as m
        where lower(m.email) = address
            and not exists (select from auth.accounts as a where a.team_member_id = m.id)
        union all
        select 2, 'desk_client', null, c.id
        from public.clients as c
        where lower(c.email) = address
        union all
        select 3, 'desk_client', null, k.client_id
        from public.client_contacts as k
        where lower(k.email) = address
    ) as p
    order by p.nth, p.team_member_id, p.client_id
    limit 1
    -- two links asked for at once make one account
    on conflict do nothing;
    select * into who from auth.accounts as a where a.email = address;
    return who;
end
$$;
comment on function auth.admit(text) is
'The account of an email on the allow-list, made where there is none; null for an email that is not on it.';
revoke all on function auth.admit(text) from public;
-- NOTE: for the other functions of this schema only.
