-- The oldest open ticket of each agent: the index of whose open work it is gets the time in between. It is no
-- larger for that by much, and there is no further one to keep.
create index tickets_open_assigned_to_created_at_idx
on public.tickets (assigned_to, created_at) include (id, status, ticket_type_id)
where resolved_at is null and closed_at is null;
comment on index public.tickets_open_assigned_to_created_at_idx is
'Whose open work it is, the oldest first, from the index alone: also what the policies of agents ask is in it.';

drop index public.tickets_open_assigned_to_idx;
