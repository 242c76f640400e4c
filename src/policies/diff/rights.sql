-- What the caller may read, and which of the rows that he sees he may change. Asked as the caller.
--
-- $1 text  a schema
--
-- schema, name  text
-- columns       text[]  those that he may read, in the order of the table; never none
-- updatable     text    a condition over a row: what the policies for UPDATE say; null without that right, and for
--                       views, whose rules are those of their tables
-- deletable     text    the same for DELETE
select
    n.nspname::text as schema,
    c.relname::text as name,
    readable.columns,
    case when pg_catalog.has_any_column_privilege(c.oid, 'update') then condition.updatable end as updatable,
    case when pg_catalog.has_table_privilege(c.oid, 'delete') then condition.deletable end as deletable
from pg_catalog.pg_class c
join pg_catalog.pg_namespace n on n.oid = c.relnamespace
cross join lateral (
    select array(
        select a.attname::text
        from pg_catalog.pg_attribute a
        where a.attrelid = c.oid
        and a.attnum > 0
        and not a.attisdropped
        and pg_catalog.has_column_privilege(c.oid, a.attnum, 'select')
        order by a.attnum
    ) as columns
) readable
left join lateral (
    select
        pg_catalog.max(verb.condition) filter (where verb.letter = 'w') as updatable,
        pg_catalog.max(verb.condition) filter (where verb.letter = 'd') as deletable
    from (
        select
            v.letter,
            case
                when not pg_catalog.row_security_active(c.oid) then 'true'
                else coalesce(
                    '(' || pg_catalog.string_agg(p.expression, ' or ') filter (where p.polpermissive) || ')',
                    'false'
                ) || coalesce(
                    ' and ' || pg_catalog.string_agg(p.expression, ' and ') filter (where not p.polpermissive),
                    ''
                )
            end as condition
        from (values ('w'), ('d')) as v (letter)
        left join (
            select
                policy.polpermissive,
                policy.polcmd,
                '(' || coalesce(pg_catalog.pg_get_expr(policy.polqual, policy.polrelid), 'true') || ')'
                    as expression
            from pg_catalog.pg_policy policy
            where policy.polrelid = c.oid
            and (
                0 = any (policy.polroles)
                or exists (
                    select
                    from pg_catalog.unnest(policy.polroles) as holder
                    where pg_catalog.pg_has_role(holder, 'usage')
                )
            )
        ) p on p.polcmd::text in (v.letter, '*')
        group by v.letter
    ) verb
) condition on c.relkind in ('r', 'p')
where n.nspname = $1
and c.relkind in ('r', 'p', 'v', 'm', 'f')
and not c.relispartition
and pg_catalog.has_schema_privilege(n.oid, 'usage')
and readable.columns <> '{}'
order by 1, 2
