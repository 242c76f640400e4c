-- requires: sql/policies/analytics.ticket_delta.sql
--
-- Appends to analytics.ticket_delta what a statement did to tickets: as they were, taken away, and as they
-- became, added. What is the same before and after says nothing, so most changes of a ticket (its text, its
-- service level) leave no row. Only appends, and only once a statement: updating sums in place would make
-- every writer wait for every other.
--
-- Definer: whoever may change a ticket need not be able to write here. A TRUNCATE empties the cells too, with
-- TRUNCATE: like that of the tickets it is seen by all, also by those who still look at an older snapshot.
create or replace function analytics.log_changes()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op = 'INSERT' then
        insert into analytics.ticket_delta (
            change, assigned_to, ticket_type_id, client_id, priority, status, created_at, resolved_at, closed_at,
            resolution_seconds, first_response_seconds, rating, reopen_count, answers
        )
        select
            1, n.assigned_to, n.ticket_type_id, n.client_id, n.priority, n.status, n.created_at, n.resolved_at, n.closed_at,
            n.resolution_seconds, n.first_response_seconds, n.rating, n.reopen_count, n.answers
        from new_tickets as n;
    elsif tg_op = 'DELETE' then
        insert into analytics.ticket_delta (
            change, assigned_to, ticket_type_id, client_id, priority, status, created_at, resolved_at, closed_at,
            resolution_seconds, first_response_seconds, rating, reopen_count, answers
        )
        select
            -1, o.assigned_to, o.ticket_type_id, o.client_id, o.priority, o.status, o.created_at, o.resolved_at, o.closed_at,
            o.resolution_seconds, o.first_response_seconds, o.rating, o.reopen_count, o.answers
        from old_tickets as o;
    elsif tg_op = 'UPDATE' then
        insert into analytics.ticket_delta (
            change, assigned_to, ticket_type_id, client_id, priority, status, created_at, resolved_at, closed_at,
            resolution_seconds, first_response_seconds, rating, reopen_count, answers
        )
        select
            sum(v.change), v.assigned_to, v.ticket_type_id, v.client_id, v.priority, v.status, v.created_at, v.resolved_at, v.closed_at,
            v.resolution_seconds, v.first_response_seconds, v.rating, v.reopen_count, v.answers
        from (
            select
                -1 as change, o.assigned_to, o.ticket_type_id, o.client_id, o.priority, o.status, o.created_at, o.resolved_at, o.closed_at,
                o.resolution_seconds, o.first_response_seconds, o.rating, o.reopen_count, o.answers
            from old_tickets as o
            union all
            select
                1, n.assigned_to, n.ticket_type_id, n.client_id, n.priority, n.status, n.created_at, n.resolved_at, n.closed_at,
                n.resolution_seconds, n.first_response_seconds, n.rating, n.reopen_count, n.answers
            from new_tickets as n
        ) as v
        group by
            v.assigned_to, v.ticket_type_id, v.client_id, v.priority, v.status, v.created_at, v.resolved_at, v.closed_at,
            v.resolution_seconds, v.first_response_seconds, v.rating, v.reopen_count, v.answers
        having sum(v.change) <> 0;
    else
        truncate analytics.ticket_delta, analytics.ticket_cells, analytics.duration_cells;
    end if;
    return null;
end
$$;
comment on function analytics.log_changes() is
'Trigger: what happened to tickets, for the roll-ups.';
revoke all on function analytics.log_changes() from public;

-- PostgreSQL wants one trigger for each event that brings transition tables.
create or replace trigger log_changes_insert
after insert on public.tickets
referencing new table as new_tickets
for each statement execute function analytics.log_changes();

create or replace trigger log_changes_update
after update on public.tickets
referencing old table as old_tickets new table as new_tickets
for each statement execute function analytics.log_changes();

create or replace trigger log_changes_delete
after delete on public.tickets
referencing old table as old_tickets
for each statement execute function analytics.log_changes();

create or replace trigger log_changes_truncate
after truncate on public.tickets
for each statement execute function analytics.log_changes();
