-- requires: sql/functions/ops.reset_rights.sql
call ops.reset_rights('auth.sign_in_limits');

-- NOTE: nobody gets anything, not even to read: the server calls the functions of schema auth.

create policy all_owner on auth.sign_in_limits for all to desk_owner using (true) with check (true);

comment on table auth.sign_in_limits is
'How much guessing is left, by account and by address.';
