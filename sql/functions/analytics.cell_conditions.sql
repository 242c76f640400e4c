-- requires: sql/functions/filter.ids.sql, sql/functions/filter.labels.sql, sql/views/analytics.dimensions.sql
--
-- As analytics.selected(), for cells, changes, or tickets: the text of the conditions by which a filter, $1, selects
-- rows of what is named "rows". Only the dimensions of the node: what it does not tell apart is not filtered by
-- (analytics.node_for), and what is not there takes no time to plan. Of cells it is null: where "columns" has it, that is asked
-- too, for an index to go past it to what comes after.
create or replace function analytics.cell_conditions(
    node smallint,
    rows text,
    columns text[] default '{}'
)
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    return coalesce(
        (
            select string_agg(
                case
                    when d.bit & node <> 0 then format('filter.holds(($1).%1$I, %2$I.%1$I)', d.name, rows)
                    else format('%2$I.%1$I is null', d.name, rows)
                end,
                ' and '
            )
            from analytics.dimensions as d
            where d.bit & node <> 0
                or d.name = any (columns)
        ),
        'true'
    );
end
$$;
comment on function analytics.cell_conditions(smallint, text, text[]) is
'The text of the conditions by which a filter selects cells of the roll-ups.';
revoke all on function analytics.cell_conditions(smallint, text, text[]) from public;
grant execute on function analytics.cell_conditions(smallint, text, text[]) to desk_internal, desk_service;
