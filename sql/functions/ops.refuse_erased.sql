-- Nothing more is written down about an erased client. New rows wait for an erasure that is under way (and
-- it for them: for key share), then see it. Rows that change need not wait here: the erasure holds them
-- too, and who waited for it finds it done.
--
-- Also against the race that puts a text back. What stays possible: closing what is open, handing it on,
-- booking a refund.
--
-- By name after the triggers that check: who has no such ticket is told that, and no more. Definer: whoever
-- writes a message may not lock the client. Not for the owner: history loads as it was.
create or replace function ops.refuse_erased()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    after constant jsonb := to_jsonb(new);
    before constant jsonb := case tg_op when 'UPDATE' then to_jsonb(old) end;
    whose constant integer := case
        when tg_table_name = 'clients' then (after ->> 'id')::integer
        when after ? 'client_id' then (after ->> 'client_id')::integer
        else (select t.client_id from public.tickets as t where t.id = (after ->> 'ticket_id')::integer)
    end;
begin
    if before is null
        or (after -> 'client_id', after -> 'ticket_id') is distinct from (before -> 'client_id', before -> 'ticket_id')
    then
        perform from public.clients as c where c.id = whose for key share;
    end if;
    if exists (select from public.clients as c where c.id = whose and c.erased_at is not null) then
        raise exception 'client % was erased', whose
            using errcode = 'PT409',
                hint = 'Nothing more is written down about them. If they come back they are a new client: POST /clients.';
    end if;
    return new;
end
$$;
comment on function ops.refuse_erased() is
'Trigger: refuses what would be written down about an erased client (PT409).';
revoke all on function ops.refuse_erased() from public;

create or replace trigger refuse_erased
before update of client_name, email, metadata, erased_at on public.clients
for each row
when (
    old.erased_at is not null
    and (
        new.erased_at is null
        or (new.client_name, new.email, new.metadata) is distinct from (old.client_name, old.email, old.metadata)
    )
    and not pg_has_role('desk_owner', 'member')
)
execute function ops.refuse_erased();

create or replace trigger refuse_erased
before insert or update on public.client_contacts
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.refuse_erased();

create or replace trigger refuse_erased_insert
before insert on public.tickets
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.refuse_erased();

create or replace trigger refuse_erased_update
before update of client_id, title, description, tags, custom_fields, metadata on public.tickets
for each row
when (
    (new.client_id, new.title, new.description, new.tags, new.custom_fields, new.metadata)
    is distinct from (old.client_id, old.title, old.description, old.tags, old.custom_fields, old.metadata)
    and not pg_has_role('desk_owner', 'member')
)
execute function ops.refuse_erased();

create or replace trigger refuse_erased
before insert or update on public.ticket_messages
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.refuse_erased();

create or replace trigger refuse_erased
before insert or update on public.ticket_feedback
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.refuse_erased();

create or replace trigger refuse_erased
before insert or update on public.ticket_assignees
for each row
when (new.metadata <> '{}' and not pg_has_role('desk_owner', 'member'))
execute function ops.refuse_erased();

create or replace trigger refuse_erased
before insert or update on public.payments
for each row
when (new.metadata <> '{}' and not pg_has_role('desk_owner', 'member'))
execute function ops.refuse_erased();
