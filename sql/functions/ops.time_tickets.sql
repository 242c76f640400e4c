-- requires: sql/functions/ops.ended_at.sql, sql/functions/ops.keep_clocks.sql
--
-- Clocks follow their tickets: once a statement, and only for tickets of which something changed that a
-- clock depends on. What keep_clocks writes into a ticket is nothing of that.
--
-- What only the old row knows is written down here: from its end until a ticket was opened again, its
-- clocks stood. One that arrives in a status that pauses has been there since its creation, as far as
-- anybody knows.
create or replace function ops.time_tickets()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    affected integer[];
begin
    if tg_op = 'INSERT' then
        insert into public.sla_pauses (ticket_id, began_at)
        select n.id, n.created_at
        from new_tickets as n
        join public.ticket_statuses as s on s.code = n.status
        where s.pauses_sla
            and isfinite(n.created_at)
            and ops.ended_at(n, s.category) is null;
        affected := array(select n.id from new_tickets as n);
    else
        affected := array(
            -- A full join is a hash or a merge join, whatever a plan that was kept from an update of one row
            -- expects: with a nested loop 20,000 tickets took half a minute.
            select n.id
            from new_tickets as n
            full join old_tickets as o on o.id = n.id
            where (
                n.client_id, n.priority, n.status, n.created_at,
                n.first_response_at, n.resolved_at, n.closed_at, n.merged_into
            ) is distinct from (
                o.client_id, o.priority, o.status, o.created_at,
                o.first_response_at, o.resolved_at, o.closed_at, o.merged_into
            )
        );
        if affected = '{}' then
            return null;
        end if;
        insert into public.sla_pauses as p (ticket_id, began_at, ended_at)
        select o.id, least(o.resolved_at, o.closed_at), now()
        from old_tickets as o
        full join new_tickets as n on n.id = o.id
        left join public.ticket_statuses as s on s.code = n.status
        where isfinite(least(o.resolved_at, o.closed_at))
            and least(o.resolved_at, o.closed_at) < now()
            and ops.ended_at(n, s.category) is null
        on conflict (ticket_id, began_at) do update set ended_at = excluded.ended_at;
    end if;
    perform ops.keep_clocks(affected);
    return null;
end
$$;
comment on function ops.time_tickets() is
'Trigger: the clocks of the tickets that were written.';
revoke all on function ops.time_tickets() from public;

-- PostgreSQL wants one trigger for each event that brings transition tables.
create or replace trigger time_tickets_insert
after insert on public.tickets
referencing new table as new_tickets
for each statement execute function ops.time_tickets();

create or replace trigger time_tickets_update
after update on public.tickets
referencing old table as old_tickets new table as new_tickets
for each statement execute function ops.time_tickets();
