-- What a status means: open, pending, solved or closed. A ticket without a status is open.
create or replace function workflow.status_category(status text)
returns text
language sql
stable
parallel safe
as $$
    select coalesce(
        (select s.category from public.ticket_statuses as s where s.code = status_category.status),
        'open'
    )
$$;
comment on function workflow.status_category(text) is
'The category of a status.';
revoke all on function workflow.status_category(text) from public;
grant execute on function workflow.status_category(text) to desk_internal, desk_service;
