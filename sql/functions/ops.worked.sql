-- The working time of a calendar up to an instant, in microseconds, from a beginning that only differences
-- know. A calendar that is null never closes. Null where nothing is known: before and after the years that
-- ops.build_calendar has worked out, and for times that are no instants.
create or replace function ops.worked(calendar integer, at timestamptz)
returns bigint
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    -- beyond them a duration may not be a timestamp any more
    if at > '-infinity' and at < '9000-01-01' then
        if calendar is null then
            return round(date_part('epoch', at) * 1000000);
        end if;
        return (
            select i.worked_before + greatest(0, round(date_part('epoch', worked.at - i.opens_at) * 1000000))::bigint
            from ops.business_intervals as i
            where i.calendar_id = calendar
                and i.closes_at > worked.at
            order by i.closes_at, i.opens_at
            limit 1
        );
    end if;
    return null;
end
$$;
comment on function ops.worked(integer, timestamptz) is
'The working time of a calendar up to an instant, in microseconds.';
revoke all on function ops.worked(integer, timestamptz) from public;
