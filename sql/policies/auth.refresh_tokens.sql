-- requires: sql/functions/ops.reset_rights.sql
call ops.reset_rights('auth.refresh_tokens');

-- NOTE: nobody gets anything, not even to read: the server calls the functions of schema auth.

create policy all_owner on auth.refresh_tokens for all to desk_owner using (true) with check (true);

comment on table auth.refresh_tokens is
'What continues a session, hashed. Each is used once; a used one that comes back ends its session.';
