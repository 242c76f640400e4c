-- requires: sql/functions/claims.client_accounts.sql
--
-- One client's data as one document: a key for each table, a list of its rows in the order of their keys.
-- Flat, not nested: every list can be loaded as a table, and a table that comes one day is one more line
-- here. tests/erasure/export.rs walks the foreign keys and fails for a column that is missing.
--
-- Security invoker: everybody's document holds what they may read anyway. A client's has no notes among
-- staff (select_own of ticket_messages) and no collaborators; of the team it has names.
--
--     PT404  a client that the caller does not see, whether it exists or not
create or replace function public.export_client(client integer)
returns jsonb
language plpgsql
stable
set search_path = ''
as $$
declare
    -- nobody but clients and admins may execute it
    is_admin constant boolean := pg_has_role('desk_admin', 'usage');
    its_tickets integer[];
    document jsonb := (
        select jsonb_build_object('client', to_jsonb(c)) from public.clients as c where c.id = export_client.client
    );
    staff_only jsonb := '{}';
begin
    if document is null then
        raise exception 'there is no client % that you see', export_client.client
            using errcode = 'PT404',
                hint = 'GET /clients?select=id,client_name lists them.';
    end if;

    its_tickets := array(select t.id from public.tickets as t where t.client_id = export_client.client);
    -- What clients may not read is not even looked at for them: they would be refused.
    if is_admin then
        select jsonb_object_agg(l.name, coalesce(l.rows, '[]'))
        into staff_only
        from (
            select 'ticket_assignees', jsonb_agg(to_jsonb(r) order by r.ticket_id, r.team_member_id)
            from public.ticket_assignees as r where r.ticket_id = any (its_tickets)
            union all
            select 'sla_clocks', jsonb_agg(to_jsonb(r) order by r.ticket_id, r.metric, r.started_at)
            from public.sla_clocks as r where r.ticket_id = any (its_tickets)
            union all
            select 'sla_pauses', jsonb_agg(to_jsonb(r) order by r.ticket_id, r.began_at)
            from public.sla_pauses as r where r.ticket_id = any (its_tickets)
        ) as l (name, rows);
    end if;

    return document || staff_only || (
        select jsonb_object_agg(l.name, coalesce(l.rows, '[]'))
        from (
            select 'client_contacts', jsonb_agg(to_jsonb(r) order by r.id)
            from public.client_contacts as r where r.client_id = export_client.client
            union all
            select 'accounts', jsonb_agg(r.account order by r.account ->> 'created_at', r.account ->> 'id')
            from claims.client_accounts() as r where r.client_id = export_client.client
            union all
            select 'tickets', jsonb_agg(to_jsonb(r) order by r.id)
            from public.tickets as r where r.client_id = export_client.client
            union all
            select 'ticket_messages', jsonb_agg(to_jsonb(r) order by r.id)
            from public.ticket_messages as r where r.ticket_id = any (its_tickets)
            union all
            select 'ticket_feedback', jsonb_agg(to_jsonb(r) order by r.id)
            from public.ticket_feedback as r where r.ticket_id = any (its_tickets)
            union all
            select 'ticket_events', jsonb_agg(to_jsonb(r) order by r.seq)
            from public.ticket_events as r where r.ticket_id = any (its_tickets)
            union all
            select 'payments', jsonb_agg(to_jsonb(r) order by r.id)
            from public.payments as r where r.client_id = export_client.client
            union all
            -- whom the numbers of team members above mean
            select 'team_members', jsonb_agg(jsonb_build_object('id', r.id, 'display_name', r.display_name) order by r.id)
            from public.team_members as r
            where r.id in (
                select t.assigned_to from public.tickets as t where t.client_id = export_client.client
                union
                select m.from_team_member_id from public.ticket_messages as m where m.ticket_id = any (its_tickets)
                union
                select unnest(array[e.agent_id, e.actor_team_member_id])
                from public.ticket_events as e
                where e.ticket_id = any (its_tickets)
                union
                select (a ->> 'team_member_id')::integer from jsonb_array_elements(staff_only -> 'ticket_assignees') as a
            )
        ) as l (name, rows)
    );
end
$$;
comment on function public.export_client(integer) is
'Everything that is stored about a client, as one document (GDPR, articles 15 and 20): a key for each table, its rows in order. For the client itself, and for admins.

client, client_contacts, accounts (with the times of their sessions; no password, no token), tickets, ticket_messages, ticket_feedback, ticket_events, payments, and in team_members the names of those whose numbers occur. An admin''s also has the notes and events among staff, ticket_assignees, sla_clocks and sla_pauses.
404 for a client that the caller does not see.';
revoke all on function public.export_client(integer) from public;
grant execute on function public.export_client(integer) to desk_client, desk_admin;
-- NOTE: not to agents, managers and desk_service: nobody but the client and an admin takes all of it away at once.
