-- What was said on a ticket and on those that go on in it, in order, as far as the caller sees it: the
-- policies of ticket_messages and tickets apply.
create or replace function public.ticket_thread(ticket integer)
returns setof public.ticket_messages
language sql
stable
parallel safe
rows 10
as $$
    with recursive book as (
        select t.id from public.tickets as t where t.id = ticket_thread.ticket
        union
        select t.id from public.tickets as t join book as b on t.merged_into = b.id
    )
    select m.*
    from public.ticket_messages as m
    where m.ticket_id in (select b.id from book as b)
    order by m.created_at, m.id
$$;
comment on function public.ticket_thread(integer) is
'The messages of a ticket and of those that were merged into it, oldest first.';
revoke all on function public.ticket_thread(integer) from public;
grant execute on function public.ticket_thread(integer) to desk_client, desk_internal, desk_service;
