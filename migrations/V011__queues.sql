-- What orders the queues of open work (sql/views/public.open_tickets.sql) beside sla_due_at, and the indexes
-- that let a page of one be read in order. A column of the ticket: an index can have it, and a page by cursor
-- can follow it. Adding it writes the table anew, once.
alter table public.tickets
    -- never null, so that tickets without a priority come last in either direction's page by cursor
    add column priority_rank smallint not null generated always as (
        case priority when 'urgent' then 4 when 'high' then 3 when 'medium' then 2 when 'low' then 1 else 0 end
    ) stored;

-- Partial: what is resolved or closed is in none of them, and that is most of a desk. No update is HOT in any
-- case (V003), so each costs one entry more for a change of an open ticket, and one less for what a resolved
-- one would cost.
create index tickets_open_sla_due_at_idx on public.tickets (sla_due_at, id)
where resolved_at is null and closed_at is null;
comment on index public.tickets_open_sla_due_at_idx is
'Open work in the order in which it is due; the overdue are its beginning.';

create index tickets_open_priority_rank_idx on public.tickets (priority_rank desc, created_at, id)
where resolved_at is null and closed_at is null;
comment on index public.tickets_open_priority_rank_idx is
'Open work, the most urgent first, of the same urgency the oldest.';

create index tickets_open_assigned_to_idx on public.tickets (assigned_to, id)
where resolved_at is null and closed_at is null;
comment on index public.tickets_open_assigned_to_idx is
'Whose open work it is, from the index alone: also what the policies of agents ask is in it.';

create index tickets_unassigned_idx on public.tickets (priority_rank desc, created_at, id)
where assigned_to is null and resolved_at is null and closed_at is null;
comment on index public.tickets_unassigned_idx is
'What nobody has: few tickets, wherever they stand among the open ones.';
