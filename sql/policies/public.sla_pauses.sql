-- requires: sql/functions/ops.reset_rights.sql, sql/functions/claims.sees_all_tickets.sql
--
-- Pauses follow the ticket, for staff, as its clocks do; only triggers of the owner write them.
call ops.reset_rights('public.sla_pauses');

grant select on public.sla_pauses to desk_agent, desk_service;
-- NOTE: desk_client gets nothing, and nobody writes.

create policy all_owner on public.sla_pauses for all to desk_owner using (true) with check (true);

create policy select_visible on public.sla_pauses for select to desk_agent
using (
    (select claims.sees_all_tickets())
    or exists (select from public.tickets as t where t.id = ticket_id)
);

create policy select_all_manager on public.sla_pauses for select to desk_manager
using (true);

create policy select_all_service on public.sla_pauses for select to desk_service using (true);

comment on table public.sla_pauses is
'When the clocks of a ticket stood still: in a status that pauses them, and from its end until it was opened again.';
comment on column public.sla_pauses.ticket_id is 'The ticket.';
comment on column public.sla_pauses.began_at is 'Since when.';
comment on column public.sla_pauses.ended_at is 'Until when; null: still.';
