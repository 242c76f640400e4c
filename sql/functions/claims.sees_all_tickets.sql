-- requires: sql/functions/claims.agent_visibility.sql
--
-- Policies of a ticket's children ask this first: where an agent sees all, the children need not
-- look at the ticket. Managers have policies of their own.
create or replace function claims.sees_all_tickets()
returns boolean
language sql
stable
parallel safe
as $$
    select claims.agent_visibility() = 'all'
$$;
comment on function claims.sees_all_tickets() is
'Whether every agent sees every ticket.';
revoke all on function claims.sees_all_tickets() from public;
grant execute on function claims.sees_all_tickets() to desk_internal, desk_service;
