-- The one rule of what staff see. Plain values, each used once, no SET clause: only so is it inlined
-- into the policy (353 ms instead of 2 for a count over 40,000 tickets otherwise).
-- NULL on either side makes the comparison NULL: everybody's tickets are visible, or the ticket is
-- nobody's.
create or replace function claims.can_see(assigned_to integer, visible_assignees integer[])
returns boolean
language sql
immutable
parallel safe
as $$
    select coalesce(assigned_to = any (visible_assignees), true)
$$;
comment on function claims.can_see(integer, integer[]) is
'Whether an agent sees a ticket assigned to this team member: policies call it with claims.visible_assignees().';
revoke all on function claims.can_see(integer, integer[]) from public;
grant execute on function claims.can_see(integer, integer[]) to desk_internal, desk_service;
