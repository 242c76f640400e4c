-- requires: sql/functions/auth.member_role.sql
--
-- Links an account again whose client or team member was deleted: to whoever has its email now. Its
-- role is the team member's; an account of the staff never becomes a client's, nor the other way round. An account
-- that finds nobody, or somebody who has an account already, stays as it is.
create or replace function auth.link_account(who auth.accounts)
returns auth.accounts
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
declare
    linked auth.accounts;
begin
    if who.role = 'desk_client' then
        update auth.accounts as a
        set client_id = p.client_id, status = 'active'
        from (
            select c.client_id
            from (
                select id as client_id, email from public.clients
                union
                select client_id, email from public.client_contacts
            ) as c
            where lower(c.email) = who.email
            order by c.client_id
            limit 1
        ) as p
        where a.id = who.id
        returning a.* into linked;
    else
        update auth.accounts as a
        set team_member_id = m.id,
            status = 'active',
            -- who comes back is what they are now; who has no role of their own, what they were
            role = case when m.role is null then a.role else auth.member_role(m.role, m.department) end
        from public.team_members as m
        where a.id = who.id
            and m.id = (
                select min(one.id) from public.team_members as one where lower(one.email) = who.email
            )
            and not exists (select from auth.accounts as other where other.team_member_id = m.id)
        returning a.* into linked;
    end if;
    return case when linked.id is null then who else linked end;
end
$$;
comment on function auth.link_account(auth.accounts) is
'Links an account that lost its client or team member to the one that has its email.';
revoke all on function auth.link_account(auth.accounts) from public;
-- NOTE: for the other functions of this schema only.
