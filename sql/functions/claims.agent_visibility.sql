-- Definer: no data role may read ops.settings. Without a row the default holds.
-- plpgsql keeps its plan for the session; a SQL function would plan this anew in every statement.
create or replace function claims.agent_visibility()
returns text
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
begin
    return coalesce(
        (select s.value from ops.settings as s where s.name = 'agent_visibility'),
        'all'
    );
end
$$;
comment on function claims.agent_visibility() is
'Which tickets an agent sees: all, queue (assigned to me, or to nobody), team (assigned to someone of my department, or to nobody).';
revoke all on function claims.agent_visibility() from public;
grant execute on function claims.agent_visibility() to desk_internal, desk_service;
