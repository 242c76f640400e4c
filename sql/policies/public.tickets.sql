-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql, sql/functions/claims.client_id.sql, sql/functions/claims.can_see.sql, sql/functions/claims.sees_all_tickets.sql, sql/functions/claims.sees_tickets.sql, sql/functions/claims.visible_assignees.sql, sql/functions/claims.collaborated_tickets.sql
--
-- A client sees the own tickets; agents what the setting agent_visibility says, and what they
-- collaborate on; managers and admins everything. Claims are read once a statement, in sub-selects.
-- Where every agent sees everything the ticket is not looked at: 2 ms instead of 7 for 40,000.
--
-- Writing: a client opens own tickets and changes none (what becomes of a ticket is said in
-- messages); staff open tickets for any client, also resolved ones (solved on the phone), and change
-- those that they see. What triggers add to it: ops.check_ticket, ops.check_priority,
-- ops.check_transition, ops.check_merge, ops.check_custom_fields.
--
-- USING and WITH CHECK of an agent's update differ on purpose. USING says which tickets: those the
-- agent sees. WITH CHECK is true: handing a ticket to somebody whose tickets one does not see is what
-- reassigning is for, and everything else that could take a ticket out of sight is not granted. But
-- PostgreSQL also holds the new row against the policies of SELECT, wherever the statement reads a
-- column: select_reassigned lets that row through, and only that (ops.mark_reassigned). Its first
-- half is false in every statement but such an update and costs nothing then.
call ops.reset_rights('public.tickets');

grant select on public.tickets to desk_client, desk_agent, desk_service;
grant insert (client_id, ticket_type_id, title, description, priority, tags, custom_fields)
on public.tickets to desk_client;
grant
insert (
    client_id, ticket_type_id, title, description, priority, tags, custom_fields,
    status, assigned_to, source_channel
),
update (
    ticket_type_id, title, description, priority, tags, custom_fields,
    status, assigned_to, source_channel, merged_into
)
on public.tickets to desk_agent;
grant delete on public.tickets to desk_admin;
grant insert, update, delete on public.tickets to desk_service;
call ops.grant_ids('public.tickets', 'desk_client', 'desk_agent', 'desk_service');
-- NOTE: desk_anon gets nothing. A client changes no ticket, nobody moves one to another client.
-- NOTE: resolved_at, closed_at and reopen_count follow the status, first_assigned_at the assignee, created_by the token, first_response_at and
-- rating their triggers; times and numbers are the database's: not granted to staff either.
-- NOTE: an agent deletes nothing; deleting erases the ticket with all that belongs to it.

create policy all_owner on public.tickets for all to desk_owner using (true) with check (true);

create policy select_own on public.tickets for select to desk_client
using (client_id = (select claims.client_id()));

-- check:allow several_permissive_policies: what one sees, collaborates on and just handed on are three reasons; in one they could not be read
create policy select_visible on public.tickets for select to desk_agent
using (
    (select claims.sees_all_tickets())
    or (select claims.sees_tickets())
    and claims.can_see(assigned_to, (select claims.visible_assignees()))
);

create policy select_collaborating on public.tickets for select to desk_agent
using (id = any ((select claims.collaborated_tickets())::integer[]));

-- check:allow claim_per_row: the setting changes from row to row of one UPDATE, and the first half is asked once
create policy select_reassigned on public.tickets for select to desk_agent
using (
    (select current_setting('desk.reassigned', true) <> '')
    and id = nullif(current_setting('desk.reassigned', true), '')::integer
);

create policy select_all_manager on public.tickets for select to desk_manager
using (true);

create policy insert_own on public.tickets for insert to desk_client
with check (client_id = (select claims.client_id()));

create policy insert_any on public.tickets for insert to desk_agent
with check ((select claims.sees_tickets()));

create policy insert_all_manager on public.tickets for insert to desk_manager
with check (true);

-- check:allow unchecked_new_row: handing on is meant, see above; what else could hide it is not granted
create policy update_visible on public.tickets for update to desk_agent
using (
    (select claims.sees_all_tickets())
    or (select claims.sees_tickets())
    and claims.can_see(assigned_to, (select claims.visible_assignees()))
)
with check (true);

-- check:allow unchecked_new_row: as update_visible
create policy update_collaborating on public.tickets for update to desk_agent
using (id = any ((select claims.collaborated_tickets())::integer[]))
with check (true);

create policy update_all_manager on public.tickets for update to desk_manager
using (true)
with check (true);

create policy delete_all_admin on public.tickets for delete to desk_admin
using (true);

create policy select_all_service on public.tickets for select to desk_service using (true);

create policy insert_all_service on public.tickets for insert to desk_service with check (true);

create policy update_all_service on public.tickets for update to desk_service using (true) with check (true);

create policy delete_all_service on public.tickets for delete to desk_service using (true);

comment on table public.tickets is
'What clients ask. A client sees the own tickets; an agent what the setting agent_visibility allows and what the agent collaborates on; managers and admins all.';
comment on column public.tickets.id is 'The ticket.';
comment on column public.tickets.client_id is 'Who asks.';
comment on column public.tickets.assigned_to is 'The team member who answers; null: nobody yet.';
comment on column public.tickets.ticket_type_id is 'What it is about.';
comment on column public.tickets.status is 'A code of ticket_statuses; null counts as open.';
comment on column public.tickets.priority is 'low, medium, high or urgent; medium where a new ticket does not say.';
comment on column public.tickets.title is 'The question in one line.';
comment on column public.tickets.created_at is 'When it was asked.';
comment on column public.tickets.resolved_at is 'When it was resolved; empty again when it is reopened.';
comment on column public.tickets.closed_at is 'When it was closed; empty again when it is reopened.';
comment on column public.tickets.number is 'The number that people use, from 1001.';
comment on column public.tickets.resolution_seconds is 'From creation to resolution, in seconds.';
comment on column public.tickets.first_response_at is 'The first public message by staff; kept by a trigger.';
comment on column public.tickets.first_response_seconds is 'From creation to the first response, in seconds.';
comment on column public.tickets.rating is 'The rating given in ticket_feedback, 1 to 5; kept by a trigger.';
comment on column public.tickets.updated_at is 'The last change.';
comment on column public.tickets.merged_into is 'The ticket of the same client in which this one goes on; this one is closed.';
comment on column public.tickets.first_assigned_at is 'When somebody of the team first had it; kept by a trigger.';
comment on column public.tickets.reopen_count is 'How often it was opened again after it had been resolved or closed; kept by a trigger.';
comment on column public.tickets.priority_rank is 'The priority as a number: 4 is urgent, 1 low, 0 without one.';
comment on column public.tickets.first_response_due_at is 'By when staff should have answered; stays when they did.';
comment on column public.tickets.resolution_due_at is 'By when the ticket should be resolved; stays when it is.';
comment on column public.tickets.next_response_due_at is 'By when the client''s last message should be answered; null when nobody waits.';
comment on column public.tickets.sla_state is 'Whether clocks of the service level run: running, paused; met or missed at the end; null: nothing was promised. sla_status says more.';
comment on column public.tickets.sla_warn_at is 'When the first of the running clocks is due soon.';
comment on column public.tickets.sla_due_at is 'When the first of the running clocks is due: the order of the queue.';
comment on column public.tickets.answers is 'How many public messages staff have written: 0, 1, or 2 for more; kept by a trigger.';
comment on column public.tickets.promises is 'What became of the promises made on it: counters packed into one number, for sums. What they are, sla_clocks says.';
comment on column public.tickets.source_channel is 'Where it came from: email, web, chat, widget, portal or api.';
comment on column public.tickets.created_by is 'The account that created it.';
comment on column public.tickets.tags is 'Words to find it by.';
comment on column public.tickets.description is 'The question at length.';
comment on column public.tickets.custom_fields is 'Fields that the desk defines.';
comment on column public.tickets.metadata is 'Anything else, as the desk likes.';
