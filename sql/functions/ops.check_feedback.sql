-- requires: sql/functions/workflow.goes_on_in.sql
--
-- Feedback that comes through the API: once, with a rating, on a ticket that is resolved or closed;
-- its author may change it for seven days. What is refused, and how:
--
--     42501  a ticket that the caller does not have, whether it exists or not
--     PT409  the ticket is neither resolved nor closed; it goes on in another one
--     23505  there is feedback already
--     23502  no ticket, no rating
--     23514  a rating that is not 1 to 5
--     PT403  seven days have passed
--
-- The column rating may be empty, for the sake of history: the rule stands here. desk_service and
-- the owner write what they know.
create or replace function ops.check_feedback()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    category text;
begin
    if pg_has_role('desk_service', 'usage') then
        return new;
    end if;

    if tg_op = 'INSERT' then
        if new.ticket_id is null then
            raise exception 'ticket_id is missing'
                using errcode = 'not_null_violation',
                    hint = 'Say which ticket the feedback is about.';
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
        if workflow.goes_on_in(new.ticket_id) is not null then
            raise exception 'ticket % goes on in ticket %', new.ticket_id, workflow.goes_on_in(new.ticket_id)
                using errcode = 'PT409',
                    hint = 'Rate the help there, once it is resolved.';
        end if;
        if category not in ('solved', 'closed') then
            raise exception 'ticket % is not resolved yet', new.ticket_id
                using errcode = 'PT409',
                    hint = 'Feedback is for resolved and closed tickets; until then POST /ticket_messages.';
        end if;
        if exists (select from public.ticket_feedback as f where f.ticket_id = new.ticket_id) then
            raise exception 'ticket % has feedback already', new.ticket_id
                using errcode = 'unique_violation',
                    hint = format('Change it within seven days: PATCH /ticket_feedback?ticket_id=eq.%s.', new.ticket_id);
        end if;
    elsif coalesce(old.created_at, '-infinity') < now() - interval '7 days' then
        raise exception 'feedback can be changed for seven days'
            using errcode = 'PT403',
                detail = format('It was given at %s.', coalesce(old.created_at::text, 'an unknown time')),
                hint = 'Open a new ticket: POST /tickets.';
    end if;

    if new.rating is null then
        raise exception 'rating is missing'
            using errcode = 'not_null_violation',
                hint = 'Say a whole number from 1 (bad) to 5 (good).';
    end if;
    if new.rating not between 1 and 5 then
        raise exception 'rating % does not exist', new.rating
            using errcode = 'check_violation',
                hint = 'Say a whole number from 1 (bad) to 5 (good).';
    end if;
    return new;
end
$$;
comment on function ops.check_feedback() is
'Trigger: feedback once, rated, on a resolved or closed ticket, changed within seven days.';
revoke all on function ops.check_feedback() from public;

create or replace trigger check_feedback
before insert or update on public.ticket_feedback
for each row
when (not pg_has_role('desk_owner', 'member'))
execute function ops.check_feedback();
