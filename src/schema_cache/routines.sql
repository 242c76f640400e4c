-- Every function of the given schemas, one row an overload.
--
-- $1 text[]   schemas
--   schema, name  text
--   comment       text, null where there is none
--   volatility    text   'i' immutable, 's' stable, 'v' volatile
--   inlined       boolean  Postgres works its body into the calling statement
--   returns       text   'void' | 'scalar' | 'composite'
--   returns_set   boolean
--   domain        text, null where it gives back none
--   relation      jsonb  {"schema", "name"} of the relation whose rows come back, else null
--   output        text[] columns of a composite result, empty where unknown
--   parameters    jsonb  [{"name", "type", "type_oid", "required", "variadic"}] in order;
--                 type is qualified SQL, name is '' where unnamed
--   settings      jsonb  [{"name", "value"}] of the function's set clauses
--   callable      boolean  over HTTP; the others may be computed fields
with routine as (
    select
        p.*,
        n.nspname,
        coalesce(p.proallargtypes, p.proargtypes::oid[]) as all_types,
        coalesce(p.proargmodes, array_fill('i'::"char", array[p.pronargs::int])) as modes
    from pg_proc p
    join pg_namespace n on n.oid = p.pronamespace
    where n.nspname = any ($1)
    and p.prokind = 'f'
    and p.prorettype not in ('trigger'::regtype, 'event_trigger'::regtype)
)
select
    r.nspname::text as schema,
    r.proname::text as name,
    obj_description(r.oid, 'pg_proc') as comment,
    r.provolatile::text as volatility,
    -- what inline_set_returning_function() of PostgreSQL asks for
    l.lanname = 'sql'
        and r.proretset
        and r.provolatile <> 'v'
        and r.prorettype <> 'void'::regtype
        and not r.proisstrict
        and not r.prosecdef
        and r.proconfig is null as inlined,
    case
        when r.prorettype = 'void'::regtype then 'void'
        -- a bare record has columns only at the call: its rows are values
        when t.typtype = 'c'
            or r.modes && array['o', 'b', 't']::"char"[] then 'composite'
        else 'scalar'
    end as returns,
    r.proretset as returns_set,
    case when result_type.typtype = 'd' then result_type.typname::text end as domain,
    case when result.relkind in ('r', 'p', 'v', 'm', 'f') then
        jsonb_build_object('schema', result_schema.nspname, 'name', result.relname)
    end as relation,
    coalesce(
        case when result.oid is not null then (
            select array_agg(a.attname::text order by a.attnum)
            from pg_attribute a
            where a.attrelid = result.oid
            and a.attnum > 0
            and not a.attisdropped
        ) else (
            select array_agg(arg.name order by arg.position)
            from unnest(r.proargnames, r.modes) with ordinality as arg (name, mode, position)
            where arg.mode in ('o', 'b', 't')
        ) end,
        '{}'
    ) as output,
    coalesce((
        select jsonb_agg(
            jsonb_build_object(
                'name', coalesce(input.name, ''),
                -- a bare "character" or "bit" is one of length 1: a cast to it would cut the value
                -- before the function sees it
                'type', case input.type
                    when 'character'::regtype then 'character varying'
                    when 'character[]'::regtype then 'character varying[]'
                    when 'bit'::regtype then 'bit varying'
                    when 'bit[]'::regtype then 'bit varying[]'
                    else format_type(input.type, null)
                end,
                'type_oid', input.type::bigint,
                'required', input.rank <= r.pronargs - r.pronargdefaults,
                'variadic', input.mode = 'v'
            ) order by input.position
        )
        from (
            select arg.*, row_number() over (order by arg.position) as rank
            from unnest(r.proargnames, r.modes, r.all_types)
                with ordinality as arg (name, mode, type, position)
            where arg.mode in ('i', 'b', 'v')
        ) input
    ), '[]') as parameters,
    coalesce((
        select jsonb_agg(jsonb_build_object(
            'name', split_part(setting, '=', 1),
            'value', substr(setting, strpos(setting, '=') + 1)
        ))
        from unnest(r.proconfig) as setting
    ), '[]') as settings,
    -- what cannot be named cannot be given, but for the one value that is the whole body
    not exists (
        select
        from unnest(r.proargnames, r.modes, r.all_types)
            with ordinality as arg (name, mode, type, position)
        where arg.mode in ('i', 'b', 'v')
        and coalesce(arg.name, '') = ''
        and not (
            r.pronargs = 1
            and arg.type in (
                'bytea'::regtype, 'json'::regtype, 'jsonb'::regtype, 'text'::regtype, 'xml'::regtype
            )
        )
    ) as callable
from routine r
join pg_language l on l.oid = r.prolang
join pg_type result_type on result_type.oid = r.prorettype
-- a domain gives back what the type beneath it does
join lateral (
    with recursive beneath as (
        select d.oid, d.typtype, d.typbasetype, d.typrelid
        from pg_type d
        where d.oid = r.prorettype
        union all
        select b.oid, b.typtype, b.typbasetype, b.typrelid
        from beneath
        join pg_type b on b.oid = beneath.typbasetype
    )
    select * from beneath where typbasetype = 0
) t on true
left join pg_class result on result.oid = t.typrelid and t.typtype = 'c'
left join pg_namespace result_schema on result_schema.oid = result.relnamespace
