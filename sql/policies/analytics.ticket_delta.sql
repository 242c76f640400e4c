-- requires: sql/functions/ops.reset_rights.sql, sql/functions/claims.counts_all_tickets.sql
--
-- What the cells do not have yet: for whoever may read those. Written by a trigger of the owner.
call ops.reset_rights('analytics.ticket_delta');

grant select on analytics.ticket_delta to desk_agent, desk_service;

create policy all_owner on analytics.ticket_delta for all to desk_owner using (true) with check (true);

create policy select_counting on analytics.ticket_delta for select to desk_agent
using ((select claims.counts_all_tickets()));

create policy select_all_service on analytics.ticket_delta for select to desk_service
using ((select claims.counts_all_tickets()));

comment on table analytics.ticket_delta is
'Changes of tickets that are not in the cells yet: each as it was, with change -1, and as it became, with change 1.';
