-- requires: sql/functions/workflow.open_work.sql
--
-- Who should have a ticket: an active member of the ticket type's department, or of any where that has
-- none; first who speaks a language that a contact of the client prefers, then who has one of the
-- ticket's tags among the skills, then who has the least open work, then who came first.
--
-- One at a time, until the transaction ends: two at once would both find the same member idle.
create or replace function workflow.best_assignee(ticket integer)
returns integer
language plpgsql
volatile
set search_path = ''
as $$
begin
    perform pg_advisory_xact_lock(hashtextextended('workflow.best_assignee', 0));
    return (
        select m.id
        from public.tickets as t
        join public.ticket_types as y on y.id = t.ticket_type_id
        join public.team_members as m on coalesce(m.status, 'active') = 'active'
        left join workflow.open_work() as w on w.team_member_id = m.id
        where t.id = best_assignee.ticket
        order by
            m.department = y.department desc,
            exists (
                select
                from public.client_contacts as k
                where k.client_id = t.client_id and k.preferred_language = any (m.languages)
            ) desc,
            m.skills && t.tags desc,
            coalesce(w.tickets, 0),
            m.id
        limit 1
    );
end
$$;
comment on function workflow.best_assignee(integer) is
'The member of the team who should have a ticket.';
revoke all on function workflow.best_assignee(integer) from public;
grant execute on function workflow.best_assignee(integer) to desk_internal, desk_service;
