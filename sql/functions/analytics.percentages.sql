-- The parts of a whole in percent, with one decimal, so that they add up to exactly 100: each part is
-- rounded down to tenths, and the tenths that are left over go to the largest remainders. Of equal
-- remainders the larger part comes first, then the one that stands first.
--
-- plpgsql keeps its plan for the session; a SQL function would plan this anew in every statement.
create or replace function analytics.percentages(parts bigint[])
returns numeric[]
language plpgsql
immutable
parallel safe
set search_path = ''
set plan_cache_mode = force_generic_plan
as $$
begin
    return (
        select array_agg(
            round((r.tenths + case when r.place <= r.tenths_left then 1 else 0 end) / 10.0, 1)
            order by r.nth
        )
        from (
            select
                d.nth,
                d.tenths,
                1000 - sum(d.tenths) over () as tenths_left,
                row_number() over (order by d.remainder desc, d.part desc, d.nth) as place
            from (
                select
                    p.nth,
                    p.part,
                    1000 * p.part / nullif(p.whole, 0) as tenths,
                    1000 * p.part % nullif(p.whole, 0) as remainder
                from (
                    select u.nth, u.part, (sum(u.part) over ())::bigint as whole
                    from unnest(parts) with ordinality as u (part, nth)
                ) as p
            ) as d
        ) as r
    );
end
$$;
comment on function analytics.percentages(bigint[]) is
'Each part in percent of their sum, with one decimal, adding up to exactly 100 (largest remainder); nulls where the sum is 0.';
revoke all on function analytics.percentages(bigint[]) from public;
grant execute on function analytics.percentages(bigint[]) to desk_internal, desk_service;
