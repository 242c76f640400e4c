-- requires: sql/policies/ops.audit.sql
--
-- The audit as the API shows it, to admins alone. Security invoker: the policies of ops.audit decide.
create or replace view public.audit_log
with (security_invoker = true)
as
select a.id, a.happened_at, a.action, a.relation, a.row_id, a.details, a.role, a.account_id, a.team_member_id
from ops.audit as a;
comment on view public.audit_log is
'What was changed and erased by those who run the desk. For admins. Sort by happened_at, then id.';
comment on column public.audit_log.id is 'The entry.';
comment on column public.audit_log.happened_at is 'When.';
comment on column public.audit_log.action is 'insert, update or delete; erase: the row''s texts are gone. Of accounts: invite, approve, disable, enable, link, set_role, create_admin.';
comment on column public.audit_log.relation is 'The table, with its schema.';
comment on column public.audit_log.row_id is 'The row''s number, where it has one.';
comment on column public.audit_log.details is 'key: the row''s name, where it has no number. columns: what an update changed. old, new: values of columns that are no personal data. Of a ticket that was deleted: number, client_id and created_at.';
comment on column public.audit_log.role is 'The database role that did it.';
comment on column public.audit_log.account_id is 'The account of the token, if any.';
comment on column public.audit_log.team_member_id is 'The team member of the token, if any.';
revoke all on public.audit_log from public;
grant select on public.audit_log to desk_admin;
