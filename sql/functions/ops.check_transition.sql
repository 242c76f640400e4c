-- Which status may follow which, by the categories in status_transitions, whichever way a ticket is
-- changed: by a function, a PATCH, a PATCH of many. A ticket without a status is open.
--
--     PT409  a step that is not foreseen; a merged ticket that should go on by itself
--
-- A merge closes what has not been resolved (ops.check_merge). The owner corrects history.
create or replace function ops.check_transition()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    leaves constant text := coalesce(
        (select s.category from public.ticket_statuses as s where s.code = old.status),
        'open'
    );
    enters constant text := coalesce(
        (select s.category from public.ticket_statuses as s where s.code = new.status),
        'open'
    );
begin
    if leaves = enters
        or new.merged_into is not null and new.merged_into is distinct from old.merged_into
    then
        return new;
    end if;
    if old.merged_into is not null then
        raise exception 'ticket % goes on in ticket %', old.id, old.merged_into
            using errcode = 'PT409',
                hint = format('Work on that one: GET /tickets?id=eq.%s.', old.merged_into);
    end if;
    if not exists (
        select
        from public.status_transitions as t
        where t.from_category = leaves
            and t.to_category = enters
    ) then
        raise exception 'ticket % does not go from % to %', old.id, coalesce(old.status, 'open'), coalesce(new.status, 'open')
            using errcode = 'PT409',
                hint = format(
                    'From there it goes to: %s.',
                    (
                        select string_agg(s.code, ', ' order by s.sort, s.code)
                        from public.ticket_statuses as s
                        where s.category in (
                            select t.to_category
                            from public.status_transitions as t
                            where t.from_category = leaves
                        )
                    )
                );
    end if;
    return new;
end
$$;
comment on function ops.check_transition() is
'Trigger: a ticket goes from status to status only as status_transitions says.';
revoke all on function ops.check_transition() from public;

create or replace trigger check_transition
before update on public.tickets
for each row
when (new.status is distinct from old.status and not pg_has_role('desk_owner', 'member'))
execute function ops.check_transition();
