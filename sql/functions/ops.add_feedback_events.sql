-- requires: sql/functions/ops.actor.sql
--
-- How a client rated the help. The words are not copied, the rating is. Whoever typed it in, feedback is
-- the client's: a script or desk_service gives it in the client's name. One that moves to another ticket
-- goes from the one and comes to the other. What goes together with its ticket leaves nothing.
-- Definer: nobody may write events.
create or replace function ops.add_feedback_events()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    -- by an update: which feedback is now another ticket's
    moved integer[];
begin
    if tg_op = 'UPDATE' then
        moved := array(
            select n.id
            from (
                select id, ticket_id from new_feedback
                except
                select id, ticket_id from old_feedback
            ) as n
        );
        insert into public.ticket_events (
            ticket_id, type, visibility, new_value,
            actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
        )
        select
            n.ticket_id, 'feedback-changed', 'public', jsonb_build_object('rating', n.rating),
            a.account_id, a.team_member_id, a.role, a.first_name, a.last_name
        from (
            select id, ticket_id, rating, feedback_text from new_feedback
            except
            select id, ticket_id, rating, feedback_text from old_feedback
        ) as n
        cross join ops.actor() as a
        where n.id not in (select unnest(moved))
        order by n.id;
    end if;

    if tg_op <> 'INSERT' then
        insert into public.ticket_events (
            ticket_id, type, visibility, old_value,
            actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
        )
        select
            o.ticket_id, 'feedback-removed', 'public', jsonb_build_object('rating', o.rating),
            a.account_id, a.team_member_id, a.role, a.first_name, a.last_name
        from old_feedback as o
        join public.tickets as t on t.id = o.ticket_id
        cross join ops.actor() as a
        where moved is null
            or o.id in (select unnest(moved))
        order by o.id;
    end if;
    if tg_op <> 'DELETE' then
        insert into public.ticket_events (
            ticket_id, created_at, type, visibility, new_value,
            actor_id, actor_role, actor_first_name, actor_last_name
        )
        select
            n.ticket_id,
            case when moved is null then coalesce(n.created_at, now()) else now() end,
            'feedback-added', 'public', jsonb_build_object('rating', n.rating),
            case when a.role = 'customer' then a.account_id end,
            'customer',
            case when a.role = 'customer' then a.first_name else c.client_name end,
            case when a.role = 'customer' then a.last_name end
        from new_feedback as n
        join public.tickets as t on t.id = n.ticket_id
        join public.clients as c on c.id = t.client_id
        cross join ops.actor() as a
        where moved is null
            or n.id in (select unnest(moved))
        order by n.id;
    end if;
    return null;
end
$$;
comment on function ops.add_feedback_events() is
'Trigger: the history of a ticket, how it was rated.';
revoke all on function ops.add_feedback_events() from public;

create or replace trigger add_events_insert
after insert on public.ticket_feedback
referencing new table as new_feedback
for each statement execute function ops.add_feedback_events();

create or replace trigger add_events_update
after update on public.ticket_feedback
referencing old table as old_feedback new table as new_feedback
for each statement execute function ops.add_feedback_events();

create or replace trigger add_events_delete
after delete on public.ticket_feedback
referencing old table as old_feedback
for each statement execute function ops.add_feedback_events();
