-- A computed column of sla_clocks, and what the widgets count. Inlined.
create or replace function public.clock_state(clock public.sla_clocks)
returns text
language sql
stable
parallel safe
as $$
    select case
        when clock.target_seconds is null then 'none'
        when clock.due_at < coalesce(clock.stopped_at, now()) then 'breached'
        -- recorded by a transaction that began after this one
        when clock.stopped_at is null and clock.breached_at is not null then 'breached'
        when clock.stopped_at is null then 'running'
        when clock.is_done then 'met'
        else 'dropped'
    end
$$;
comment on function public.clock_state(public.sla_clocks) is
'What became of a promise: running (also while paused), breached (overdue, or done too late), met, dropped (the ticket came to its end before it was due), none where nothing was promised.';
revoke all on function public.clock_state(public.sla_clocks) from public;
grant execute on function public.clock_state(public.sla_clocks) to desk_internal, desk_service;
