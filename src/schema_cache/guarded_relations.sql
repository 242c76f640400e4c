-- The relations of the given schemas whose rows row-level security may hide: tables that have it, and views
-- that read such tables, through other views, too.
--
-- $1 text[]   schemas
-- One row a relation:
--   schema, name  text
with recursive guarded as (
    select c.oid
    from pg_class c
    where c.relrowsecurity
    union
    select r.ev_class
    from guarded g
    join pg_depend d on d.refclassid = 'pg_class'::regclass and d.refobjid = g.oid
        and d.classid = 'pg_rewrite'::regclass
    join pg_rewrite r on r.oid = d.objid
)
select
    n.nspname::text as schema,
    c.relname::text as name
from guarded g
join pg_class c on c.oid = g.oid
join pg_namespace n on n.oid = c.relnamespace
where n.nspname = any ($1)
