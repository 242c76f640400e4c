-- Under the visibility queue or team an agent may hand a ticket to somebody whose tickets the agent
-- does not see. PostgreSQL holds the new row of an UPDATE against the SELECT policies as well, as
-- soon as the statement reads a column (a WHERE, a RETURNING), and would refuse. So each row that
-- gets another assignee is named here, in a setting of the transaction, and the policy
-- select_reassigned shows it: the row that is being written right now, which the caller saw before,
-- and no other.
create or replace function ops.mark_reassigned()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    perform set_config('desk.reassigned', new.id::text, true);
    return new;
end
$$;
comment on function ops.mark_reassigned() is
'Trigger: lets the writer of a ticket hand it to somebody whose tickets are not visible to the writer.';
revoke all on function ops.mark_reassigned() from public;

create or replace trigger mark_reassigned_insert
before insert on public.tickets
for each row
when (new.assigned_to is not null and not pg_has_role('desk_owner', 'member'))
execute function ops.mark_reassigned();

create or replace trigger mark_reassigned_update
before update of assigned_to on public.tickets
for each row
when (
    new.assigned_to is distinct from old.assigned_to
    and not pg_has_role('desk_owner', 'member')
)
execute function ops.mark_reassigned();
