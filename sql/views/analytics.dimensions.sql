-- One row is one column that cells can be told apart by, with its bit in a node. The columns have the same
-- name in tickets, in the delta, in the cells and in public.ticket_filter.
create or replace view analytics.dimensions
with (security_invoker = true)
as
select d.bit, d.name
from (
    values
        (1, 'assigned_to'),
        (2, 'ticket_type_id'),
        (4, 'priority'),
        (8, 'client_id'),
        (16, 'status')
) as d (bit, name);
comment on view analytics.dimensions is
'The columns that roll-ups tell apart, each with its bit in a node.';
revoke all on analytics.dimensions from public;
grant select on analytics.dimensions to desk_internal, desk_service;
