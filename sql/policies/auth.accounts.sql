-- requires: sql/functions/ops.reset_rights.sql
call ops.reset_rights('auth.accounts');

-- NOTE: nobody gets anything, not even to read: the server calls the functions of schema auth.

create policy all_owner on auth.accounts for all to desk_owner using (true) with check (true);

comment on table auth.accounts is
'Who may sign in, as whom, and with which password.';
