-- requires: sql/functions/ops.keep_clocks.sql, sql/functions/ops.stamp_first_response.sql
--
-- Clocks follow the messages of their tickets, once a statement. PostgreSQL runs triggers in the order of
-- their names: after stamp_first_response, whose stamp is what the first clock stops at. A TRUNCATE takes
-- the first responses away, and with that the tickets' own trigger comes here.
create or replace function ops.time_messages()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    case tg_op
        when 'INSERT' then
            perform ops.keep_clocks(array(
                select distinct n.ticket_id from new_messages as n where not n.is_internal
            ));
        when 'UPDATE' then
            perform ops.keep_clocks(array(
                select n.ticket_id from new_messages as n
                union
                select o.ticket_id from old_messages as o
            ));
        when 'DELETE' then
            perform ops.keep_clocks(array(select distinct o.ticket_id from old_messages as o));
    end case;
    return null;
end
$$;
comment on function ops.time_messages() is
'Trigger: the clocks of the tickets whose messages were written.';
revoke all on function ops.time_messages() from public;

create or replace trigger time_messages_insert
after insert on public.ticket_messages
referencing new table as new_messages
for each statement execute function ops.time_messages();

create or replace trigger time_messages_update
after update on public.ticket_messages
referencing old table as old_messages new table as new_messages
for each statement execute function ops.time_messages();

create or replace trigger time_messages_delete
after delete on public.ticket_messages
referencing old table as old_messages
for each statement execute function ops.time_messages();
