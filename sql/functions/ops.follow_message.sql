-- What is said moves the ticket: a client's answer opens a pending or solved one again, a question of
-- staff makes it wait for the client. Of several messages in one statement the last one counts. Notes
-- move nothing. A closed ticket takes no message of its client (ops.check_message); mail that
-- desk_service brings in opens it again, unless it goes on in another one.
--
-- Only for messages that come through the API: history is loaded as it was. Definer: a client may not
-- change a ticket.
create or replace function ops.follow_message()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    update public.tickets as t
    set status = moved.status
    from (
        select said.ticket_id, wanted.code as status
        from (
            select distinct on (n.ticket_id) n.ticket_id, n.from_client
            from new_messages as n
            where not n.is_internal
                and (n.from_client or n.is_question)
            order by n.ticket_id, n.created_at desc, n.id desc
        ) as said
        join public.tickets as now on now.id = said.ticket_id and now.merged_into is null
        left join public.ticket_statuses as s on s.code = now.status
        join public.ticket_statuses as wanted
            on wanted.is_default
            and wanted.category = case when said.from_client then 'open' else 'pending' end
            and wanted.category <> coalesce(s.category, 'open')
    ) as moved
    where t.id = moved.ticket_id;
    return null;
end
$$;
comment on function ops.follow_message() is
'Trigger: a client''s answer reopens a ticket, a question of staff makes it wait.';
revoke all on function ops.follow_message() from public;

create or replace trigger follow_message
after insert on public.ticket_messages
referencing new table as new_messages
for each statement
when (not pg_has_role('desk_owner', 'member'))
execute function ops.follow_message();
