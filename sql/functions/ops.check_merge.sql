-- requires: sql/functions/workflow.default_status.sql
--
-- A ticket that is merged goes on in another one of the same client, and is closed, resolved or not.
-- Its messages stay where they were said; ticket_thread shows them together. Who helped with it helps
-- with the other one from then on.
--
--     PT404  the other ticket is not there, or out of the caller's sight
--     PT409  another client's; closed; merged itself; merged already
--     23514  a ticket into itself
create or replace function ops.check_merge()
returns trigger
language plpgsql
set search_path = ''
as $$
declare
    target public.tickets;
begin
    if new.merged_into = new.id then
        raise exception 'ticket % cannot be merged into itself', new.id
            using errcode = 'check_violation',
                hint = 'Say another ticket of the same client.';
    end if;
    if old.merged_into is not null then
        raise exception 'ticket % goes on in ticket %', old.id, old.merged_into
            using errcode = 'PT409',
                hint = format('Work on that one: GET /tickets?id=eq.%s.', old.merged_into);
    end if;
    -- nobody merges it away meanwhile
    select t.* into target from public.tickets as t where t.id = new.merged_into for share;
    if target.id is null then
        raise exception 'there is no ticket % that you see', new.merged_into
            using errcode = 'PT404',
                hint = format('GET /tickets?select=id,title&client_id=eq.%s lists those to merge with.', new.client_id);
    end if;
    if target.client_id <> new.client_id then
        raise exception 'tickets % and % are of different clients', new.id, target.id
            using errcode = 'PT409',
                hint = format('GET /tickets?select=id,title&client_id=eq.%s lists those to merge with.', new.client_id);
    end if;
    if target.merged_into is not null then
        raise exception 'ticket % goes on in ticket %', target.id, target.merged_into
            using errcode = 'PT409',
                hint = case
                    when target.merged_into = new.id then 'They are together already.'
                    else format('Merge with ticket %s.', target.merged_into)
                end;
    end if;
    if exists (select from public.ticket_statuses as s where s.code = target.status and s.category = 'closed') then
        raise exception 'ticket % is closed', target.id
            using errcode = 'PT409',
                hint = format('Nobody could write there: POST /rpc/reopen_ticket {"ticket": %s} first.', target.id);
    end if;
    new.status := workflow.default_status('closed');
    return new;
end
$$;
comment on function ops.check_merge() is
'Trigger: a ticket that is merged goes on in another one of the same client, and is closed.';
revoke all on function ops.check_merge() from public;

create or replace trigger check_merge
before update of merged_into on public.tickets
for each row
when (
    new.merged_into is distinct from old.merged_into
    and new.merged_into is not null
    and not pg_has_role('desk_owner', 'member')
)
execute function ops.check_merge();
