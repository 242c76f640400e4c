-- requires: sql/functions/ops.actor.sql
--
-- What is said on a ticket. The text is not copied: message_id names the message, and whoever may not
-- read that one reads nothing here. Who said it the message itself knows: desk_service posts the mail of
-- clients, and a script loads what others wrote.
--
-- Messages change only by desk_service and the owner; that is staff's to know. One that moves to
-- another ticket, or between public and internal, goes from where it was and comes to where it is.
-- What goes together with its ticket leaves nothing. Definer: nobody may write events.
create or replace function ops.add_message_events()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    -- by an update: which messages are now somewhere else
    moved integer[];
begin
    if tg_op = 'UPDATE' then
        moved := array(
            select n.id
            from (
                select id, ticket_id, is_internal from new_messages
                except
                select id, ticket_id, is_internal from old_messages
            ) as n
        );
        insert into public.ticket_events (
            ticket_id, type, visibility, message_id, metadata,
            actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
        )
        select
            m.ticket_id, 'message-changed', 'private', m.id, jsonb_build_object('columns', c.columns),
            a.account_id, a.team_member_id, a.role, a.first_name, a.last_name
        from (
            select n.id, array_agg(n.key order by n.key) as columns
            from (
                select n.id, c.key, c.value from new_messages as n cross join jsonb_each(to_jsonb(n)) as c
                except
                select o.id, c.key, c.value from old_messages as o cross join jsonb_each(to_jsonb(o)) as c
            ) as n
            where n.id not in (select unnest(moved))
            group by n.id
        ) as c
        join public.ticket_messages as m on m.id = c.id
        cross join ops.actor() as a
        order by m.id;
    end if;

    if tg_op <> 'INSERT' then
        insert into public.ticket_events (
            ticket_id, type, visibility, message_id,
            actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
        )
        select
            o.ticket_id, 'message-removed', 'private', o.id,
            a.account_id, a.team_member_id, a.role, a.first_name, a.last_name
        from old_messages as o
        join public.tickets as t on t.id = o.ticket_id
        cross join ops.actor() as a
        where moved is null
            or o.id in (select unnest(moved))
        order by o.id;
    end if;
    if tg_op <> 'DELETE' then
        insert into public.ticket_events (
            ticket_id, created_at, type, visibility, message_id,
            actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
        )
        select
            n.ticket_id,
            case when moved is null then coalesce(n.created_at, now()) else now() end,
            case when n.is_internal then 'note-added' else 'message' end,
            case when n.is_internal then 'private' else 'public' end,
            n.id,
            coalesce(staff.id, sender.id),
            m.id,
            case n.from_client when true then 'customer' when false then 'agent' else 'system' end,
            case
                when n.from_client then coalesce(k.first_name, c.client_name)
                else coalesce(m.first_name, m.display_name)
            end,
            case when n.from_client then k.last_name else m.last_name end
        from new_messages as n
        join public.tickets as t on t.id = n.ticket_id
        join public.clients as c on c.id = t.client_id
        left join public.team_members as m on m.id = n.from_team_member_id and not n.from_client
        left join auth.accounts as staff on staff.team_member_id = m.id
        left join auth.accounts as sender
            on sender.id = n.created_by and sender.client_id = t.client_id and n.from_client
        left join public.client_contacts as k on k.email = sender.email and k.client_id = t.client_id
        where moved is null
            or n.id in (select unnest(moved))
        order by n.id;
    end if;
    return null;
end
$$;
comment on function ops.add_message_events() is
'Trigger: the history of a ticket, what is said on it.';
revoke all on function ops.add_message_events() from public;

create or replace trigger add_events_insert
after insert on public.ticket_messages
referencing new table as new_messages
for each statement execute function ops.add_message_events();

create or replace trigger add_events_update
after update on public.ticket_messages
referencing old table as old_messages new table as new_messages
for each statement execute function ops.add_message_events();

create or replace trigger add_events_delete
after delete on public.ticket_messages
referencing old table as old_messages
for each statement execute function ops.add_message_events();
