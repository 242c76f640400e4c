-- requires: sql/functions/ops.reset_rights.sql
--
-- The server's alone (db-idempotency-role): it keeps the keys of all callers, each under his name.
-- check:allow always_true_policy kept.idempotency_keys: no request runs as desk_worker; it keeps the keys of all callers
call ops.reset_rights('kept.idempotency_keys');
grant select, insert, update, delete on kept.idempotency_keys to desk_worker;

create policy all_owner on kept.idempotency_keys for all to desk_owner using (true) with check (true);

create policy select_all on kept.idempotency_keys for select to desk_worker
using (true);

create policy insert_all on kept.idempotency_keys for insert to desk_worker
with check (true);

create policy update_all on kept.idempotency_keys for update to desk_worker
using (true)
with check (true);

create policy delete_all on kept.idempotency_keys for delete to desk_worker
using (true);

comment on table kept.idempotency_keys is
'Writes that came with an Idempotency-Key, and how they were answered, for a day.';
comment on column kept.idempotency_keys.caller is 'A digest of role and claims: a key is its sender''s.';
comment on column kept.idempotency_keys.key is 'The key, as the caller made it.';
comment on column kept.idempotency_keys.request is 'A digest of the request: another one with the same key is refused.';
comment on column kept.idempotency_keys.outcome is 'What the answer is made of, but for its body. Null while the write runs.';
comment on column kept.idempotency_keys.body is 'The answer''s body.';
comment on column kept.idempotency_keys.created_at is 'When the key was first seen.';
