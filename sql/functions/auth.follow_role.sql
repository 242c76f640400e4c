-- requires: sql/functions/auth.member_role.sql, sql/functions/claims.team_member_id.sql
--
-- What a team member is decides as whom the account's next token is: whoever is demoted loses the rights
-- with the access token, which is short-lived. Only admins write the column, and nobody writes the own one: whoever may give
-- roles gave somebody else theirs, or was given it. Definer: they need not know of accounts.
create or replace function auth.follow_role()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if new.id = claims.team_member_id()
        and not pg_has_role(coalesce(nullif(current_setting('role'), 'none'), session_user)::name, 'desk_owner', 'member')
    then
        raise exception 'nobody changes the own role'
            using errcode = 'insufficient_privilege',
                hint = 'Another admin can.';
    end if;
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
