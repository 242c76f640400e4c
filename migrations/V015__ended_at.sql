create index tickets_ended_at_idx on public.tickets (greatest(created_at, least(resolved_at, closed_at)))
include (assigned_to, id)
where coalesce(resolved_at, closed_at) is not null;
comment on index public.tickets_ended_at_idx is
'The tickets that came to their end within part of a day: charts of the backlog in other time zones than the roll-ups'' (analytics.counts).';
