-- One row is one column that cells can be told apart by, with its bit in a node and its type there (32 and 64 are taken:
-- analytics.nodes). The columns have the same name in tickets, in the delta, in the cells and in
-- public.ticket_filter.
create or replace view analytics.dimensions
with (security_invoker = true)
as
select
    d.bit,
    d.name,
    d.type
from (
    values
        (1, 'assigned_to', 'integer'),
        (2, 'ticket_type_id', 'integer'),
        (4, 'priority', 'text'),
        (8, 'client_id', 'integer'),
        (16, 'status', 'text')
) as d (bit, name, type);
comment on view analytics.dimensions is
'The columns that roll-ups tell apart, each with its bit in a node and its type in the cells.';
revoke all on analytics.dimensions from public;
grant select on analytics.dimensions to desk_internal, desk_service;
