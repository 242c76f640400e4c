-- requires: sql/functions/ops.keep_clocks.sql
--
-- Another plan, other promises: for the tickets of the client that are not at their end.
create or replace function ops.time_clients()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform ops.keep_clocks(array(
        select t.id
        from new_clients as n
        join old_clients as o on o.id = n.id
        join public.tickets as t on t.client_id = n.id
        where n.plan_type is distinct from o.plan_type
            and t.resolved_at is null
            and t.closed_at is null
    ));
    return null;
end
$$;
comment on function ops.time_clients() is
'Trigger: the clocks of clients whose plan has changed.';
revoke all on function ops.time_clients() from public;

create or replace trigger time_clients
after update on public.clients
referencing old table as old_clients new table as new_clients
for each statement execute function ops.time_clients();
