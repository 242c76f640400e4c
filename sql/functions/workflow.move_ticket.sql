-- requires: sql/functions/workflow.visible_ticket.sql, sql/functions/workflow.status_category.sql, sql/functions/workflow.default_status.sql
--
-- Gives a ticket the status that stands for a category, unless it is of that category already: who lost
-- the answer asks again. Whether the step is allowed, ops.check_transition says.
create or replace function workflow.move_ticket(ticket integer, to_category text)
returns public.tickets
language plpgsql
volatile
set search_path = ''
as $$
declare
    before constant public.tickets := workflow.visible_ticket(ticket);
    wanted constant text := workflow.default_status(to_category);
    moved public.tickets;
begin
    update public.tickets as t
    set status = wanted
    where t.id = move_ticket.ticket
        and workflow.status_category(t.status) <> to_category
    returning t.* into moved;
    return case when moved.id is null then before else moved end;
end
$$;
comment on function workflow.move_ticket(integer, text) is
'Moves a ticket to a category of status.';
revoke all on function workflow.move_ticket(integer, text) from public;
grant execute on function workflow.move_ticket(integer, text) to desk_internal, desk_service;
