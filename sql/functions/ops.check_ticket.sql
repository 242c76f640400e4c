-- requires: sql/functions/claims.account_id.sql, sql/functions/claims.client_id.sql
--
-- A ticket that comes through the API. Left out, it gets: the caller's client, the caller's account,
-- the priority medium, a client's the channel portal, and the time of its resolution where it arrives resolved (solved on the phone).
-- Refused: what no policy can explain to its author.
--
--     42501  a client writes for another client, whether it exists or not, or is linked to none
--     23514  blank title; a status that does not exist; open and resolved at once
--     23503  a ticket type, client or team member that does not exist
--
-- Words of a list are wrong values (400), numbers of rows are missing rows (409), as the status of
-- the SQLSTATE has it.
--
-- Not for the owner and whoever may become it: history is loaded as it was, and what other triggers
-- keep on a ticket they keep as the owner. That is also the one way to a resolved_at on an open
-- ticket: nobody else may set it but desk_service, and that is refused here.
create or replace function ops.check_ticket()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    is_new constant boolean := tg_op = 'INSERT';
    is_client constant boolean := pg_has_role('desk_client', 'usage');
    category text;
begin
    if is_new then
        if is_client then
            new.client_id := coalesce(new.client_id, claims.client_id());
            new.source_channel := coalesce(new.source_channel, 'portal');
            if new.client_id is distinct from claims.client_id() or new.client_id is null then
                raise exception 'you open tickets of your own client only'
                    using errcode = 'insufficient_privilege',
                        hint = 'Leave client_id out: it follows from the token.';
            end if;
        end if;
        new.created_by := coalesce(new.created_by, claims.account_id());
        new.priority := coalesce(new.priority, 'medium');
    end if;

    -- also spaces that only Unicode knows
    if (is_new or new.title is distinct from old.title) and new.title !~ '[^\s\u00a0\u2000-\u200f\u2028\u2029\u202f\u3000\ufeff]' then
        raise exception 'title is blank'
            using errcode = 'check_violation',
                hint = 'Say in one line, of up to 255 characters, what the ticket is about.';
    end if;

    if (is_new or new.ticket_type_id is distinct from old.ticket_type_id)
        and new.ticket_type_id is not null
        and not exists (select from public.ticket_types as t where t.id = new.ticket_type_id)
    then
        raise exception 'ticket type % does not exist', new.ticket_type_id
            using errcode = 'foreign_key_violation',
                hint = 'GET /ticket_types?select=id,type_name lists them.';
    end if;

    if (is_new or new.client_id is distinct from old.client_id)
        and new.client_id is not null
        and not is_client
        and not exists (select from public.clients as c where c.id = new.client_id)
    then
        raise exception 'client % does not exist', new.client_id
            using errcode = 'foreign_key_violation',
                hint = 'GET /clients?select=id,client_name lists them.';
    end if;

    if (is_new or new.assigned_to is distinct from old.assigned_to)
        and new.assigned_to is not null
        and not exists (select from public.team_members as m where m.id = new.assigned_to)
    then
        raise exception 'team member % does not exist', new.assigned_to
            using errcode = 'foreign_key_violation',
                hint = 'GET /team_members?select=id,display_name lists them; null unassigns.';
    end if;

    if is_new and new.merged_into is not null then
        raise exception 'a new ticket goes on by itself'
            using errcode = 'check_violation',
                hint = 'Merge it when it is there: POST /rpc/merge_tickets.';
    end if;
    if not is_new and new.status is null and old.status is not null then
        raise exception 'status is missing'
            using errcode = 'not_null_violation',
                hint = format(
                    'Say one of: %s.',
                    (select string_agg(s.code, ', ' order by s.sort, s.code) from public.ticket_statuses as s)
                );
    end if;
    category := (select s.category from public.ticket_statuses as s where s.code = new.status);
    if (is_new or new.status is distinct from old.status)
        and new.status is not null
        and category is null
    then
        raise exception 'status "%" does not exist', new.status
            using errcode = 'check_violation',
                hint = format(
                    'Say one of: %s.',
                    (select string_agg(s.code, ', ' order by s.sort, s.code) from public.ticket_statuses as s)
                );
    end if;
    if is_new and category = 'solved' then
        new.resolved_at := coalesce(new.resolved_at, now());
    elsif is_new and category = 'closed' then
        -- closing needs a resolution: it was solved on the phone, and that was all
        new.resolved_at := coalesce(new.resolved_at, now());
        new.closed_at := coalesce(new.closed_at, now());
    elsif coalesce(category, 'open') in ('open', 'pending')
        and (
            new.resolved_at is not null and (is_new or new.resolved_at is distinct from old.resolved_at)
            or new.closed_at is not null and (is_new or new.closed_at is distinct from old.closed_at)
        )
    then
        raise exception 'a ticket of status "%" has neither resolved_at nor closed_at', coalesce(new.status, 'null')
            using errcode = 'check_violation',
                hint = 'Set status to resolved or closed; the times follow.';
    end if;
    return new;
end
$$;
comment on function ops.check_ticket() is
'Trigger: fills in what a ticket from the API may leave out, and refuses wrong values.';
revoke all on function ops.check_ticket() from public;

create or replace trigger check_ticket
before insert or update on public.tickets
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_ticket();
