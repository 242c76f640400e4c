-- Functions between a domain and what requests write and answers show: implicit casts made by
-- `create cast … with function`, which Postgres itself ignores for domains.
--
-- A cast counts if the login, or a role that it may become, may call its function.
--
-- One row a cast:
--   domain_oid  bigint
--   direction   text  'shown' to json | 'from_text' | 'from_json'
--   schema, name  text  of the function
select
    coalesce(source.oid, target.oid)::bigint as domain_oid,
    case
        when source.oid is not null then 'shown'
        when c.castsource = 'text'::regtype then 'from_text'
        else 'from_json'
    end as direction,
    n.nspname::text as schema,
    p.proname::text as name
from pg_cast c
join pg_proc p on p.oid = c.castfunc
join pg_namespace n on n.oid = p.pronamespace
left join pg_type source on source.oid = c.castsource and source.typtype = 'd'
left join pg_type target on target.oid = c.casttarget and target.typtype = 'd'
where c.castcontext = 'i'
and c.castmethod = 'f'
and (
    source.oid is not null and c.casttarget = 'json'::regtype
    or target.oid is not null and c.castsource in ('json'::regtype, 'text'::regtype)
)
and exists (
    select from pg_roles r
    where pg_has_role(r.oid, 'member')
    and has_function_privilege(r.oid, p.oid, 'execute')
)
