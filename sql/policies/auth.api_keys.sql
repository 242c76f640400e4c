-- requires: sql/functions/ops.reset_rights.sql
call ops.reset_rights('auth.api_keys');

-- NOTE: nobody gets anything, not even to read: admins call public.create_api_key, api_keys and revoke_api_key, the server
-- auth.use_api_key.

create policy all_owner on auth.api_keys for all to desk_owner using (true) with check (true);

comment on table auth.api_keys is
'Keys of machines: for which role, and whose.';
