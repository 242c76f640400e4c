-- tickets.first_response_at is the time of the first public message by staff, tickets.answers how many there are,
-- up to two: the third and those after it change no ticket. Once a statement, not once a row: bulk loads bring
-- millions of messages. Inserting can only make it earlier and more; changing and deleting look again at what is
-- left. Definer: whoever may write a message need not be able to change the ticket.
create or replace function ops.stamp_first_response()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    affected integer[];
begin
    case tg_op
        when 'INSERT' then
            update public.tickets as t
            set
                first_response_at = least(t.first_response_at, m.first_response_at),
                answers = least(t.answers + m.answers, 2)
            from (
                select n.ticket_id, min(n.created_at) as first_response_at, count(*) as answers
                from new_messages as n
                where n.from_client is false
                    and not n.is_internal
                group by n.ticket_id
            ) as m
            where t.id = m.ticket_id
                and (
                    t.answers < 2
                    or least(t.first_response_at, m.first_response_at) is distinct from t.first_response_at
                );
            return null;
        when 'TRUNCATE' then
            update public.tickets
            set
                first_response_at = null,
                answers = 0
            where first_response_at is not null
                or answers > 0;
            return null;
        when 'UPDATE' then
            affected := array(
                (
                    select n.ticket_id
                    from (
                        select id, ticket_id, from_client, is_internal, created_at from new_messages
                        except
                        select id, ticket_id, from_client, is_internal, created_at from old_messages
                    ) as n
                )
                union
                (
                    select o.ticket_id
                    from (
                        select id, ticket_id, from_client, is_internal, created_at from old_messages
                        except
                        select id, ticket_id, from_client, is_internal, created_at from new_messages
                    ) as o
                )
            );
        when 'DELETE' then
            affected := array(select distinct o.ticket_id from old_messages as o);
    end case;

    -- Waits for whoever is adding a message to one of them (the foreign key holds the ticket until
    -- then): what that adds must be among what is left, or the ticket would lose its first response.
    perform
    from public.tickets as t
    where t.id = any (affected)
    order by t.id
    for update;

    update public.tickets as t
    set
        first_response_at = m.first_response_at,
        answers = m.answers
    from unnest(affected) as a (ticket_id)
    cross join lateral (
        select min(left_over.created_at) as first_response_at, least(count(*), 2) as answers
        from public.ticket_messages as left_over
        where left_over.ticket_id = a.ticket_id
            and left_over.from_client is false
            and not left_over.is_internal
    ) as m
    where t.id = a.ticket_id
        and (t.first_response_at, t.answers) is distinct from (m.first_response_at, m.answers);
    return null;
end
$$;
comment on function ops.stamp_first_response() is
'Trigger: when staff first answered a ticket, and how often, up to twice.';
revoke all on function ops.stamp_first_response() from public;

-- PostgreSQL wants one trigger for each event that brings transition tables.
create or replace trigger stamp_first_response_insert
after insert on public.ticket_messages
referencing new table as new_messages
for each statement execute function ops.stamp_first_response();

create or replace trigger stamp_first_response_update
after update on public.ticket_messages
referencing old table as old_messages new table as new_messages
for each statement execute function ops.stamp_first_response();

create or replace trigger stamp_first_response_delete
after delete on public.ticket_messages
referencing old table as old_messages
for each statement execute function ops.stamp_first_response();

create or replace trigger stamp_first_response_truncate
after truncate on public.ticket_messages
for each statement execute function ops.stamp_first_response();
