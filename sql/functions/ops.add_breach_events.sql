-- requires: sql/policies/public.ticket_events.sql, sql/policies/public.sla_clocks.sql
--
-- A promise that was broken stands in the history of its ticket, at the time at which it was due: nobody
-- did it, so it is the system's. Staff's affair. Definer: nobody may write events.
create or replace function ops.add_breach_events()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.ticket_events (ticket_id, created_at, type, visibility, new_value, actor_role)
    values (new.ticket_id, new.breached_at, 'sla-breached', 'private', to_jsonb(new.metric), 'system');
    return null;
end
$$;
comment on function ops.add_breach_events() is
'Trigger: the history of a ticket, what was promised and not kept.';
revoke all on function ops.add_breach_events() from public;

create or replace trigger add_events_insert
after insert on public.sla_clocks
for each row
when (new.breached_at is not null)
execute function ops.add_breach_events();

create or replace trigger add_events_update
after update of breached_at on public.sla_clocks
for each row
when (new.breached_at is not null and new.breached_at is distinct from old.breached_at)
execute function ops.add_breach_events();
