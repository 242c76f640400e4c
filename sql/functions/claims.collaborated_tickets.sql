-- requires: sql/functions/claims.team_member_id.sql
--
-- Definer: the policy of ticket_assignees follows the ticket, and the ticket's policy asks here; as
-- plain sub-selects the two would recurse for ever.
create or replace function claims.collaborated_tickets()
returns integer[]
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
begin
    return array(
        select a.ticket_id
        from public.ticket_assignees as a
        where a.team_member_id = claims.team_member_id()
    );
end
$$;
comment on function claims.collaborated_tickets() is
'The tickets on which the calling agent collaborates.';
revoke all on function claims.collaborated_tickets() from public;
grant execute on function claims.collaborated_tickets() to desk_internal, desk_service;
