-- filter.labels: eq, neq, not.eq, in, not.in, is.null, not.is.null.
--
-- Any word is well-formed; one that no row has selects nothing. Otherwise as filter.ids: operators
-- are worked out once while the statement is planned, holds() is inlined.

create or replace function filter.labels_eq(value text)
returns filter.labels
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(array[value], null, null)::filter.labels;
end
$$;
comment on function filter.labels_eq(text) is 'Is this word (upper and lower case differ).';

create or replace function filter.labels_neq(value text)
returns filter.labels
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, array[value], null)::filter.labels;
end
$$;
comment on function filter.labels_neq(text) is 'Is not this word, or is missing.';

create or replace function filter.labels_not_eq(value text)
returns filter.labels
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, array[value], null)::filter.labels;
end
$$;
comment on function filter.labels_not_eq(text) is 'Is not this word, or is missing.';

create or replace function filter.labels_in("values" text[])
returns filter.labels
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(array_remove("values", null), null, null)::filter.labels;
end
$$;
comment on function filter.labels_in(text[]) is 'Is any of these words; an empty list selects nothing.';

create or replace function filter.labels_not_in("values" text[])
returns filter.labels
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, array_remove("values", null), null)::filter.labels;
end
$$;
comment on function filter.labels_not_in(text[]) is 'Is none of these words, or is missing.';

create or replace function filter.labels_is_null()
returns filter.labels
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, null, true)::filter.labels;
end
$$;
comment on function filter.labels_is_null() is 'Is missing.';

create or replace function filter.labels_not_is_null()
returns filter.labels
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, null, false)::filter.labels;
end
$$;
comment on function filter.labels_not_is_null() is 'Is present.';

create or replace function filter.labels_and(a filter.labels, b filter.labels)
returns filter.labels
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    included text[] := coalesce(a.included, b.included);
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
    )::filter.labels;
end
$$;
comment on function filter.labels_and(filter.labels, filter.labels) is 'Both conditions hold.';

create or replace function filter.holds(condition filter.labels, value text)
returns boolean
language sql
immutable
parallel safe
as $$
    select (condition.included is null or value = any (condition.included))
        and (condition.excluded is null or value is null or value <> all (condition.excluded))
        and (condition.is_missing is null or (value is null) = condition.is_missing)
$$;
comment on function filter.holds(filter.labels, text) is
'Whether a value satisfies a condition.';

revoke all on function
    filter.labels_eq(text),
    filter.labels_neq(text),
    filter.labels_not_eq(text),
    filter.labels_in(text[]),
    filter.labels_not_in(text[]),
    filter.labels_is_null(),
    filter.labels_not_is_null(),
    filter.labels_and(filter.labels, filter.labels),
    filter.holds(filter.labels, text)
from public;
grant execute on function
    filter.labels_eq(text),
    filter.labels_neq(text),
    filter.labels_not_eq(text),
    filter.labels_in(text[]),
    filter.labels_not_in(text[]),
    filter.labels_is_null(),
    filter.labels_not_is_null(),
    filter.labels_and(filter.labels, filter.labels),
    filter.holds(filter.labels, text)
to desk_client, desk_internal, desk_service;
