-- requires: sql/functions/ops.copy_comments.sql, sql/views/public.open_tickets.sql
--
-- What take_ticket takes.
create or replace view public.queue_unassigned
with (security_invoker = true)
as
select o.*
from public.open_tickets as o
where o.assigned_to is null;
comment on view public.queue_unassigned is
'Open tickets that nobody has: rpc/take_ticket takes one.';
call ops.copy_comments('public.open_tickets', 'public.queue_unassigned');
revoke all on public.queue_unassigned from public;
grant select on public.queue_unassigned to desk_agent, desk_service;
-- NOTE: desk_client gets nothing, as of open_tickets.
