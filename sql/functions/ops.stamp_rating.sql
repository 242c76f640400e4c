-- tickets.rating is the rating in ticket_feedback: widgets count it without a join. Feedback that is
-- deleted or moves to another ticket takes its rating along. Definer: clients give feedback and may
-- not change tickets.
create or replace function ops.stamp_rating()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    if tg_op in ('UPDATE', 'DELETE') then
        update public.tickets as t
        set rating = null
        from old_feedback as o
        where t.id = o.ticket_id
            and t.rating is not null
            and not exists (
                select
                from public.ticket_feedback as f
                where f.ticket_id = t.id
                    and f.rating is not null
            );
    end if;
    if tg_op in ('INSERT', 'UPDATE') then
        update public.tickets as t
        set rating = n.rating
        from new_feedback as n
        where t.id = n.ticket_id
            and t.rating is distinct from n.rating;
    end if;
    if tg_op = 'TRUNCATE' then
        update public.tickets
        set rating = null
        where rating is not null;
    end if;
    return null;
end
$$;
comment on function ops.stamp_rating() is
'Trigger: the rating of a ticket''s feedback.';
revoke all on function ops.stamp_rating() from public;

-- PostgreSQL wants one trigger for each event that brings transition tables.
create or replace trigger stamp_rating_insert
after insert on public.ticket_feedback
referencing new table as new_feedback
for each statement execute function ops.stamp_rating();

create or replace trigger stamp_rating_update
after update on public.ticket_feedback
referencing old table as old_feedback new table as new_feedback
for each statement execute function ops.stamp_rating();

create or replace trigger stamp_rating_delete
after delete on public.ticket_feedback
referencing old table as old_feedback
for each statement execute function ops.stamp_rating();

create or replace trigger stamp_rating_truncate
after truncate on public.ticket_feedback
for each statement execute function ops.stamp_rating();
