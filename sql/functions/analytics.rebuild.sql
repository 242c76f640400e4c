-- requires: sql/functions/analytics.fill.sql
--
-- For whoever changed what cells are (a node, a dimension, a measure, the zone), and after a load with triggers
-- switched off. Readers and writers go on meanwhile: one snapshot says which tickets and which changes are in.
--
-- The lock is the session's, and taken before the transaction that counts: the first statement of a repeatable
-- read transaction fixes what it sees, and a lock waited for inside it would leave an old view. It is given back
-- where the rebuild fails, too: else nobody would fold while the session lasts. Called as a statement of its own,
-- by the owner: "set role desk_owner", then "call analytics.rebuild()". No SET clause: a procedure with one may
-- not commit.
-- check:allow mutable_search_path: a procedure that pins it may not commit; whatever it names is qualified
create or replace procedure analytics.rebuild(zone text default null)
language plpgsql
as $$
begin
    perform pg_catalog.pg_advisory_lock(analytics.rollup_lock());
    commit;
    set transaction isolation level repeatable read;
    begin
        perform analytics.fill(rebuild.zone);
    exception
        when query_canceled or others then
            perform pg_catalog.pg_advisory_unlock(analytics.rollup_lock());
            raise;
    end;
    commit;
    perform pg_catalog.pg_advisory_unlock(analytics.rollup_lock());
end
$$;
comment on procedure analytics.rebuild(text) is
'Computes all roll-ups anew while the desk goes on; a time zone, if one is given, becomes theirs.';
revoke all on procedure analytics.rebuild(text) from public;
