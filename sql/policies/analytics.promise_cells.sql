-- requires: sql/functions/ops.reset_rights.sql, sql/functions/claims.counts_all_tickets.sql
--
-- Sums over all tickets, so only for whoever sees all of them; to others there are none. The widgets read the
-- tickets themselves for those. Written by jobs of the owner.
call ops.reset_rights('analytics.promise_cells');

grant select on analytics.promise_cells to desk_agent, desk_service;

create policy all_owner on analytics.promise_cells for all to desk_owner using (true) with check (true);

create policy select_counting on analytics.promise_cells for select to desk_agent
using ((select claims.counts_all_tickets()));

create policy select_all_service on analytics.promise_cells for select to desk_service
using ((select claims.counts_all_tickets()));

comment on table analytics.promise_cells is
'What became of promises, summed up by time and dimensions of their tickets. With ticket_delta it is exact.';
