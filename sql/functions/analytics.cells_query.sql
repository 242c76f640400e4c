-- requires: sql/functions/analytics.duration_cells_query.sql, sql/functions/analytics.promise_cells_query.sql, sql/functions/analytics.ticket_cells_query.sql
--
-- The text of the query that computes one of the tables of cells: what folding, rebuilding and verifying
-- share.
create or replace function analytics.cells_query(cells text, source text, zone text)
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return case cells
        when 'ticket_cells' then analytics.ticket_cells_query(source, zone)
        when 'duration_cells' then analytics.duration_cells_query(source, zone)
        when 'promise_cells' then analytics.promise_cells_query(source, zone)
    end;
end
$$;
comment on function analytics.cells_query(text, text, text) is
'The text of the query that computes a table of cells from changes, or from all tickets.';
revoke all on function analytics.cells_query(text, text, text) from public;
