-- requires: sql/functions/ops.keep_clocks.sql
--
-- A policy that is new, changed or gone: for the tickets of its priority that are not at their end. It may
-- be another's turn now, so all of them look again.
create or replace function ops.time_policies()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    touched text[];
begin
    case tg_op
        when 'INSERT' then
            touched := array(select n.priority from new_policies as n);
        when 'UPDATE' then
            touched := array(select n.priority from new_policies as n union select o.priority from old_policies as o);
        when 'DELETE' then
            touched := array(select o.priority from old_policies as o);
    end case;
    perform ops.keep_clocks(array(
        select t.id
        from public.tickets as t
        where t.priority = any (touched)
            and t.resolved_at is null
            and t.closed_at is null
    ));
    return null;
end
$$;
comment on function ops.time_policies() is
'Trigger: the clocks of tickets to which a policy applies, or did.';
revoke all on function ops.time_policies() from public;

create or replace trigger time_policies_insert
after insert on public.sla_policies
referencing new table as new_policies
for each statement execute function ops.time_policies();

create or replace trigger time_policies_update
after update on public.sla_policies
referencing old table as old_policies new table as new_policies
for each statement execute function ops.time_policies();

create or replace trigger time_policies_delete
after delete on public.sla_policies
referencing old table as old_policies
for each statement execute function ops.time_policies();
