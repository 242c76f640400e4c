-- requires: sql/functions/filter.refuse.sql
--
-- filter.ids: eq, neq, not.eq, in, not.in, is.null, not.is.null.
--
-- The operators are immutable plpgsql: with a constant argument they are worked out once, while the
-- statement is planned (a SQL function would be parsed anew each time), and leave a constant array
-- that an index can serve. holds() is SQL and has no SET clause, so that it is inlined into the
-- widget's WHERE; what was not given folds away.

create or replace function filter.to_ids(given text[])
returns integer[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    item text;
    ids integer[] := '{}';
begin
    foreach item in array coalesce(given, '{}') loop
        if item is null or btrim(item) !~ '^[+-]?[0-9]+$' then
            perform filter.refuse('ids', item, 'expected a whole number such as 7');
        end if;
        -- a number that no row can have is not an error, it selects nothing
        if btrim(item) ~ '^[+-]?0*[0-9]{1,10}$'
            and item::bigint between -2147483648 and 2147483647
        then
            ids := ids || item::integer;
        end if;
    end loop;
    return ids;
end
$$;
comment on function filter.to_ids(text[]) is
'The whole numbers of a list; numbers beyond integer are left out, anything else is refused.';

create or replace function filter.ids_eq(value text)
returns filter.ids
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(filter.to_ids(array[value]), null, null)::filter.ids;
end
$$;
comment on function filter.ids_eq(text) is 'Is this number.';

create or replace function filter.ids_neq(value text)
returns filter.ids
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, filter.to_ids(array[value]), null)::filter.ids;
end
$$;
comment on function filter.ids_neq(text) is 'Is not this number, or is missing.';

create or replace function filter.ids_not_eq(value text)
returns filter.ids
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, filter.to_ids(array[value]), null)::filter.ids;
end
$$;
comment on function filter.ids_not_eq(text) is 'Is not this number, or is missing.';

create or replace function filter.ids_in("values" text[])
returns filter.ids
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(filter.to_ids("values"), null, null)::filter.ids;
end
$$;
comment on function filter.ids_in(text[]) is 'Is any of these numbers; an empty list selects nothing.';

create or replace function filter.ids_not_in("values" text[])
returns filter.ids
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, filter.to_ids("values"), null)::filter.ids;
end
$$;
comment on function filter.ids_not_in(text[]) is 'Is none of these numbers, or is missing.';

create or replace function filter.ids_is_null()
returns filter.ids
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, null, true)::filter.ids;
end
$$;
comment on function filter.ids_is_null() is 'Is missing.';

create or replace function filter.ids_not_is_null()
returns filter.ids
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, null, false)::filter.ids;
end
$$;
comment on function filter.ids_not_is_null() is 'Is present.';

create or replace function filter.ids_and(a filter.ids, b filter.ids)
returns filter.ids
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    included integer[] := coalesce(a.included, b.included);
begin
    if a.included is not null and b.included is not null then
        included := array(
            select unnest(a.included)
            intersect
            select unnest(b.included)
        );
    end if;
    -- missing and present at once
    if a.is_missing <> b.is_missing then
        included := '{}';
    end if;
    return row(
        included,
        a.excluded || b.excluded,
        coalesce(a.is_missing, b.is_missing)
    )::filter.ids;
end
$$;
comment on function filter.ids_and(filter.ids, filter.ids) is 'Both conditions hold.';

create or replace function filter.holds(condition filter.ids, value integer)
returns boolean
language sql
immutable
parallel safe
as $$
    select (condition.included is null or value = any (condition.included))
        and (condition.excluded is null or value is null or value <> all (condition.excluded))
        and (condition.is_missing is null or (value is null) = condition.is_missing)
$$;
comment on function filter.holds(filter.ids, integer) is
'Whether a value satisfies a condition.';

revoke all on function
    filter.to_ids(text[]),
    filter.ids_eq(text),
    filter.ids_neq(text),
    filter.ids_not_eq(text),
    filter.ids_in(text[]),
    filter.ids_not_in(text[]),
    filter.ids_is_null(),
    filter.ids_not_is_null(),
    filter.ids_and(filter.ids, filter.ids),
    filter.holds(filter.ids, integer)
from public;
grant execute on function
    filter.to_ids(text[]),
    filter.ids_eq(text),
    filter.ids_neq(text),
    filter.ids_not_eq(text),
    filter.ids_in(text[]),
    filter.ids_not_in(text[]),
    filter.ids_is_null(),
    filter.ids_not_is_null(),
    filter.ids_and(filter.ids, filter.ids),
    filter.holds(filter.ids, integer)
to desk_client, desk_internal, desk_service;
