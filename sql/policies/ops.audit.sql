-- requires: sql/functions/ops.reset_rights.sql
--
-- Append-only by grants: no role but the owner writes, and what writes here are triggers of the owner
-- (ops.audit_deletion, ops.audit_change, ops.erase_client) and the functions that manage accounts
-- (auth.audit_account). Admins read it, through public.audit_log: the schema itself stays out of the API.
call ops.reset_rights('ops.audit');

grant usage on schema ops to desk_admin;
grant select on ops.audit to desk_admin;
-- NOTE: nothing to anybody else, desk_service neither. Everything else in the schema stays closed.

create policy all_owner on ops.audit for all to desk_owner using (true) with check (true);

create policy select_all_admin on ops.audit for select to desk_admin using (true);

comment on table ops.audit is
'What was changed and erased by those who run the desk: when, by whom, and which row. Nothing in it says who somebody is.';
comment on column ops.audit.happened_at is 'When.';
comment on column ops.audit.action is 'insert, update or delete; erase: the row''s texts are gone. Of accounts: invite, approve, disable, enable, link, set_role, create_admin.';
comment on column ops.audit.relation is 'The table, with its schema.';
comment on column ops.audit.row_id is 'The row''s number, where it has one.';
comment on column ops.audit.details is 'key: the row''s name, where it has no number. columns: what an update changed. old, new: values of columns that are no personal data. Of a ticket that was deleted: number, client_id and created_at.';
comment on column ops.audit.role is 'The database role that did it.';
comment on column ops.audit.account_id is 'The account of the token, if any.';
comment on column ops.audit.team_member_id is 'The team member of the token, if any.';
