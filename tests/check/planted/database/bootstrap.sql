-- A schema in which everything is wrong once. What a line's end names is found in that line, `live:` only in a database.
-- owner: planted_owner
-- history: history
create role planted_owner nologin;
create role planted_anon nologin;
create role planted_user nologin;
create role planted_machine nologin bypassrls; -- here: role_above_policies
create role planted_login login superuser; -- here: superuser_login
grant planted_anon, planted_user, planted_machine to planted_login;
create schema history authorization planted_owner;
grant usage on schema public to planted_anon;
grant usage, create on schema public to planted_user; -- here: create_granted
grant usage, create on schema public to planted_owner;
do $$ begin execute format('grant create on database %I to planted_owner', current_database()); end $$;
create foreign data wrapper planted_nowhere;
create server planted_far foreign data wrapper planted_nowhere;
grant usage on foreign server planted_far to planted_owner;
