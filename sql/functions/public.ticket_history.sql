-- requires: sql/functions/workflow.visible_ticket.sql, sql/functions/claims.person.sql, sql/policies/public.ticket_events.sql
--
-- The history of a ticket as one document. Security invoker: the policies of tickets, events and
-- messages say what is in it. A message that was removed, or that the caller may not read, has no
-- content.
--
--     PT404  a ticket that the caller does not see, whether it exists or not
--
-- All events have eight keys; what a type has beside them is left out elsewhere, never null.
create or replace function public.ticket_history(ticket integer)
returns jsonb
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    perform workflow.visible_ticket(ticket);
    return (
        select jsonb_build_object(
            'events',
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'id', e.id,
                        'type', e.type,
                        'created_at', e.created_at,
                        'created_by_uuid', e.actor_id,
                        'created_by_first_name', e.actor_first_name,
                        'created_by_last_name', e.actor_last_name,
                        'role', e.actor_role,
                        'visibility', e.visibility
                    )
                    || case
                        when e.type = 'message'
                            then jsonb_build_object('content', m.message_text, 'attachments', '[]'::jsonb)
                        when e.type = 'note-added'
                            then jsonb_build_object('content', m.message_text)
                        when e.type in ('assignment-added', 'assignment-removed')
                            then jsonb_build_object('agent_id', (select p.account_id from claims.person(e.agent_id, null) as p))
                        when e.type in ('status-update', 'priority-change')
                            then jsonb_build_object('old_value', e.old_value, 'new_value', e.new_value)
                        when e.type = 'field-added'
                            then jsonb_build_object('field_name', e.field_name, 'new_value', e.new_value)
                        when e.type = 'field-removed'
                            then jsonb_build_object('field_name', e.field_name, 'old_value', e.old_value)
                        when e.type = 'field-changed'
                            then jsonb_build_object('field_name', e.field_name, 'old_value', e.old_value, 'new_value', e.new_value)
                        else
                            case when e.old_value is null then '{}' else jsonb_build_object('old_value', e.old_value) end
                            || case when e.new_value is null then '{}' else jsonb_build_object('new_value', e.new_value) end
                    end
                    order by e.created_at, e.seq
                ),
                '[]'
            )
        )
        from public.ticket_events as e
        left join public.ticket_messages as m
            on m.id = e.message_id
            and m.ticket_id = e.ticket_id
            -- what was public and is internal by now shows nothing of it
            and m.is_internal = (e.type = 'note-added')
        where e.ticket_id = ticket_history.ticket
    );
end
$$;
comment on function public.ticket_history(integer) is
'What happened to a ticket, as one document: {"events": […]}, in order.

Every event has id, type, created_at, created_by_uuid, created_by_first_name, created_by_last_name, role and visibility; beside them a message has content and attachments, a note content, an assignment agent_id, a status old_value and new_value, a field field_name with old_value, new_value or both. A client gets the public ones.';
revoke all on function public.ticket_history(integer) from public;
grant execute on function public.ticket_history(integer) to desk_client, desk_internal, desk_service;
