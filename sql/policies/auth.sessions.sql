-- requires: sql/functions/ops.reset_rights.sql
call ops.reset_rights('auth.sessions');

-- NOTE: nobody gets anything, not even to read: the server calls the functions of schema auth.

create policy all_owner on auth.sessions for all to desk_owner using (true) with check (true);

comment on table auth.sessions is
'From one sign-in to its end.';
