-- requires: sql/functions/analytics.cells_query.sql
--
-- The definition of all cells, as a hash: the queries that compute them, and the functions that those call.
create or replace function analytics.definition()
returns text
language plpgsql
stable
set search_path = ''
as $$
begin
    return md5(concat_ws(
        '; ',
        analytics.cells_query('ticket_cells', 'source', 'zone'),
        analytics.cells_query('duration_cells', 'source', 'zone'),
        analytics.cells_query('promise_cells', 'source', 'zone'),
        (
            select string_agg(pg_get_functiondef(p.oid), '; ' order by p.oid::regprocedure::text)
            from pg_catalog.pg_proc as p
            where p.pronamespace = 'analytics'::regnamespace
                and p.proname in ('day_begins', 'duration_edges', 'local_day', 'promise_measures', 'ticket_measures')
        )
    ));
end
$$;
comment on function analytics.definition() is
'A hash of what cells are: the roll-ups are made anew where it has changed.';
revoke all on function analytics.definition() from public;
