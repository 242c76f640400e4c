-- When a ticket's status moves to another one: resolved_at and closed_at are stamped where they are
-- still empty and the statement does not set them; reopening clears both, whatever the statement
-- says, so that nothing is open and resolved at once, and counts. A ticket closed without having been resolved
-- has no resolved_at.
--
-- Also where another trigger moves it (ops.check_merge), so not only where the statement names the status.
--
-- Only on update: a row that is inserted keeps what it brings (history is loaded that way).
-- Definer: whoever may change a ticket need not be able to read the statuses.
create or replace function ops.stamp_resolution()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
declare
    category text := coalesce(
        (select s.category from public.ticket_statuses as s where s.code = new.status),
        'open'
    );
begin
    case category
        when 'solved' then
            if new.resolved_at is null and old.resolved_at is null then
                new.resolved_at := now();
            end if;
            -- back from closed
            if new.closed_at is not distinct from old.closed_at then
                new.closed_at := null;
            end if;
        when 'closed' then
            if new.closed_at is null and old.closed_at is null then
                new.closed_at := now();
            end if;
        else
            new.resolved_at := null;
            new.closed_at := null;
            if exists (
                select
                from public.ticket_statuses as s
                where s.code = old.status and s.category in ('solved', 'closed')
            ) then
                new.reopen_count := old.reopen_count + 1;
            end if;
    end case;
    return new;
end
$$;
comment on function ops.stamp_resolution() is
'Trigger: when a ticket was resolved and closed.';
revoke all on function ops.stamp_resolution() from public;

create or replace trigger stamp_resolution
before update on public.tickets
for each row
when (new.status is distinct from old.status)
execute function ops.stamp_resolution();
