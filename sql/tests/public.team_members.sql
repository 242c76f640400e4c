-- What of a team member others may know.

-- setup: desk_owner
insert into public.team_members (id, username, email, department, role)
values (900000003, 'scene', 'scene@example.com', 'support', 'support_agent');

-- scene: a client knows who answers, and not how to reach them
-- as: desk_client {"client_id": 1}
-- expect: rows
--   username | status
--   scene    | active
select username, status from team_members where id = 900000003;
-- expect: refused 42501 permission denied for table team_members
select email from team_members;
-- expect: refused 42501
select id from team_members where email like 'scene%';
-- expect: refused 42501
select * from team_members;

-- scene: an agent makes nobody an admin
-- as: desk_agent {"team_member_id": 900000003}
-- expect: refused 42501
update team_members set role = 'admin' where id = 900000003;
