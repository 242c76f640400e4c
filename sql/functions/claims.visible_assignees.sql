-- requires: sql/functions/claims.agent_visibility.sql, sql/functions/claims.team_member_id.sql
--
-- The setting and the caller's department, looked up once a statement and handed to
-- claims.can_see() as one array. Definer: asked within policies, it must not depend on them.
create or replace function claims.visible_assignees()
returns integer[]
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
declare
    me integer := claims.team_member_id();
begin
    case claims.agent_visibility()
        when 'all' then
            return null;
        when 'queue' then
            return array_remove(array[me], null);
        when 'team' then
            return array(
                select colleague.id
                from public.team_members as m
                join public.team_members as colleague on colleague.department = m.department
                where m.id = me
            );
    end case;
end
$$;
comment on function claims.visible_assignees() is
'Whose tickets the calling agent sees, beside unassigned ones; NULL means everybody''s.';
revoke all on function claims.visible_assignees() from public;
grant execute on function claims.visible_assignees() to desk_internal, desk_service;
