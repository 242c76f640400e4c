-- Functions that name sample callers: `sample_callers(integer)`, the owner's.
--
-- call  text  the function's name, as SQL
select pg_catalog.format('%I.%I', n.nspname, p.proname) as call
from pg_catalog.pg_proc p
join pg_catalog.pg_namespace n on n.oid = p.pronamespace
where p.proname = 'sample_callers'
and p.prokind = 'f'
and p.proretset
and p.proargtypes::text = 'pg_catalog.int4'::pg_catalog.regtype::oid::text
and pg_catalog.pg_get_userbyid(p.proowner) = current_user
order by 1
