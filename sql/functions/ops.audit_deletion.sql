-- requires: sql/functions/claims.account_id.sql, sql/functions/claims.team_member_id.sql
--
-- A ticket that is deleted is erased, with its messages, feedback and collaborators; who did that,
-- when, and which ticket it was stays. Once a statement. Definer: nobody may write the audit.
create or replace function ops.audit_deletion()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into ops.audit (action, relation, row_id, details, role, account_id, team_member_id)
    select
        'delete',
        'public.tickets',
        o.id,
        jsonb_build_object('number', o.number, 'client_id', o.client_id, 'created_at', o.created_at),
        -- in a definer function current_user is the owner
        coalesce(nullif(current_setting('role'), 'none'), session_user),
        claims.account_id(),
        claims.team_member_id()
    from old_tickets as o;
    return null;
end
$$;
comment on function ops.audit_deletion() is
'Trigger: an audit row for each ticket that is deleted.';
revoke all on function ops.audit_deletion() from public;

create or replace trigger audit_deletion
after delete on public.tickets
referencing old table as old_tickets
for each statement execute function ops.audit_deletion();
