-- How much each member of the team has to do. Definer: all tickets count, whichever the caller sees;
-- only numbers come out.
create or replace function workflow.open_work()
returns table (team_member_id integer, tickets bigint)
language sql
stable
parallel safe
security definer
set search_path = ''
as $$
    select t.assigned_to, count(*)
    from public.tickets as t
    left join public.ticket_statuses as s on s.code = t.status
    where t.assigned_to is not null
        and coalesce(s.category, 'open') in ('open', 'pending')
    group by t.assigned_to
$$;
comment on function workflow.open_work() is
'How many open and pending tickets each member of the team has.';
revoke all on function workflow.open_work() from public;
grant execute on function workflow.open_work() to desk_internal, desk_service;
