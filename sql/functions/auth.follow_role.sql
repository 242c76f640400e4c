-- requires: sql/functions/auth.member_role.sql
--
-- What a team member is decides as whom the account's next token is: whoever is demoted loses the rights
-- with the access token, which is short-lived. Only admins write the column. Definer: they need not know
-- of accounts.
create or replace function auth.follow_role()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update auth.accounts as a
    set role = auth.member_role(new.role, new.department)
    where a.team_member_id = new.id;
    return null;
end
$$;
comment on function auth.follow_role() is
'Trigger: the account of a team member has the member''s role.';
revoke all on function auth.follow_role() from public;

create or replace trigger follow_role
after update of role on public.team_members
for each row
when (new.role is distinct from old.role)
execute function auth.follow_role();
