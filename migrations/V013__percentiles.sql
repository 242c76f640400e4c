set local client_min_messages = warning;

drop index if exists public.tickets_priority_resolution_seconds_idx;
create index tickets_priority_resolution_seconds_idx
on public.tickets (priority, resolution_seconds) include (created_at, assigned_to, id)
where resolution_seconds is not null;
comment on index public.tickets_priority_resolution_seconds_idx is
'Exact percentiles by priority: roll-ups say in which small part of it a place lies (analytics.percentiles). What it includes is a period, and what the policies of agents ask.';

drop index if exists public.tickets_ticket_type_id_resolution_seconds_idx;
create index tickets_ticket_type_id_resolution_seconds_idx
on public.tickets (ticket_type_id, resolution_seconds) include (created_at, priority, assigned_to, id)
where resolution_seconds is not null;
comment on index public.tickets_ticket_type_id_resolution_seconds_idx is
'Exact percentiles by type, as tickets_priority_resolution_seconds_idx; of a type by priority too.';

drop index if exists public.tickets_assigned_to_resolution_seconds_idx;
create index tickets_assigned_to_resolution_seconds_idx
on public.tickets (assigned_to, resolution_seconds) include (created_at, id)
where resolution_seconds is not null;
comment on index public.tickets_assigned_to_resolution_seconds_idx is
'Exact percentiles by agent, as tickets_priority_resolution_seconds_idx.';

drop index if exists public.tickets_resolution_seconds_idx;
create index tickets_resolution_seconds_idx
on public.tickets (resolution_seconds) include (created_at, assigned_to, id)
where resolution_seconds is not null;
comment on index public.tickets_resolution_seconds_idx is
'Exact percentiles over all tickets, as tickets_priority_resolution_seconds_idx.';

drop index if exists public.tickets_created_at_idx;
create index tickets_created_at_idx
on public.tickets (created_at)
include (status, resolved_at, closed_at, assigned_to, id, ticket_type_id, priority, resolution_seconds);
comment on index public.tickets_created_at_idx is
'Date filters; newest first over all clients. What widgets count of a short period, or of the parts of days at the ends of a long one, from the index alone.';

create index tickets_unresolved_idx
on public.tickets (ticket_type_id, created_at) include (status, priority, assigned_to, id)
where resolved_at is null;
comment on index public.tickets_unresolved_idx is
'Which tickets are not late yet (analytics.lateness): the youngest of each type that are not resolved.';
