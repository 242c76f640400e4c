-- Who works on a ticket that is merged helps with the one in which it goes on. Definer: that somebody
-- helps is no right of the merging agent's, it follows.
create or replace function ops.follow_merge()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    insert into public.ticket_assignees (ticket_id, team_member_id)
    select t.id, w.team_member_id
    from public.tickets as t
    cross join (
        select new.assigned_to as team_member_id
        union
        select a.team_member_id from public.ticket_assignees as a where a.ticket_id = new.id
    ) as w
    where t.id = new.merged_into
        and w.team_member_id is not null
        and w.team_member_id is distinct from t.assigned_to
    on conflict do nothing;
    return null;
end
$$;
comment on function ops.follow_merge() is
'Trigger: who works on a merged ticket helps with the one in which it goes on.';
revoke all on function ops.follow_merge() from public;

create or replace trigger follow_merge
after update of merged_into on public.tickets
for each row
when (
    new.merged_into is distinct from old.merged_into
    and new.merged_into is not null
    and not pg_has_role('desk_owner', 'member')
)
execute function ops.follow_merge();
