-- requires: sql/functions/workflow.visible_ticket.sql
--
-- Managers and admins say what comes first, and why: the reason stands in the thread as a note among
-- staff, signed and timed. That the priority exists, ops.check_priority says; that the note has a text,
-- ops.check_message.
--
--     PT404  a ticket that does not exist
--     23502  no reason, no priority
create or replace function public.override_priority(ticket integer, new_priority text, reason text)
returns public.tickets
language plpgsql
volatile
set search_path = ''
as $$
declare
    before constant public.tickets := workflow.visible_ticket(ticket);
    overridden public.tickets;
begin
    if new_priority is null or reason is null then
        raise exception '% is missing', case when reason is null then 'reason' else 'new_priority' end
            using errcode = 'not_null_violation',
                hint = 'Say {"ticket": 17, "new_priority": "urgent", "reason": "…"}.';
    end if;
    if before.priority = new_priority then
        return before;
    end if;
    update public.tickets as t
    set priority = new_priority
    where t.id = before.id
    returning t.* into overridden;
    insert into public.ticket_messages (ticket_id, from_client, is_internal, message_text)
    values (
        before.id,
        false,
        true,
        case
            when btrim(reason) = '' then ''
            else format('Priority %s instead of %s: %s', new_priority, coalesce(before.priority, 'none'), reason)
        end
    );
    return overridden;
end
$$;
comment on function public.override_priority(integer, text, text) is
'Gives a ticket another priority and says why, in a note among staff. For managers and admins.

What has that priority already is left as it is.';
revoke all on function public.override_priority(integer, text, text) from public;
grant execute on function public.override_priority(integer, text, text) to desk_manager, desk_service;
