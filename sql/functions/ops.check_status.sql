-- What a status means decides what every widget counts. A status whose tickets were resolved or closed
-- does not become an open one under them: they would be open and resolved at once. The other way
-- round is allowed: words of an adopted desk count as open until somebody says otherwise.
-- Definer: the answer is about all tickets, whichever the caller sees.
create or replace function ops.check_status()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if exists (
        select
        from public.tickets as t
        where t.status = old.code
            and (t.resolved_at is not null or t.closed_at is not null)
    ) then
        raise exception 'tickets of status "%" were resolved or closed', old.code
            using errcode = 'PT409',
                hint = 'Add a status of the category that you want, and move tickets to it.';
    end if;
    return new;
end
$$;
comment on function ops.check_status() is
'Trigger: a status of resolved tickets does not become an open one.';
revoke all on function ops.check_status() from public;

create or replace trigger check_status
before update of category on public.ticket_statuses
for each row
when (
    old.category in ('solved', 'closed')
    and new.category not in ('solved', 'closed')
    and not pg_has_role('desk_owner', 'member')
)
execute function ops.check_status();
