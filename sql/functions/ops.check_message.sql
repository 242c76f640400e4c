-- requires: sql/functions/claims.account_id.sql, sql/functions/claims.team_member_id.sql, sql/functions/workflow.goes_on_in.sql, sql/functions/workflow.default_status.sql
--
-- A message that comes through the API is the caller's own: a client's is from the client, a team
-- member's from that member; who wrote it is filled in, and a body that says otherwise is refused.
--
--     42501  a ticket that the caller does not see, whether it exists or not; somebody else's name;
--            a token of staff that names no team member
--     PT409  a client writes on a closed ticket, staff ask a question on one; a merged ticket
--     23502  no ticket
--     23514  no text; an internal question
--
-- The ticket is looked for with the caller's own rights. desk_service writes in anybody's name (mail
-- that comes in); the owner loads history as it was.
create or replace function ops.check_message()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    is_client constant boolean := pg_has_role('desk_client', 'usage');
    me constant integer := claims.team_member_id();
    category text;
    goes_on_in constant integer := workflow.goes_on_in(new.ticket_id);
begin
    new.created_by := coalesce(new.created_by, claims.account_id());
    if pg_has_role('desk_service', 'usage') then
        -- mail is answered on the ticket that was merged away, and belongs to the one that goes on
        new.ticket_id := coalesce(workflow.goes_on_in(new.ticket_id), new.ticket_id);
        return new;
    end if;

    if new.ticket_id is null then
        raise exception 'ticket_id is missing'
            using errcode = 'not_null_violation',
                hint = 'Say which ticket the message is about.';
    end if;
    select coalesce(s.category, 'open')
    into category
    from public.tickets as t
    left join public.ticket_statuses as s on s.code = t.status
    where t.id = new.ticket_id;
    if category is null then
        raise exception 'you have no ticket %', new.ticket_id
            using errcode = 'insufficient_privilege',
                hint = 'GET /tickets?select=id,title lists the tickets that you see.';
    end if;
    if new.message_text !~ '[^\s\u00a0\u2000-\u200f\u2028\u2029\u202f\u3000\ufeff]' then
        raise exception 'message_text is blank'
            using errcode = 'check_violation',
                hint = 'Write something.';
    end if;

    if goes_on_in is not null then
        raise exception 'ticket % goes on in ticket %', new.ticket_id, goes_on_in
            using errcode = 'PT409',
                hint = format('Write there: {"ticket_id": %s, …}.', goes_on_in);
    end if;

    if is_client then
        if category = 'closed' then
            raise exception 'ticket % is closed', new.ticket_id
                using errcode = 'PT409',
                    hint = 'Open a new ticket: POST /tickets.';
        end if;
        -- desk_client is not granted the column: this is the default, not an answer
        new.from_client := true;
        return new;
    end if;

    if new.is_question and new.is_internal then
        raise exception 'a note asks the client nothing'
            using errcode = 'check_violation',
                hint = 'Leave is_internal or is_question out.';
    end if;
    if new.is_question then
        perform workflow.default_status('pending');
    end if;
    if new.is_question and category = 'closed' then
        raise exception 'ticket % is closed', new.ticket_id
            using errcode = 'PT409',
                hint = 'Reopen it first: POST /rpc/reopen_ticket.';
    end if;
    if new.from_client is distinct from false then
        raise exception 'staff do not write in a client''s name'
            using errcode = 'insufficient_privilege',
                hint = 'Leave from_client out, or say false.';
    end if;
    if me is null or not exists (select from public.team_members as m where m.id = me) then
        raise exception 'your token names no team member'
            using errcode = 'insufficient_privilege',
                hint = 'Messages of staff are signed: sign in with an account of a team member.';
    end if;
    new.from_team_member_id := coalesce(new.from_team_member_id, me);
    if new.from_team_member_id <> me then
        raise exception 'staff write in their own name only'
            using errcode = 'insufficient_privilege',
                hint = format('Leave from_team_member_id out, or say %s.', me);
    end if;
    return new;
end
$$;
comment on function ops.check_message() is
'Trigger: signs a message from the API with its author, and refuses what looks like somebody else''s.';
revoke all on function ops.check_message() from public;

create or replace trigger check_message
before insert on public.ticket_messages
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_message();
