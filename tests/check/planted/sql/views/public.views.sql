create or replace view public.all_people as select id, name from public.people; -- here: definer_view

drop materialized view if exists public.people_copy;
create materialized view public.people_copy as select id, name from public.people; -- here: materialized_view_exposed
grant select on public.people_copy to planted_user;
