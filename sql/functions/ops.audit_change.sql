-- requires: sql/functions/ops.keep_change.sql
--
-- What those who run the desk change in its records: who, when, which row, which columns. Values are
-- kept only of the columns that a trigger names; none of them says who somebody is, or an erasure would
-- be defeated by the audit, and none is a setting's: that may be a password.
--
--     tg_argv[0]   the key: a number becomes row_id, a word stands in details
--     tg_argv[1]   columns whose values are kept, as '{a,b}'
--
-- Scripts of the owner load history and leave nothing, but for settings, which only the owner changes.
-- What a client says about itself is no act of administration. Definer: nobody may write the audit.
-- Without nested loops, as ops.add_ticket_events.
create or replace function ops.audit_change()
returns trigger
language plpgsql
security definer
set search_path = ''
set enable_nestloop = off
as $$
declare
    relation constant text := tg_table_schema || '.' || tg_table_name;
    key constant text := tg_argv[0];
    kept constant text[] := tg_argv[1];
begin
    case tg_op
        when 'INSERT' then
            perform ops.keep_change(relation, key, kept, null, to_jsonb(n))
            from new_rows as n;
        when 'DELETE' then
            perform ops.keep_change(relation, key, kept, to_jsonb(o), null)
            from old_rows as o;
        when 'UPDATE' then
            perform ops.keep_change(relation, key, kept, b.row, a.row)
            from (select to_jsonb(o) as row from old_rows as o) as b
            join (select to_jsonb(n) as row from new_rows as n) as a on a.row -> key = b.row -> key;
    end case;
    return null;
end
$$;
comment on function ops.audit_change() is
'Trigger: an audit row for each record that is added, changed or deleted.';
revoke all on function ops.audit_change() from public;

create or replace trigger audit_insert
after insert on ops.settings
referencing new table as new_rows
for each statement
execute function ops.audit_change('name', '{}');

create or replace trigger audit_update
after update on ops.settings
referencing old table as old_rows new table as new_rows
for each statement
execute function ops.audit_change('name', '{}');

create or replace trigger audit_delete
after delete on ops.settings
referencing old table as old_rows
for each statement
execute function ops.audit_change('name', '{}');

create or replace trigger audit_insert
after insert on public.team_members
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{department,role,status}');

create or replace trigger audit_update
after update on public.team_members
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{department,role,status}');

create or replace trigger audit_delete
after delete on public.team_members
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{department,role,status}');

create or replace trigger audit_insert
after insert on public.ticket_statuses
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('code', '{category,pauses_sla,is_default,sort}');

create or replace trigger audit_update
after update on public.ticket_statuses
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('code', '{category,pauses_sla,is_default,sort}');

create or replace trigger audit_delete
after delete on public.ticket_statuses
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('code', '{category,pauses_sla,is_default,sort}');

create or replace trigger audit_insert
after insert on public.ticket_types
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{type_name,department,priority,avg_resolution_hours}');

create or replace trigger audit_update
after update on public.ticket_types
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{type_name,department,priority,avg_resolution_hours}');

create or replace trigger audit_delete
after delete on public.ticket_types
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{type_name,department,priority,avg_resolution_hours}');

create or replace trigger audit_insert
after insert on public.clients
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{status,plan_type,monthly_budget}');

create or replace trigger audit_update
after update on public.clients
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{status,plan_type,monthly_budget}');

create or replace trigger audit_delete
after delete on public.clients
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{status,plan_type,monthly_budget}');

create or replace trigger audit_insert
after insert on public.client_contacts
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{client_id}');

create or replace trigger audit_update
after update on public.client_contacts
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{client_id}');

create or replace trigger audit_delete
after delete on public.client_contacts
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{client_id}');

create or replace trigger audit_insert
after insert on public.payments
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{client_id,amount_usd,payment_type,status,paid_at}');

create or replace trigger audit_update
after update on public.payments
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{client_id,amount_usd,payment_type,status,paid_at}');

create or replace trigger audit_delete
after delete on public.payments
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{client_id,amount_usd,payment_type,status,paid_at}');

create or replace trigger audit_insert
after insert on public.custom_fields
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('name', '{label,kind,choices,is_required,sort}');

create or replace trigger audit_update
after update on public.custom_fields
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('name', '{label,kind,choices,is_required,sort}');

create or replace trigger audit_delete
after delete on public.custom_fields
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('name', '{label,kind,choices,is_required,sort}');

create or replace trigger audit_insert
after insert on public.sla_policies
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{name,priority,plan_type,calendar_id,first_response_minutes,next_response_minutes,resolution_minutes,warn_before_minutes,is_active}');

create or replace trigger audit_update
after update on public.sla_policies
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{name,priority,plan_type,calendar_id,first_response_minutes,next_response_minutes,resolution_minutes,warn_before_minutes,is_active}');

create or replace trigger audit_delete
after delete on public.sla_policies
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{name,priority,plan_type,calendar_id,first_response_minutes,next_response_minutes,resolution_minutes,warn_before_minutes,is_active}');

create or replace trigger audit_insert
after insert on public.business_calendars
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{name,timezone}');

create or replace trigger audit_update
after update on public.business_calendars
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{name,timezone}');

create or replace trigger audit_delete
after delete on public.business_calendars
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{name,timezone}');

create or replace trigger audit_insert
after insert on public.business_hours
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{calendar_id,weekday,opens,closes}');

create or replace trigger audit_update
after update on public.business_hours
referencing old table as old_rows new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{calendar_id,weekday,opens,closes}');

create or replace trigger audit_delete
after delete on public.business_hours
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('id', '{calendar_id,weekday,opens,closes}');

create or replace trigger audit_insert
after insert on public.business_holidays
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('day', '{calendar_id,day,name}');

create or replace trigger audit_delete
after delete on public.business_holidays
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('day', '{calendar_id,day,name}');

create or replace trigger audit_insert
after insert on public.status_transitions
referencing new table as new_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('from_category', '{from_category,to_category}');

create or replace trigger audit_delete
after delete on public.status_transitions
referencing old table as old_rows
for each statement
when (not pg_has_role('desk_owner', 'member') and not pg_has_role('desk_client', 'usage'))
execute function ops.audit_change('from_category', '{from_category,to_category}');
-- NOTE: a changed holiday or transition has no number to be told by; what is added and taken away is kept.
