-- requires: sql/functions/ops.keep_clocks.sql
--
-- A status that pauses from now on, or no more, or counts as an end: for the tickets that have it.
create or replace function ops.time_statuses()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform ops.keep_clocks(array(
        select t.id
        from new_statuses as n
        join old_statuses as o on o.code = n.code
        join public.tickets as t on t.status = n.code
        where (n.pauses_sla, n.category) is distinct from (o.pauses_sla, o.category)
            and t.resolved_at is null
            and t.closed_at is null
    ));
    return null;
end
$$;
comment on function ops.time_statuses() is
'Trigger: the clocks of tickets whose status means something else now.';
revoke all on function ops.time_statuses() from public;

create or replace trigger time_statuses
after update on public.ticket_statuses
referencing old table as old_statuses new table as new_statuses
for each statement execute function ops.time_statuses();
