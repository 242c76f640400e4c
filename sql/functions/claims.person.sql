-- requires: sql/functions/claims.client_id.sql
--
-- Account and names of a team member or of a contact, by number: what documents say about people, where
-- auth is closed to their readers. A client learns of the team's names, which display_name shows anyway,
-- and of the own contacts; addresses are nobody's to read here. Definer: nobody may read auth.accounts.
create or replace function claims.person(
    in team_member integer,
    in contact integer,
    out account_id uuid,
    out first_name text,
    out last_name text
)
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
begin
    if team_member is not null then
        select a.id, coalesce(m.first_name, m.display_name), m.last_name
        into account_id, first_name, last_name
        from public.team_members as m
        left join auth.accounts as a on a.team_member_id = m.id
        where m.id = team_member;
    else
        select a.id, k.first_name, k.last_name
        into account_id, first_name, last_name
        from public.client_contacts as k
        left join auth.accounts as a on a.email = k.email and a.client_id = k.client_id
        where k.id = contact
            and (current_setting('role') <> 'desk_client' or k.client_id = claims.client_id());
    end if;
end
$$;
comment on function claims.person(integer, integer) is
'Account and names of a team member, or else of a contact that the caller sees.';
revoke all on function claims.person(integer, integer) from public;
grant execute on function claims.person(integer, integer) to desk_client, desk_internal, desk_service;
