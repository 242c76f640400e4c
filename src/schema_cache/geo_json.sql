-- PostGIS' function that makes a GeoJSON feature of a row, wherever the extension was installed.
--
-- One row, or none without PostGIS:
--   schema, name  text
select n.nspname::text as schema, p.proname::text as name
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_depend owned
    on owned.classid = 'pg_proc'::regclass
    and owned.objid = p.oid
    and owned.refclassid = 'pg_extension'::regclass
    and owned.deptype = 'e'
join pg_extension e on e.oid = owned.refobjid
where e.extname = 'postgis'
and p.proname = 'st_asgeojson'
and p.proargtypes[0] = 'record'::regtype
order by p.pronargs
limit 1
