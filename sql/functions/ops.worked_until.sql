-- The reverse of ops.worked(): the first instant by which so much working time has passed. What is done
-- when the desk closes is done then, not when it opens again. Null where nothing is known.
create or replace function ops.worked_until(calendar integer, amount bigint)
returns timestamptz
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    if calendar is null then
        return to_timestamp(amount / 1000000::double precision);
    end if;
    return (
        select case when e.ends_at <= e.closes_at then e.ends_at end
        from (
            select
                i.closes_at,
                i.opens_at + (amount - i.worked_before) * interval '1 microsecond' as ends_at
            from ops.business_intervals as i
            where i.calendar_id = calendar
                and i.worked_before < amount
            order by i.worked_before desc, i.closes_at desc
            limit 1
        ) as e
    );
end
$$;
comment on function ops.worked_until(integer, bigint) is
'The first instant by which so much working time of a calendar, in microseconds, has passed.';
revoke all on function ops.worked_until(integer, bigint) from public;
