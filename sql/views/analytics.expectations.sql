-- One row is one ticket type with what is expected of its tickets, in the unit that tickets are measured
-- in, so that a widget compares two columns. Where a ticket must have been created to be too old by now
-- is computed by widgets, in a CTE of their own: once for each type, not for each ticket.
--
-- An expectation beyond a century is taken for a century: time itself has no room for 2^31 hours.
create or replace view analytics.expectations
with (security_invoker = true)
as
select
    y.id as type_id,
    y.type_name,
    y.department,
    y.avg_resolution_hours as expected_hours,
    least(y.avg_resolution_hours, 876600) * 3600::double precision as expected_seconds
from public.ticket_types as y;
comment on view analytics.expectations is
'How long tickets of each type are expected to take, from creation to resolution.';
revoke all on analytics.expectations from public;
grant select on analytics.expectations to desk_internal, desk_service;
