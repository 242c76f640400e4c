-- The reverse of ops.worked(), and inlined as it is: the first instant by which so much working time has
-- passed. What is done when the desk closes is done then, not when it opens again. Null where nothing is
-- known.
create or replace function ops.worked_until(calendar integer, amount bigint)
returns setof timestamptz
language sql
stable
parallel safe
rows 1
as $$
    select case
        when calendar is null then to_timestamp(amount / 1000000::double precision)
        else (
            select
                case
                    when i.opens_at + (amount - i.worked_before) * interval '1 microsecond' <= i.closes_at
                        then i.opens_at + (amount - i.worked_before) * interval '1 microsecond'
                end
            from ops.business_intervals as i
            where i.calendar_id = calendar
                and i.worked_before < amount
            order by i.worked_before desc
            limit 1
        )
    end
$$;
comment on function ops.worked_until(integer, bigint) is
'The first instant by which so much working time of a calendar, in microseconds, has passed.';
revoke all on function ops.worked_until(integer, bigint) from public;
