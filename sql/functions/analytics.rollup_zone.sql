-- plpgsql keeps its plan for the session; a SQL function would plan this anew in every statement.
create or replace function analytics.rollup_zone()
returns text
language plpgsql
stable
parallel safe
set search_path = ''
as $$
begin
    return (select r.zone from analytics.rollups as r);
end
$$;
comment on function analytics.rollup_zone() is
'The time zone whose hours, days and months the roll-ups are made of.';
revoke all on function analytics.rollup_zone() from public;
grant execute on function analytics.rollup_zone() to desk_internal, desk_service;
