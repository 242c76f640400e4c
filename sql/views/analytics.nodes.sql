-- One row is one node: a combination of dimensions that cells are kept for, by series and grain. A query reads
-- the smallest node that has all the dimensions it needs (analytics.node_for); without one it reads the tickets.
-- THE place where that is decided: folding, rebuilding and verifying read it here too. Whoever changes it
-- rebuilds the roll-ups (call analytics.rebuild()).
--
-- Each node costs a row for each combination that occurs, and each fold a row in each. So there are those that
-- widgets ask for, and one with all dimensions but the client. Status is in all of them, because its category
-- decides what is open; hours do without.
create or replace view analytics.nodes
with (security_invoker = true)
as
select
    n.cells,
    n.series,
    n.grain,
    u.node::smallint as node,
    -- what tells durations apart (analytics.duration_edges), and how many hours had begun
    case
        when n.cells <> 'durations' then null
        when u.node & 32 <> 0 then 'begun_hours'
        when u.node & 64 <> 0 then 'fine_bucket'
        when n.grain = 'all' then 'coarse_bucket'
        else 'bucket'
    end as bucket
from (
    values
        ('tickets', 'created', 'all', array[16, 17, 18, 20, 21, 22, 24, 23, 25, 26, 28]),
        ('tickets', 'created', 'month', array[16, 17, 18, 20, 22, 24, 23]),
        ('tickets', 'created', 'day', array[16, 17, 18, 20, 22, 24, 23]),
        ('tickets', 'created', 'hour', array[0, 1, 4]),
        ('tickets', 'resolved', 'month', array[16, 17, 18, 20, 21, 24, 23]),
        ('tickets', 'resolved', 'day', array[16, 17, 20, 21, 24, 23]),
        ('tickets', 'resolved', 'hour', array[0, 1, 4]),
        ('tickets', 'ended', 'month', array[16, 17, 18, 20, 21, 24, 23]),
        ('tickets', 'ended', 'day', array[16, 17, 20, 21, 24, 23]),
        ('durations', 'resolution', 'all', array[0, 1, 2, 4, 3, 5, 6, 64, 65, 66, 68, 67, 69, 70, 38, 39]),
        ('durations', 'resolution', 'month', array[0, 1, 2, 4, 38]),
        ('durations', 'resolution', 'day', array[0, 1, 2, 4, 38]),
        ('durations', 'first_response', 'all', array[4, 5, 6, 68, 69, 70]),
        ('durations', 'first_response', 'month', array[4]),
        ('durations', 'first_response', 'day', array[4]),
        ('promises', 'created', 'all', array[4, 5, 6, 7, 12, 20]),
        ('promises', 'created', 'month', array[4, 5, 6, 7]),
        ('promises', 'created', 'day', array[4, 5, 6])
) as n (cells, series, grain, nodes)
cross join unnest(n.nodes) as u (node);
comment on view analytics.nodes is
'The combinations of dimensions that roll-ups keep. node is a sum of bits: those of analytics.dimensions, 32 where durations are told apart by the hours that had begun, and 64 where by fine steps.';
revoke all on analytics.nodes from public;
grant select on analytics.nodes to desk_internal, desk_service;
