-- requires: sql/functions/ops.reset_rights.sql, sql/functions/claims.sees_all_tickets.sql
--
-- Collaborators beside tickets.assigned_to; staff only, following the ticket. The ticket's own
-- policy asks claims.collaborated_tickets(), a definer function, else the two would recurse.
--
-- Writing: who sees a ticket may ask a colleague to help with it, and let one go. There is nothing
-- to change in between, so nobody updates; ops.stamp_assigned_by writes down who asked.
call ops.reset_rights('public.ticket_assignees');

grant select, insert (ticket_id, team_member_id), delete on public.ticket_assignees to desk_agent;
grant select, insert, update, delete on public.ticket_assignees to desk_service;
-- NOTE: desk_client gets nothing: who else works on a ticket is the desk's affair.

create policy all_owner on public.ticket_assignees for all to desk_owner using (true) with check (true);

create policy select_visible on public.ticket_assignees for select to desk_agent
using (
    (select claims.sees_all_tickets())
    or exists (select from public.tickets as t where t.id = ticket_id)
);

create policy select_all_manager on public.ticket_assignees for select to desk_manager
using (true);

create policy insert_visible on public.ticket_assignees for insert to desk_agent
with check (
    (select claims.sees_all_tickets())
    or exists (select from public.tickets as t where t.id = ticket_id)
);

create policy insert_all_manager on public.ticket_assignees for insert to desk_manager
with check (true);

create policy delete_visible on public.ticket_assignees for delete to desk_agent
using (
    (select claims.sees_all_tickets())
    or exists (select from public.tickets as t where t.id = ticket_id)
);

create policy delete_all_manager on public.ticket_assignees for delete to desk_manager
using (true);

create policy select_all_service on public.ticket_assignees for select to desk_service using (true);

create policy insert_all_service on public.ticket_assignees for insert to desk_service with check (true);

create policy update_all_service on public.ticket_assignees for update to desk_service using (true) with check (true);

create policy delete_all_service on public.ticket_assignees for delete to desk_service using (true);

comment on table public.ticket_assignees is
'Who helps with a ticket beside tickets.assigned_to. Collaborators see the ticket whatever agent_visibility says; team figures count assigned_to only.';
comment on column public.ticket_assignees.ticket_id is 'The ticket.';
comment on column public.ticket_assignees.team_member_id is 'The collaborator.';
comment on column public.ticket_assignees.assigned_at is 'Since when.';
comment on column public.ticket_assignees.assigned_by is 'The account that asked for it.';
comment on column public.ticket_assignees.metadata is 'Anything else, as the desk likes.';
