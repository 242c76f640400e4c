-- requires: sql/functions/filter.refuse.sql
--
-- filter.tags: ov (any of), cs (all of), not.ov (none of). As filter.ids: operators are worked out
-- once while the statement is planned, holds() is inlined.

-- The form is checked before the cast, because catching the cast's error would need a
-- subtransaction, which parallel plans forbid.
create or replace function filter.to_tags(given text)
returns text[]
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    space constant text := '[ \t\n\r\v\f]*';
    item constant text := space || '("([^"\\]|\\.)*"|([^"\\{}, \t\n\r\v\f]|\\.)([^"\\{},]|\\.)*)' || space;
    form constant text := '^' || space || '\{(' || item || '(,' || item || ')*|' || space || ')\}' || space || '$';
begin
    if given is null or given !~ form then
        perform filter.refuse('tags', given, 'expected a list in braces such as {vip,billing}');
    end if;
    return array_remove(given::text[], null);
end
$$;
comment on function filter.to_tags(text) is
'The tags of a list in braces; anything else is refused.';

create or replace function filter.tags_ov(value text)
returns filter.tags
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(filter.to_tags(value), null, null, null)::filter.tags;
end
$$;
comment on function filter.tags_ov(text) is
'Has any of these tags; an empty list selects nothing.';

create or replace function filter.tags_cs(value text)
returns filter.tags
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, null, filter.to_tags(value), null)::filter.tags;
end
$$;
comment on function filter.tags_cs(text) is
'Has all of these tags; an empty list selects everything.';

create or replace function filter.tags_not_ov(value text)
returns filter.tags
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(null, null, null, filter.to_tags(value))::filter.tags;
end
$$;
comment on function filter.tags_not_ov(text) is
'Has none of these tags.';

create or replace function filter.tags_and(a filter.tags, b filter.tags)
returns filter.tags
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    return row(
        coalesce(a.any_of, b.any_of),
        -- "any of {a,b}" and "any of {c}" cannot become one list: the others are kept as literals
        nullif(
            coalesce(a.also_any_of, '{}') || coalesce(b.also_any_of, '{}')
            || case when a.any_of is not null and b.any_of is not null then array[b.any_of::text] else '{}' end,
            '{}'
        ),
        a.all_of || b.all_of,
        a.none_of || b.none_of
    )::filter.tags;
end
$$;
comment on function filter.tags_and(filter.tags, filter.tags) is 'Both conditions hold.';

create or replace function filter.overlaps_each(value text[], lists text[])
returns boolean
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
declare
    list text;
begin
    foreach list in array lists loop
        if (value && list::text[]) is not true then
            return false;
        end if;
    end loop;
    return true;
end
$$;
comment on function filter.overlaps_each(text[], text[]) is
'Whether a value has a tag of each list (given as literals).';

create or replace function filter.holds(condition filter.tags, value text[])
returns boolean
language sql
immutable
parallel safe
as $$
    select (condition.any_of is null or value && condition.any_of)
        and (condition.also_any_of is null or filter.overlaps_each(value, condition.also_any_of))
        and (condition.all_of is null or value @> condition.all_of)
        and (condition.none_of is null or value is null or not value && condition.none_of)
$$;
comment on function filter.holds(filter.tags, text[]) is
'Whether a value satisfies a condition.';

revoke all on function
    filter.to_tags(text),
    filter.tags_ov(text),
    filter.tags_cs(text),
    filter.tags_not_ov(text),
    filter.tags_and(filter.tags, filter.tags),
    filter.overlaps_each(text[], text[]),
    filter.holds(filter.tags, text[])
from public;
grant execute on function
    filter.to_tags(text),
    filter.tags_ov(text),
    filter.tags_cs(text),
    filter.tags_not_ov(text),
    filter.tags_and(filter.tags, filter.tags),
    filter.overlaps_each(text[], text[]),
    filter.holds(filter.tags, text[])
to desk_client, desk_internal, desk_service;
