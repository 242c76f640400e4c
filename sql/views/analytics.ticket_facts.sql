-- One row is one ticket with what widgets count about it. Security invoker: the policies of tickets
-- decide which rows a caller's numbers are made of. No join: whatever a widget needs stands in the
-- ticket (durations are generated columns, the rating and the first response are kept by triggers).
create or replace view analytics.ticket_facts
with (security_invoker = true)
as
select
    t.id,
    t.assigned_to,
    t.ticket_type_id,
    t.client_id,
    t.priority,
    t.status,
    t.created_at,
    t.resolved_at,
    t.resolution_seconds,
    t.first_response_seconds,
    t.rating,
    t as ticket,
    t.closed_at,
    t.number
from public.tickets as t;
comment on view analytics.ticket_facts is
'What widgets count: one row for each ticket that the caller may see.';
revoke all on analytics.ticket_facts from public;
grant select on analytics.ticket_facts to desk_internal, desk_service;
