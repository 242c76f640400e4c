-- requires: sql/functions/ops.reset_rights.sql
call ops.reset_rights('analytics.rollups');

grant select on analytics.rollups to desk_agent, desk_service;

create policy all_owner on analytics.rollups for all to desk_owner using (true) with check (true);

create policy select_all on analytics.rollups for select to desk_agent using (true);

create policy select_all_service on analytics.rollups for select to desk_service using (true);

comment on table analytics.rollups is
'One row: the time zone of the cells, and since when they are as they are.';
