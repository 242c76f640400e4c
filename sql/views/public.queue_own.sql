-- requires: sql/functions/ops.copy_comments.sql, sql/views/public.open_tickets.sql, sql/functions/claims.team_member_id.sql, sql/functions/claims.collaborated_tickets.sql
--
-- A token that names no team member has no work: NULL is nobody, and not what nobody has.
--
-- Whose tickets they are is found first, and then they are sorted: one has some dozens. With the condition on
-- each ticket instead, a page reads all open work in order until it is full, which for one who has little is
-- all there is (0.7 s instead of 1 ms, of 300,000 open tickets).
create or replace view public.queue_own
with (security_invoker = true)
as
select o.*
from public.open_tickets as o
where o.id = any (
        array(
            select t.id
            from public.tickets as t
            where t.assigned_to = (select claims.team_member_id())
                and t.resolved_at is null
                and t.closed_at is null
        ) || (select claims.collaborated_tickets())
    );
comment on view public.queue_own is
'My work: the open tickets that are assigned to the caller, or on which the caller collaborates.';
call ops.copy_comments('public.open_tickets', 'public.queue_own');
revoke all on public.queue_own from public;
grant select on public.queue_own to desk_agent, desk_service;
-- NOTE: desk_client gets nothing, as of open_tickets.
