-- How well promises are kept, without reading a clock: a ticket knows what became of the promises made on it, and
-- roll-ups add that up like all else that tickets know.

set local client_min_messages = warning;

-- Nine counters in one number (analytics.promise says which bits), so that what a clock counts can be added and
-- taken away. In the ticket, because a sum that were kept beside it by triggers of two tables, the ticket's for
-- whose it is and the clock's for what it says, would be torn where both change at once.
alter table public.tickets
    add column promises bigint not null default 0,
    add constraint tickets_promises_check check (promises >= 0);

-- As analytics.promise, which is not there yet. No trigger: nothing has happened to these tickets.
alter table public.tickets disable trigger user;
update public.tickets as t
set promises = c.promises
from (
    select
        k.ticket_id,
        sum(
            case
                when k.stopped_at is null and k.breached_at is null
                    then case k.metric when 'first_response' then 1 << 4 when 'resolution' then 1 << 10 else 1 << 12 end
                when k.stopped_at is null or k.due_at < k.stopped_at
                    then case k.metric when 'first_response' then 1 << 2 when 'resolution' then 1 << 8 else 1::bigint << 38 end
                when k.is_done
                    then case k.metric when 'first_response' then 1 when 'resolution' then 1 << 6 else 1 << 14 end
                else 0
            end
        )::bigint as promises
    from public.sla_clocks as k
    where k.target_seconds is not null
    group by k.ticket_id
) as c
where c.ticket_id = t.id;
alter table public.tickets enable trigger user;

alter table analytics.ticket_delta add column promises bigint;

-- As analytics.ticket_cells, for promises. tickets: those to which something was promised.
create table analytics.promise_cells (
    grain text collate "C" not null,
    node smallint not null,
    since timestamp not null,
    assigned_to integer,
    ticket_type_id integer,
    client_id integer,
    priority text,
    status text,
    tickets bigint not null,
    first_response_met bigint not null,
    first_response_breached bigint not null,
    first_response_running bigint not null,
    next_response_met bigint not null,
    next_response_breached bigint not null,
    next_response_running bigint not null,
    resolution_met bigint not null,
    resolution_breached bigint not null,
    resolution_running bigint not null,
    constraint promise_cells_key unique nulls not distinct (
        grain, node, since, assigned_to, ticket_type_id, client_id, priority, status
    ),
    constraint promise_cells_grain_check check (grain in ('day', 'month', 'all'))
);
