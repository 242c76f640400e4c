-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql
--
-- Staff see everything about each other; clients see who works at the desk, by column grants.
--
-- Writing: managers change everything but role and email, which decide who may sign in as what;
-- admins change everything, and delete members that no ticket and no message names (the foreign keys
-- refuse the others: set their status instead). Agents change nothing, not even about themselves.
call ops.reset_rights('public.team_members');

grant select (id, username, display_name, department, status) on public.team_members to desk_client;
-- NOTE: never email, names, role, skills or timezone to desk_client: select=* is refused for it.
grant select on public.team_members to desk_agent, desk_service;
grant update (username, department, status, first_name, last_name, skills, languages, timezone, metadata)
on public.team_members to desk_manager;
grant
insert (
    username, email, department, status, first_name, last_name, role, skills, languages, timezone,
    metadata
),
update (email, role),
delete
on public.team_members to desk_admin;
grant insert, update, delete on public.team_members to desk_service;
call ops.grant_ids('public.team_members', 'desk_admin', 'desk_service');
-- NOTE: desk_anon gets nothing; desk_agent only reads.
-- NOTE: id, display_name and times are the database's.

create policy all_owner on public.team_members for all to desk_owner using (true) with check (true);

create policy select_all_client on public.team_members for select to desk_client
using (true);

create policy select_all_agent on public.team_members for select to desk_agent
using (true);

create policy update_all_manager on public.team_members for update to desk_manager
using (true)
with check (true);

create policy insert_all_admin on public.team_members for insert to desk_admin
with check (true);

create policy delete_all_admin on public.team_members for delete to desk_admin
using (true);

create policy select_all_service on public.team_members for select to desk_service using (true);

create policy insert_all_service on public.team_members for insert to desk_service with check (true);

create policy update_all_service on public.team_members for update to desk_service using (true) with check (true);

create policy delete_all_service on public.team_members for delete to desk_service using (true);

comment on table public.team_members is
'The people who work at the desk. Clients may read id, username, display_name, department and status, so they name the columns: select=* is refused for them.';
comment on column public.team_members.id is 'The team member.';
comment on column public.team_members.username is 'The name used within the desk.';
comment on column public.team_members.email is 'Never visible to clients.';
comment on column public.team_members.department is 'support, finance or technical.';
comment on column public.team_members.status is 'active or inactive; the desk may use other words.';
comment on column public.team_members.created_at is 'Since when the member is known.';
comment on column public.team_members.first_name is 'First name.';
comment on column public.team_members.last_name is 'Last name.';
comment on column public.team_members.display_name is 'First and last name, else the username.';
comment on column public.team_members.role is 'support_agent, manager or admin. Null: manager in finance and technical, else support_agent.';
comment on column public.team_members.skills is 'What the member is good at.';
comment on column public.team_members.languages is 'The languages the member answers in.';
comment on column public.team_members.timezone is 'The member''s time zone, such as Europe/Berlin.';
comment on column public.team_members.updated_at is 'The last change.';
comment on column public.team_members.metadata is 'Anything else, as the desk likes.';
