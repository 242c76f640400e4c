-- One row is one ticket that is neither solved nor closed, pending ones among them, with what a list of work
-- shows. The queues are this with a condition. Security invoker: the policies of tickets decide which rows
-- there are. Of the joined tables a row takes part once, so what a request leaves out of its select costs
-- nothing.
--
-- Open is what its status says, by its category; a ticket without one is open. That it is neither resolved nor
-- closed follows (ops.stamp_resolution), and is said all the same: the indexes of open work are of those
-- (V011).
create or replace view public.open_tickets
with (security_invoker = true)
as
select
    t.id,
    t.number,
    t.title,
    t.client_id,
    c.client_name,
    t.ticket_type_id,
    y.type_name,
    y.department,
    t.priority,
    t.priority_rank,
    t.status,
    coalesce(s.category, 'open') as status_category,
    t.assigned_to,
    m.display_name as assignee_name,
    t.tags,
    t.created_at,
    t.updated_at,
    t.sla_due_at as due_at,
    case when isfinite(t.created_at) then now() - t.created_at end as age
from public.tickets as t
left join public.clients as c on c.id = t.client_id
left join public.ticket_types as y on y.id = t.ticket_type_id
left join public.team_members as m on m.id = t.assigned_to
left join public.ticket_statuses as s on s.code = t.status
where t.resolved_at is null
    and t.closed_at is null
    and coalesce(s.category, 'open') not in ('solved', 'closed');
comment on view public.open_tickets is
'Open work: every ticket that the caller sees and that is neither solved nor closed.

Its queues are queue_own, queue_unassigned, queue_team and queue_overdue. The order is the request''s: order=priority_rank.desc,created_at,id or order=due_at.asc.nullslast,id, both in pages by cursor.';
comment on column public.open_tickets.id is 'The ticket.';
comment on column public.open_tickets.number is 'The number that people use, from 1001.';
comment on column public.open_tickets.title is 'The question in one line.';
comment on column public.open_tickets.client_id is 'Who asks.';
comment on column public.open_tickets.client_name is 'The name of who asks.';
comment on column public.open_tickets.ticket_type_id is 'What it is about.';
comment on column public.open_tickets.type_name is 'What it is about, in words.';
comment on column public.open_tickets.department is 'The department that answers such questions.';
comment on column public.open_tickets.priority is 'low, medium, high or urgent; null where nobody said.';
comment on column public.open_tickets.priority_rank is 'The priority as a number: 4 is urgent, 1 low, 0 without one.';
comment on column public.open_tickets.status is 'A code of ticket_statuses; null counts as open.';
comment on column public.open_tickets.status_category is 'open, or pending where the client is to answer.';
comment on column public.open_tickets.assigned_to is 'The team member who answers; null: nobody yet.';
comment on column public.open_tickets.assignee_name is 'The name of who answers.';
comment on column public.open_tickets.tags is 'Words to find it by.';
comment on column public.open_tickets.created_at is 'When it was asked.';
comment on column public.open_tickets.updated_at is 'The last change: its version, for If-Match.';
comment on column public.open_tickets.due_at is 'By when something is to be done for it; null: no time is set.';
comment on column public.open_tickets.age is 'How long ago it was asked.';
revoke all on public.open_tickets from public;
grant select on public.open_tickets to desk_agent, desk_service;
-- NOTE: desk_client gets nothing: ages and due times of a desk's work are the desk's.
