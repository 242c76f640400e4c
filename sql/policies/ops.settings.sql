-- requires: sql/functions/ops.reset_rights.sql
--
-- No data role reads or writes settings: claims.agent_visibility() reads them as the owner.
call ops.reset_rights('ops.settings');

create policy all_owner on ops.settings for all to desk_owner using (true) with check (true);

comment on table ops.settings is
'Settings of the database half. agent_visibility: all (default), queue or team.';
