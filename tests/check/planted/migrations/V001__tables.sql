-- Nobody revokes what everybody may do with functions.
create schema filter;
create schema api_private;

create table public.people (
    id integer primary key,
    name text not null,
    password_hash text
);

create table public.notes (
    id integer primary key,
    owner text not null,
    person integer references public.people (id)
);

create table public.open_notes (id integer primary key); -- here: rls_disabled
create table public.nameless (body text); -- here: no_primary_key
create table public.idle (id integer primary key, owner text); -- here: rls_disabled
create table public.silent (id integer primary key); -- here: rls_without_policy
create table public.loose (id integer primary key); -- here: force_missing
create table public.blind (id integer primary key, owner text); -- here: owner_without_policy
set role planted_user;
create table public.ours (id integer primary key); -- here: api_role_owns_table
alter table public.ours enable row level security, force row level security;
create policy all_user on public.ours for all to planted_user using (true) with check (true);
set role planted_owner;
create table public.referring ( -- live: grant_without_policy
    id integer primary key,
    note integer
);
alter table public.referring -- here: unindexed_foreign_key
    add constraint referring_note_fkey foreign key (note) references public.notes (id);
create table public.lefts (id integer primary key, owner text);
create table public.rights (id integer primary key, owner text);

create index notes_person_idx on public.notes (person);
create index notes_of_person on public.notes (person); -- here: duplicate_index

create foreign table public.far_notes (id integer) server planted_far; -- here: foreign_table_exposed
grant select on public.far_notes to planted_user;

create type filter.words as (included text[]); -- here: filter_type_without_and
create type public.note_filter as (owner filter.words);
alter default privileges in schema public grant select on sequences to public; -- here: default_privileges_to_public
