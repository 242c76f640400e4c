-- requires: sql/functions/ops.reset_rights.sql
--
-- Append-only by grants: no role but the owner has any, and what writes here are triggers of the
-- owner (ops.audit_deletion, ops.erase_client). Nobody reads it through the API either.
call ops.reset_rights('ops.audit');
-- NOTE: nothing is granted to anybody.

create policy all_owner on ops.audit for all to desk_owner using (true) with check (true);

comment on table ops.audit is
'What was erased: when, by whom, and which row. Its contents are not kept.';
comment on column ops.audit.happened_at is 'When.';
comment on column ops.audit.action is 'delete: the row is gone; erase: its texts are.';
comment on column ops.audit.relation is 'The table, with its schema.';
comment on column ops.audit.row_id is 'The row''s number.';
comment on column ops.audit.details is 'Numbers that still mean something without the row, such as its client.';
comment on column ops.audit.role is 'The database role that did it.';
comment on column ops.audit.account_id is 'The account of the token, if any.';
comment on column ops.audit.team_member_id is 'The team member of the token, if any.';
