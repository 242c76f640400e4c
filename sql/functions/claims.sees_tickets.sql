-- requires: sql/functions/claims.agent_visibility.sql, sql/functions/claims.team_member_id.sql
--
-- Where visibility depends on who asks, a token that names no existing team member sees nothing,
-- not even the unassigned tickets. Definer: asked within policies, it must not depend on them.
create or replace function claims.sees_tickets()
returns boolean
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
begin
    return claims.agent_visibility() = 'all'
        or exists (
            select
            from public.team_members as m
            where m.id = claims.team_member_id()
        );
end
$$;
comment on function claims.sees_tickets() is
'Whether the calling agent sees any tickets at all.';
revoke all on function claims.sees_tickets() from public;
grant execute on function claims.sees_tickets() to desk_internal, desk_service;
