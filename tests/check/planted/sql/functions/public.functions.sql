create or replace function public.everybodys() returns integer language sql as $$ select 1 $$; -- here: executable_by_public, default_privileges_to_public

create or replace function filter.words_eq(value text) returns filter.words
language sql
immutable
as $$ select row(array[value])::filter.words $$;

create or replace function public.notes_by_owner(where_notes public.note_filter default null) -- here: output_named_as_filter
returns table (owner text, notes bigint)
language sql
stable
as $$ select 'ann'::text, 1::bigint $$;
revoke all on function public.notes_by_owner(public.note_filter) from public;

create or replace function api_private.definer() returns integer language sql security definer as $$ select 1 $$; -- here: mutable_search_path

create or replace function public.for_anybody() returns integer -- here: definer_callable_by_anon
language sql
security definer
set search_path = ''
as $$ select 1 $$;

create or replace function public.for_users() returns integer -- here: definer_callable_by_users
language sql
security definer
set search_path = ''
as $$ select 1 $$;
revoke all on function public.for_users() from public;
grant execute on function public.for_users() to planted_user;
