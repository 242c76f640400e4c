(
    -- What the caller may use of one schema, for the description of the API.
    --
    -- An expression over one row `asked`: schema text, of_everybody boolean (rights do not count),
    -- by_column boolean. One JSON object:
    --   comment    text of the schema, or null
    --   relations  [{"name", "columns", "deletes"}]; columns and deletes only by_column:
    --              columns  {"id": ["select", "insert", "update"], …} what the caller may do with each
    --              deletes  boolean
    --   routines   [{"oid", "types"}] types: of its parameters, spelt for the search path of the request
    -- By name and, of overloads, by number of parameters.
    select pg_catalog.json_build_object(
        'comment', pg_catalog.obj_description(n.oid, 'pg_namespace'),
        'relations', coalesce((
            select pg_catalog.json_agg(
                pg_catalog.json_build_object(
                    'name', c.relname,
                    'columns', case when asked.by_column then (
                        select pg_catalog.json_object_agg(
                            a.attname,
                            array(
                                select verb
                                from pg_catalog.unnest(array['select', 'insert', 'update']) as verb
                                where asked.of_everybody
                                or pg_catalog.has_column_privilege(c.oid, a.attnum, verb)
                            )
                            order by a.attnum
                        )
                        from pg_catalog.pg_attribute a
                        where a.attrelid = c.oid
                        and a.attnum > 0
                        and not a.attisdropped
                    ) end,
                    'deletes', asked.of_everybody
                        or pg_catalog.has_table_privilege(c.oid, 'delete')
                ) order by c.relname
            )
            from pg_catalog.pg_class c
            where c.relnamespace = n.oid
            and c.relkind in ('r', 'p', 'v', 'm', 'f')
            and not c.relispartition
            and (
                asked.of_everybody
                or pg_catalog.pg_has_role(c.relowner, 'usage')
                or pg_catalog.has_table_privilege(
                    c.oid, 'select, insert, update, delete, truncate, references, trigger'
                )
                or pg_catalog.has_any_column_privilege(c.oid, 'select, insert, update, references')
            )
        ), '[]'),
        'routines', coalesce((
            select pg_catalog.json_agg(
                pg_catalog.json_build_object(
                    'oid', p.oid::bigint,
                    'types', array(
                        select pg_catalog.format_type(type, null)
                        from pg_catalog.unnest(p.proargtypes) with ordinality as _ (type, position)
                        order by position
                    )
                ) order by p.proname, p.pronargs, p.oid
            )
            from pg_catalog.pg_proc p
            where p.pronamespace = n.oid
            and p.prokind = 'f'
            and p.prorettype <> 'trigger'::pg_catalog.regtype
            -- HTTP has no names for more than one unnamed parameter, which then is the body
            and case (
                select pg_catalog.count(*)
                from unnest(
                    p.proargnames,
                    p.proargmodes,
                    coalesce(p.proallargtypes, p.proargtypes::pg_catalog.oid[])
                ) as argument (name, mode, type)
                where coalesce(argument.mode, 'i') in ('i', 'b', 'v')
                and argument.type is not null
                and coalesce(argument.name, '') = ''
            )
                when 0 then true
                when 1 then p.pronargs = 1 and p.proargtypes[0] in (
                    'bytea'::pg_catalog.regtype,
                    'json'::pg_catalog.regtype,
                    'jsonb'::pg_catalog.regtype,
                    'text'::pg_catalog.regtype,
                    'xml'::pg_catalog.regtype
                )
                else false
            end
            and (asked.of_everybody or pg_catalog.has_function_privilege(p.oid, 'execute'))
        ), '[]')
    )
    from pg_catalog.pg_namespace n
    where n.nspname = asked.schema
)
