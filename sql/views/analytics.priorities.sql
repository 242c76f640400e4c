-- One row is one line of a chart by priority, in its order, the most urgent first. Tickets without a
-- priority come last. A word of its own that an adopted database brings along has no row here; widgets
-- put it between low and none, so that no ticket is left out.
create or replace view analytics.priorities
with (security_invoker = true)
as
select p.ticket_priority, p.sort
from (values ('urgent', 1), ('high', 2), ('medium', 3), ('low', 4), ('none', 6)) as p (ticket_priority, sort);
comment on view analytics.priorities is
'The priorities in the order of charts; "none" is a ticket without one.';
revoke all on analytics.priorities from public;
grant select on analytics.priorities to desk_internal, desk_service;
