-- One row an extension, as JSON (model::Extension).
select jsonb_build_object('name', e.extname, 'schema', n.nspname)
from pg_extension as e
join pg_namespace as n on n.oid = e.extnamespace
order by e.extname
