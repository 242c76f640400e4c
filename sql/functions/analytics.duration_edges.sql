-- Where the buckets of durations begin, in seconds, ascending, by what tells them apart (analytics.nodes): steps of five
-- percent (coarse_bucket), one percent (bucket) or a quarter of one (fine_bucket), from a second to ten years, and each
-- whole hour of a week, so that "up to 8 hours" ends with a bucket. Each coarse bucket is some fine ones.
--
-- A constant once planned. Whoever changes it rebuilds the roll-ups (call analytics.rebuild()).
create or replace function analytics.duration_edges(apart_by text)
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
            select power(s.step, n.n)
            from (values ('coarse_bucket', 1.05::double precision), ('bucket', 1.01), ('fine_bucket', 1.0025)) as s (name, step)
            cross join lateral generate_series(0, ceil(ln(315360000::double precision) / ln(s.step))::integer) as n (n)
            where s.name in ('coarse_bucket', apart_by)
            union
            select h.h * 3600.0::double precision
            from generate_series(1, 168) as h (h)
        ) as e
        order by e.seconds
    );
end
$$;
comment on function analytics.duration_edges(text) is
'Where the buckets of durations begin, in seconds, ascending.';
revoke all on function analytics.duration_edges(text) from public;
grant execute on function analytics.duration_edges(text) to desk_internal, desk_service;
