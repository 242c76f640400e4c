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
    unnest(n.nodes)::smallint as node
from (
    values
        ('tickets', 'created', 'all', array[16, 17, 18, 20, 22, 24, 23, 25, 26, 28]),
        ('tickets', 'created', 'month', array[16, 17, 18, 20, 22, 24, 23]),
        ('tickets', 'created', 'day', array[16, 17, 18, 20, 22, 24, 23]),
        ('tickets', 'created', 'hour', array[0, 1, 4]),
        ('tickets', 'resolved', 'month', array[16, 17, 18, 20, 24, 23]),
        ('tickets', 'resolved', 'day', array[16, 17, 20, 24, 23]),
        ('tickets', 'resolved', 'hour', array[0, 1, 4]),
        ('tickets', 'ended', 'month', array[16, 17, 18, 20, 24, 23]),
        ('tickets', 'ended', 'day', array[16, 17, 20, 24, 23]),
        ('durations', 'created', 'all', array[0, 1, 2, 4, 3, 5, 6, 38, 39]),
        ('durations', 'created', 'month', array[0, 1, 2, 4, 38]),
        ('durations', 'created', 'day', array[0, 1, 2, 4, 38]),
        ('promises', 'created', 'all', array[4, 5, 6, 7, 12, 20]),
        ('promises', 'created', 'month', array[4, 5, 6, 7]),
        ('promises', 'created', 'day', array[4, 5, 6])
) as n (cells, series, grain, nodes);
comment on view analytics.nodes is
'The combinations of dimensions that roll-ups keep. node is a sum of bits: those of analytics.dimensions, and 32 where durations are told apart by whole hours only.';
revoke all on analytics.nodes from public;
grant select on analytics.nodes to desk_internal, desk_service;
