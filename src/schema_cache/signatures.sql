-- The types that functions take and return, and what the description of the API says of them.
--
-- $1 text[]   schemas
-- One row an overload:
--   routine_oid      bigint
--   returns          bigint  OID of the type of a single result, see types.sql
--   output           jsonb   [{"name", "type_oid"}] columns of a composite result, where they are known
--   parameters       jsonb   [{"name", "type_oid"}] in the order of the signature
select
    p.oid::bigint as routine_oid,
    p.prorettype::bigint as returns,
    coalesce(
        case when result.oid is not null then (
            select jsonb_agg(
                jsonb_build_object('name', a.attname, 'type_oid', a.atttypid::bigint) order by a.attnum
            )
            from pg_attribute a
            where a.attrelid = result.oid
            and a.attnum > 0
            and not a.attisdropped
        ) else (
            select jsonb_agg(
                jsonb_build_object('name', coalesce(arg.name, ''), 'type_oid', arg.type::bigint)
                order by arg.position
            )
            from unnest(p.proargnames, p.proargmodes, p.proallargtypes)
                with ordinality as arg (name, mode, type, position)
            where arg.mode in ('o', 'b', 't')
        ) end,
        '[]'
    ) as output,
    coalesce((
        select jsonb_agg(
            jsonb_build_object('name', coalesce(arg.name, ''), 'type_oid', arg.type::bigint)
            order by arg.position
        )
        from unnest(
            p.proargnames, p.proargmodes, coalesce(p.proallargtypes, p.proargtypes::oid[])
        ) with ordinality as arg (name, mode, type, position)
        where coalesce(arg.mode, 'i') in ('i', 'b', 'v')
        and arg.type is not null
    ), '[]') as parameters
from pg_proc p
join pg_namespace n on n.oid = p.pronamespace
join pg_type t on t.oid = p.prorettype
left join pg_class result on result.oid = t.typrelid and t.typtype = 'c'
where n.nspname = any ($1)
and p.prokind = 'f'
and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
