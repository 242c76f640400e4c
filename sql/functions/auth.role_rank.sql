-- requires: sql/functions/auth.member_role.sql
--
-- Staff in the order of their rights, to compare by: each role has those of the one before.
create or replace function auth.role_rank(role text)
returns integer
language sql
immutable
parallel safe
as $$
    select array_position(array['desk_agent', 'desk_manager', 'desk_admin'], role)
$$;
comment on function auth.role_rank(text) is
'How high a role of the staff is; null for all others.';
revoke all on function auth.role_rank(text) from public;
-- NOTE: for the other functions of this schema only.
