-- requires: sql/functions/ops.copy_comments.sql, sql/views/public.open_tickets.sql
--
-- Not by the age that a type should take: that is overdue_tickets(), of resolved ones, too.
create or replace view public.queue_overdue
with (security_invoker = true)
as
select o.*
from public.open_tickets as o
where o.due_at < now();
comment on view public.queue_overdue is
'Open tickets whose time to answer or to resolve them is over.';
call ops.copy_comments('public.open_tickets', 'public.queue_overdue');
revoke all on public.queue_overdue from public;
grant select on public.queue_overdue to desk_agent, desk_service;
-- NOTE: desk_client gets nothing, as of open_tickets.
