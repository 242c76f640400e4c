-- requires: sql/functions/ops.reset_rights.sql
call ops.reset_rights('auth.one_time_tokens');

-- NOTE: nobody gets anything, not even to read: the server calls the functions of schema auth.

create policy all_owner on auth.one_time_tokens for all to desk_owner using (true) with check (true);

comment on table auth.one_time_tokens is
'Links that were mailed and not used yet.';
