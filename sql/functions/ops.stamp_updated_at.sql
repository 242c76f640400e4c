-- A statement that sets updated_at itself keeps its value. Every other moves it, by a microsecond at least:
-- it is the version by which If-Match tells whether a row is still the one that was read, and now() is that
-- of the transaction, may be the same twice, and goes back where a clock is set.
create or replace function ops.stamp_updated_at()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    if new.updated_at is not distinct from old.updated_at then
        new.updated_at := greatest(now(), old.updated_at + interval '1 microsecond');
    end if;
    return new;
end
$$;
comment on function ops.stamp_updated_at() is
'Trigger: the time of the last change.';
revoke all on function ops.stamp_updated_at() from public;

create or replace trigger stamp_updated_at
before update on ops.settings
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on public.clients
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on public.client_contacts
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on public.team_members
for each row execute function ops.stamp_updated_at();

-- Not where clocks (ops.keep_clocks) or what roll-ups count alone move on, after the change that moved them was answered: the version
-- in that answer is the ticket's.
create or replace trigger stamp_updated_at
before update on public.tickets
for each row
when (
    (
        new.first_response_due_at, new.next_response_due_at, new.resolution_due_at,
        new.sla_state, new.sla_warn_at, new.sla_due_at, new.answers, new.promises
    ) is not distinct from (
        old.first_response_due_at, old.next_response_due_at, old.resolution_due_at,
        old.sla_state, old.sla_warn_at, old.sla_due_at, old.answers, old.promises
    )
    or (
        new.client_id, new.assigned_to, new.ticket_type_id, new.status, new.priority, new.title,
        new.created_at, new.resolved_at, new.closed_at, new.first_response_at, new.rating, new.source_channel,
        new.created_by, new.tags, new.description, new.custom_fields, new.merged_into, new.metadata
    ) is distinct from (
        old.client_id, old.assigned_to, old.ticket_type_id, old.status, old.priority, old.title,
        old.created_at, old.resolved_at, old.closed_at, old.first_response_at, old.rating, old.source_channel,
        old.created_by, old.tags, old.description, old.custom_fields, old.merged_into, old.metadata
    )
)
execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on public.ticket_feedback
for each row execute function ops.stamp_updated_at();

create or replace trigger stamp_updated_at
before update on auth.accounts
for each row execute function ops.stamp_updated_at();
