-- requires: sql/functions/claims.account_id.sql, sql/functions/claims.client_id.sql, sql/functions/claims.team_member_id.sql
--
-- Who is writing, as the history keeps it: the names are those of this moment. A member of the team by
-- the token's team member; a client by the contact of the account, or else by the client's name; what
-- nobody asked for (scripts, jobs) is the system's. Called by triggers with the owner's rights, once a
-- statement.
create or replace function ops.actor(
    out account_id uuid,
    out team_member_id integer,
    out role text,
    out first_name text,
    out last_name text
)
language plpgsql
stable
set search_path = ''
as $$
declare
    -- in a definer function current_user is the owner
    caller constant text := current_setting('role');
    client constant integer := claims.client_id();
begin
    account_id := claims.account_id();
    if caller <> 'desk_client' then
        team_member_id := claims.team_member_id();
    end if;
    role := case
        when caller = 'desk_client' then 'customer'
        when team_member_id is not null or caller in ('desk_agent', 'desk_manager', 'desk_admin') then 'agent'
        when client is not null then 'customer'
        else 'system'
    end;

    if team_member_id is not null then
        select coalesce(m.first_name, m.display_name), m.last_name
        into first_name, last_name
        from public.team_members as m
        where m.id = team_member_id;
        account_id := coalesce(
            account_id,
            (select a.id from auth.accounts as a where a.team_member_id = actor.team_member_id)
        );
    elsif role = 'customer' then
        select coalesce(k.first_name, c.client_name), k.last_name
        into first_name, last_name
        from public.clients as c
        left join auth.accounts as a on a.id = account_id
        left join public.client_contacts as k on k.client_id = c.id and k.email = a.email
        where c.id = client;
    end if;
end
$$;
comment on function ops.actor() is
'Who is writing: account, team member, role (agent, customer, system) and names.';
revoke all on function ops.actor() from public;
