-- requires: sql/policies/public.ticket_events.sql
--
-- The history as rows of five types, as CRMs show it. Left out is what they have no word for: created,
-- field-…, feedback-…, message-changed and message-removed, and any later type but attachment-added;
-- ticket_events has them all. Security invoker: the policies of events and messages decide.
create or replace view public.ticket_activities
with (security_invoker = true)
as
select
    e.id,
    e.ticket_id,
    e.actor_id as user_id,
    case
        when e.type in ('message', 'note-added') then 'comment'
        when e.type = 'status-update' then 'status_change'
        when e.type = 'priority-change' then 'priority_change'
        when e.type in ('assignment-added', 'assignment-removed') then 'agent_assignment'
        else 'attachment_added'
    end as activity_type,
    (
        select m.message_text
        from public.ticket_messages as m
        where m.id = e.message_id
            and m.ticket_id = e.ticket_id
            and m.is_internal = (e.type = 'note-added')
    ) as content,
    e.visibility = 'private' as is_internal,
    e.created_at,
    e.metadata || jsonb_strip_nulls(
        jsonb_build_object(
            'event', e.type,
            'old_value', e.old_value,
            'new_value', e.new_value,
            'team_member_id', e.agent_id
        )
    ) as metadata
from public.ticket_events as e
where e.type in (
        'message', 'note-added', 'status-update', 'priority-change', 'assignment-added', 'assignment-removed',
        'attachment-added'
    );
comment on view public.ticket_activities is
'What happened to tickets, in five types: comments, changes of status and priority, assignments, attachments. Whoever sees an event sees the activity. Sort by created_at.';
comment on column public.ticket_activities.id is 'The event.';
comment on column public.ticket_activities.ticket_id is 'The ticket.';
comment on column public.ticket_activities.user_id is 'The account of who did it; null for the system.';
comment on column public.ticket_activities.activity_type is 'comment, status_change, priority_change, agent_assignment or attachment_added.';
comment on column public.ticket_activities.content is 'The text of a comment.';
comment on column public.ticket_activities.is_internal is 'Among staff: never visible to clients.';
comment on column public.ticket_activities.created_at is 'When.';
comment on column public.ticket_activities.metadata is 'event: the type in ticket_events; old_value and new_value of a change; team_member_id of an assignment.';
revoke all on public.ticket_activities from public;
grant select on public.ticket_activities to desk_client, desk_agent, desk_service;
