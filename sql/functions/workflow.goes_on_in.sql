-- Where a merged ticket goes on, to the end of the chain; NULL where it does not, or out of sight of the
-- caller. Merging never closes a circle (ops.check_merge).
create or replace function workflow.goes_on_in(ticket integer)
returns integer
language sql
stable
parallel safe
as $$
    with recursive book as (
        select t.merged_into, 1 as nth
        from public.tickets as t
        where t.id = ticket
            and t.merged_into is not null
        union all
        select t.merged_into, b.nth + 1
        from book as b
        join public.tickets as t on t.id = b.merged_into
        where t.merged_into is not null
    )
    select b.merged_into from book as b order by b.nth desc limit 1
$$;
comment on function workflow.goes_on_in(integer) is
'The ticket in which a merged one goes on.';
revoke all on function workflow.goes_on_in(integer) from public;
grant execute on function workflow.goes_on_in(integer) to desk_client, desk_internal, desk_service;
