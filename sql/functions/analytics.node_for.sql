-- requires: sql/functions/claims.counts_all_tickets.sql, sql/functions/filter.period.sql, sql/views/analytics.dimensions.sql, sql/views/analytics.nodes.sql
--
-- THE place where it is decided what answers: the node of the cells that has every dimension that is filtered or
-- grouped by, in every grain that is wanted, the smallest of them; NULL where the tickets themselves must be
-- read. That is so
--
-- - for whoever does not see all tickets: sums over all of them are not that caller's;
-- - with a filter that is no dimension (resolved_at, source_channel, tags, or any that somebody adds), but for
--   the period in created_at, which is a matter of grains;
-- - where the period is no range with finite ends ("is not a day", "is missing");
-- - where no node has the combination.
--
-- "apart" are the bits of a node that say how durations are told apart (analytics.nodes).
create or replace function analytics.node_for(
    where_tickets public.ticket_filter,
    cells text,
    series text,
    grains text[],
    by text[],
    apart integer default 0
)
returns smallint
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
    period constant filter.period := where_tickets.created_at;
    given text[];
    wanted integer;
begin
    if not claims.counts_all_tickets()
        or period.not_days is not null
        or period.not_instants is not null
        or period.not_local is not null
        or period.is_missing is not null
        or not isfinite(coalesce(filter.first_moment(period), now()))
        or not isfinite(coalesce(filter.last_moment(period), now()))
    then
        return null;
    end if;
    -- an attribute that restricts nothing is null, or has nothing but nulls
    given := array(
        select a.key
        from jsonb_each(jsonb_strip_nulls(to_jsonb(where_tickets))) as a
        where a.value <> '{}'
            and a.key <> 'created_at'
    );
    if exists (
        select unnest(given || by)
        except
        select d.name
        from analytics.dimensions as d
    ) then
        return null;
    end if;
    wanted := (
        select coalesce(bit_or(d.bit), 0)
        from analytics.dimensions as d
        where d.name = any (given || by)
    );
    return (
        select n.node
        from analytics.nodes as n
        where n.cells = node_for.cells
            and n.series = node_for.series
            and n.grain = any (grains)
            and n.node & wanted = wanted
            and n.node & 96 = apart
        group by n.node
        having count(*) = cardinality(grains)
        order by bit_count(n.node::integer::bit(16)), n.node
        limit 1
    );
end
$$;
comment on function analytics.node_for(public.ticket_filter, text, text, text[], text[], integer) is
'Which cells answer a question; null: the tickets themselves must be read.';
revoke all on function analytics.node_for(public.ticket_filter, text, text, text[], text[], integer) from public;
grant execute on function analytics.node_for(public.ticket_filter, text, text, text[], text[], integer)
to desk_internal, desk_service;
