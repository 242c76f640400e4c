-- requires: sql/functions/auth.caller_is_admin.sql
--
-- Who people are decides who may sign in as whom: an email is the allow-list, a role of the team an account's. So whoever
-- adds one or changes it does that in a session that goes on, as whoever manages accounts. Definer: the schema auth is
-- closed. The owner loads what they like.
create or replace function auth.check_caller()
returns trigger
language plpgsql
security definer
set search_path = ''
as $$
begin
    perform auth.caller_is_admin();
    return null;
end
$$;
comment on function auth.check_caller() is
'Trigger: whoever says who people are has a session that goes on.';
revoke all on function auth.check_caller() from public;

create or replace trigger check_caller
before insert or update of email, role, department on public.team_members
for each statement
when (not pg_has_role('desk_owner', 'member'))
execute function auth.check_caller();

create or replace trigger check_caller
before insert or update of email on public.clients
for each statement
when (not pg_has_role('desk_owner', 'member'))
execute function auth.check_caller();

create or replace trigger check_caller
before insert or update of email, client_id on public.client_contacts
for each statement
when (not pg_has_role('desk_owner', 'member'))
execute function auth.check_caller();
