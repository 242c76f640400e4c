-- A computed column of tickets: select it, filter and order by it. Inlined, and made of the ticket's own
-- row, so that it costs nothing and says the same to everybody who sees the ticket.
create or replace function public.sla_status(ticket public.tickets)
returns text
language sql
stable
parallel safe
as $$
    select case ticket.sla_state
        when 'running' then case
            when ticket.sla_due_at < now() then 'breached'
            when ticket.sla_warn_at <= now() then 'due_soon'
            else 'ok'
        end
        else coalesce(ticket.sla_state, 'none')
    end
$$;
comment on function public.sla_status(public.tickets) is
'How a ticket stands to what was promised: ok, due_soon or breached while a clock runs; paused while its status stops them all; met or missed when it came to its end; none where nothing was promised, or nothing was due before its end.';
revoke all on function public.sla_status(public.tickets) from public;
grant execute on function public.sla_status(public.tickets) to desk_client, desk_internal, desk_service;
