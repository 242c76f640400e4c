-- requires: sql/functions/ops.reset_rights.sql, sql/functions/claims.sees_all_tickets.sql
--
-- Clocks follow the ticket, for staff; triggers of the owner and ops.record_breaches write them, and nobody
-- else. A client sees the due times of the own tickets, not how well the desk keeps its word.
call ops.reset_rights('public.sla_clocks');

grant select on public.sla_clocks to desk_agent, desk_service;
-- NOTE: desk_client gets nothing, and nobody writes.

create policy all_owner on public.sla_clocks for all to desk_owner using (true) with check (true);

create policy select_visible on public.sla_clocks for select to desk_agent
using (
    (select claims.sees_all_tickets())
    or exists (select from public.tickets as t where t.id = ticket_id)
);

create policy select_all_manager on public.sla_clocks for select to desk_manager
using (true);

create policy select_all_service on public.sla_clocks for select to desk_service using (true);

comment on table public.sla_clocks is
'What was promised on a ticket, and what became of it (clock_state). A next response has a row also where nothing was promised.';
comment on column public.sla_clocks.ticket_id is 'The ticket.';
comment on column public.sla_clocks.metric is 'first_response, next_response or resolution.';
comment on column public.sla_clocks.started_at is 'The ticket''s creation, or the message that waits for an answer.';
comment on column public.sla_clocks.stopped_at is 'The answer, the resolution, or the ticket''s end; null: it runs.';
comment on column public.sla_clocks.is_done is 'Whether it stopped because it was answered, or resolved.';
comment on column public.sla_clocks.is_paused is 'Whether it stands still, because of the ticket''s status.';
comment on column public.sla_clocks.policy_id is 'The policy that it goes by; null: nothing was promised.';
comment on column public.sla_clocks.target_seconds is 'The working time that was promised.';
comment on column public.sla_clocks.warn_at is 'When it is due soon.';
comment on column public.sla_clocks.due_at is 'When it is due; null while it stands still, and where its calendar ends.';
comment on column public.sla_clocks.breached_at is 'The moment at which the promise was broken: when it was due.';
comment on column public.sla_clocks.recorded_at is 'When that was noticed.';
