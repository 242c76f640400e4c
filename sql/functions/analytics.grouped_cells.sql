-- requires: sql/views/analytics.dimensions.sql, sql/views/analytics.nodes.sql
--
-- The part that all cells have in common, made of analytics.nodes: each node of each grain is one grouping
-- set, so one pass over the facts computes them all. "facts" is a query with the columns hour, day, month
-- (those that the nodes have) and the dimensions; "measures" what is summed up beside them.
create or replace function analytics.grouped_cells(
    cells text,
    series text,
    measures text,
    facts text
)
returns text
language plpgsql
stable
set search_path = ''
as $$
declare
    kept record;
begin
    select
        string_agg(distinct format('when grouping(f.%1$s) = 0 then %1$L', n.grain), ' ')
            filter (where n.grain <> 'all') as grains,
        string_agg(distinct format('when grouping(f.%1$s) = 0 then f.%1$s', n.grain), ' ')
            filter (where n.grain <> 'all') as moments,
        -- what lacks the series' time is in no hour, day or month
        string_agg(distinct format('(grouping(f.%1$s) = 1 or f.%1$s is not null)', n.grain), ' and ')
            filter (where n.grain <> 'all') as timed,
        bit_or(n.node) & ~96 as bits,
        -- as analytics.nodes has it
        string_agg(distinct format('%s * (1 - grouping(f.%s))', n.node & 96, n.bucket), ' + ')
            filter (where n.node & 96 <> 0) as apart,
        string_agg(
            format(
                '(%s)',
                concat_ws(
                    ', ',
                    case when n.grain <> 'all' then format('f.%s', n.grain) end,
                    (
                        select string_agg('f.' || d.name, ', ' order by d.bit)
                        from analytics.dimensions as d
                        where d.bit & n.node <> 0
                    ),
                    'f.' || n.bucket
                )
            ),
            ', '
            order by n.grain, n.node
        ) as sets
    into kept
    from analytics.nodes as n
    where n.cells = grouped_cells.cells
        and n.series = grouped_cells.series;

    return format(
        $sql$
        select
            %1$L as series,
            case %2$s else 'all' end as grain,
            (%3$s)::smallint as node,
            case %4$s else '-infinity' end as since,
            %5$s,
            %6$s
        from (%7$s) as f
        group by grouping sets (%8$s)
        having %9$s
        $sql$,
        grouped_cells.series,
        kept.grains,
        (
            select string_agg(format('%s * (1 - grouping(f.%s))', d.bit, d.name), ' + ')
            from analytics.dimensions as d
            where d.bit & kept.bits <> 0
        ) || coalesce(' + ' || kept.apart, ''),
        kept.moments,
        (
            select string_agg(
                case when d.bit & kept.bits <> 0 then 'f.' || d.name else format('null::%s as %s', d.type, d.name) end,
                ', '
                order by d.bit
            )
            from analytics.dimensions as d
        ),
        measures,
        facts,
        kept.sets,
        kept.timed
    );
end
$$;
comment on function analytics.grouped_cells(text, text, text, text) is
'The text of a query that computes one series of cells from facts.';
revoke all on function analytics.grouped_cells(text, text, text, text) from public;
