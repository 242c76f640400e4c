-- The columns that the current role may read of each relation asked for.
--
-- asked (schema, name, number)  the relations, numbered in order
-- One value: json, a list of lists of names, in the order asked and in that of the relation's columns;
-- an empty list where nothing may be read or there is no such relation.
select coalesce(
    pg_catalog.json_agg(
        array(
            select a.attname::text
            from pg_catalog.pg_class c
            join pg_catalog.pg_namespace n on n.oid = c.relnamespace
            join pg_catalog.pg_attribute a on a.attrelid = c.oid
            where n.nspname = asked.schema::name
            and c.relname = asked.name::name
            and a.attnum > 0
            and not a.attisdropped
            and pg_catalog.has_column_privilege(c.oid, a.attnum, 'select')
            order by a.attnum
        )
        order by asked.number
    ),
    '[]'
)
from asked
