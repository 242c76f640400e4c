-- As whom a team member signs in: THE place where that is decided. Whoever has no role of their own is a manager outside
-- of support (requirements 001-15).
create or replace function auth.member_role(role text, department text)
returns text
language sql
immutable
parallel safe
as $$
    select case
        when role = 'admin' then 'desk_admin'
        when role = 'manager' or role is null and department <> 'support' then 'desk_manager'
        else 'desk_agent'
    end
$$;
comment on function auth.member_role(text, text) is
'The database role of a team member.';
revoke all on function auth.member_role(text, text) from public;
-- NOTE: for the other functions of this schema only.
