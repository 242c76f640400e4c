-- requires: sql/functions/ops.actor.sql
--
-- Collaborators who come and go: private, clients are not told who else works on a ticket. A row that
-- becomes another one is one that goes and one that comes. What goes together with its ticket leaves
-- nothing. The time is the clock's: who began first may have waited for the other. Definer: nobody may
-- write events.
create or replace function ops.add_assignee_events()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    -- by an update: who is not what they were
    moved text[];
begin
    if tg_op = 'UPDATE' then
        moved := array(
            (
                select concat_ws(' ', o.ticket_id, o.team_member_id) from old_assignees as o
                except
                select concat_ws(' ', n.ticket_id, n.team_member_id) from new_assignees as n
            )
            union all
            (
                select concat_ws(' ', n.ticket_id, n.team_member_id) from new_assignees as n
                except
                select concat_ws(' ', o.ticket_id, o.team_member_id) from old_assignees as o
            )
        );
    end if;

    if tg_op <> 'INSERT' then
        insert into public.ticket_events (
            ticket_id, created_at, type, visibility, agent_id, metadata,
            actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
        )
        select
            o.ticket_id, clock_timestamp(), 'assignment-removed', 'private', o.team_member_id, '{"collaborator": true}',
            a.account_id, a.team_member_id, a.role, a.first_name, a.last_name
        from old_assignees as o
        join public.tickets as t on t.id = o.ticket_id
        cross join ops.actor() as a
        where moved is null
            or concat_ws(' ', o.ticket_id, o.team_member_id) in (select unnest(moved))
        order by o.ticket_id, o.team_member_id;
    end if;
    if tg_op <> 'DELETE' then
        insert into public.ticket_events (
            ticket_id, created_at, type, visibility, agent_id, metadata,
            actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
        )
        select
            n.ticket_id, case when moved is null and n.assigned_at <> now() then n.assigned_at else clock_timestamp() end,
            'assignment-added', 'private', n.team_member_id, '{"collaborator": true}',
            a.account_id, a.team_member_id, a.role, a.first_name, a.last_name
        from new_assignees as n
        cross join ops.actor() as a
        where moved is null
            or concat_ws(' ', n.ticket_id, n.team_member_id) in (select unnest(moved))
        order by n.ticket_id, n.team_member_id;
    end if;
    return null;
end
$$;
comment on function ops.add_assignee_events() is
'Trigger: the history of a ticket, who helps with it.';
revoke all on function ops.add_assignee_events() from public;

create or replace trigger add_events_insert
after insert on public.ticket_assignees
referencing new table as new_assignees
for each statement execute function ops.add_assignee_events();

create or replace trigger add_events_update
after update on public.ticket_assignees
referencing old table as old_assignees new table as new_assignees
for each statement execute function ops.add_assignee_events();

create or replace trigger add_events_delete
after delete on public.ticket_assignees
referencing old table as old_assignees
for each statement execute function ops.add_assignee_events();
