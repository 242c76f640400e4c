-- requires: sql/functions/ops.copy_comments.sql, sql/views/public.open_tickets.sql, sql/functions/claims.team_member_id.sql
--
-- What nobody has is the team's by its type: the department that answers such questions. A ticket that a
-- colleague of another department has is theirs, whatever its type. Both lists are read once a statement.
create or replace view public.queue_team
with (security_invoker = true)
as
select o.*
from public.open_tickets as o
where o.assigned_to = any (
        array(
            select colleague.id
            from public.team_members as me
            inner join public.team_members as colleague on colleague.department = me.department
            where me.id = (select claims.team_member_id())
        )
    )
    or o.assigned_to is null
    and o.ticket_type_id = any (
        array(
            select y.id
            from public.team_members as me
            inner join public.ticket_types as y on y.department = me.department
            where me.id = (select claims.team_member_id())
        )
    );
comment on view public.queue_team is
'The work of the caller''s department: open tickets that one of its members has, and those that nobody has and whose type is the department''s.';
call ops.copy_comments('public.open_tickets', 'public.queue_team');
revoke all on public.queue_team from public;
grant select on public.queue_team to desk_agent, desk_service;
-- NOTE: desk_client gets nothing, as of open_tickets.
