-- Where the buckets of durations begin, in seconds, ascending: steps of one percent from a second to ten
-- years, and each whole hour of a month, followed by the microsecond after it, so that "longer than 8 hours"
-- falls between two buckets. Durations are whole microseconds.
--
-- A constant once planned. Whoever changes it rebuilds the roll-ups (call analytics.rebuild()).
create or replace function analytics.duration_edges()
returns double precision[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return array(
        select e.seconds
        from (
            select 0::double precision as seconds
            union
            select power(1.01::double precision, n.n)
            from generate_series(0, 1970) as n (n)
            union
            select h.h * 3600.0::double precision
            from generate_series(1, 720) as h (h)
            union
            select ((h.h * 3600000000::bigint + 1)::double precision) / 1000000
            from generate_series(0, 720) as h (h)
        ) as e
        order by e.seconds
    );
end
$$;
comment on function analytics.duration_edges() is
'Where the buckets of durations begin, in seconds, ascending.';
revoke all on function analytics.duration_edges() from public;
grant execute on function analytics.duration_edges() to desk_internal, desk_service;
