-- requires: sql/functions/ops.actor.sql
--
-- Messages, feedback or collaborators that are emptied as a whole, while their tickets stay: the rows
-- are gone already, so what is left to remove is read from the history. Where the tickets were emptied
-- too, there is no history left either, and nothing to do.
create or replace function ops.add_truncate_events()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    came constant text[] := case tg_table_name
        when 'ticket_messages' then '{message,note-added}'
        when 'ticket_feedback' then '{feedback-added}'
        else '{assignment-added}'
    end;
    went constant text := case tg_table_name
        when 'ticket_messages' then 'message-removed'
        when 'ticket_feedback' then 'feedback-removed'
        else 'assignment-removed'
    end;
    only_with constant jsonb := case tg_table_name
        when 'ticket_assignees' then '{"collaborator": true}'
        else '{}'
    end;
begin
    insert into public.ticket_events (
        ticket_id, type, visibility, message_id, agent_id, metadata,
        actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
    )
    select
        e.ticket_id, went, case went when 'feedback-removed' then 'public' else 'private' end,
        e.message_id, e.agent_id, only_with,
        a.account_id, a.team_member_id, a.role, a.first_name, a.last_name
    from (
        select e.ticket_id, e.message_id, e.agent_id
        from public.ticket_events as e
        where e.type = any (came || went)
            and e.metadata @> only_with
        group by e.ticket_id, e.message_id, e.agent_id
        having count(*) filter (where e.type <> went) > count(*) filter (where e.type = went)
    ) as e
    cross join ops.actor() as a
    order by e.ticket_id, e.message_id, e.agent_id;
    return null;
end
$$;
comment on function ops.add_truncate_events() is
'Trigger: the history of tickets whose messages, feedback or collaborators are emptied as a whole.';
revoke all on function ops.add_truncate_events() from public;

create or replace trigger add_events_truncate
after truncate on public.ticket_messages
for each statement execute function ops.add_truncate_events();

create or replace trigger add_events_truncate
after truncate on public.ticket_feedback
for each statement execute function ops.add_truncate_events();

create or replace trigger add_events_truncate
after truncate on public.ticket_assignees
for each statement execute function ops.add_truncate_events();
