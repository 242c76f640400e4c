-- The ticket that a function is asked to move, with the caller's own rights: one that is out of sight
-- is not there (PT404).
create or replace function workflow.visible_ticket(ticket integer)
returns public.tickets
language plpgsql
stable
set search_path = ''
as $$
declare
    found_ticket public.tickets;
begin
    if ticket is null then
        raise exception 'a ticket is missing'
            using errcode = 'not_null_violation',
                hint = 'Say its id: {"ticket": 17, …}.';
    end if;
    select t.* into found_ticket from public.tickets as t where t.id = ticket;
    if found_ticket.id is null then
        raise exception 'there is no ticket % that you see', ticket
            using errcode = 'PT404',
                hint = format('GET /tickets?select=id,title lists those that you see; by its number: GET /tickets?select=id&number=eq.%s.', ticket);
    end if;
    return found_ticket;
end
$$;
comment on function workflow.visible_ticket(integer) is
'A ticket that the caller sees; an error otherwise.';
revoke all on function workflow.visible_ticket(integer) from public;
grant execute on function workflow.visible_ticket(integer) to desk_client, desk_internal, desk_service;
