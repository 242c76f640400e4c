-- Setting clients.erased_at erases the client: this is its own row, ops.erase_client the rest. When it was
-- first erased is kept, and with that the address made up then. Made up so that nobody can guess it and
-- have it before: the address must be unique. That the address changes also makes this update wait for
-- whoever refers to the client, as the foreign keys and ops.refuse_erased do.
create or replace function ops.stamp_erasure()
returns trigger
language plpgsql
set search_path = ''
as $$
begin
    new.erased_at := coalesce(old.erased_at, now());
    new.client_name := 'Erased client ' || new.id;
    new.email := case
        when old.erased_at is null then gen_random_uuid() || '@erased.invalid'
        else old.email
    end;
    new.metadata := '{}';
    return new;
end
$$;
comment on function ops.stamp_erasure() is
'Trigger: an erased client has no name, no address and no metadata.';
revoke all on function ops.stamp_erasure() from public;

create or replace trigger stamp_erasure
before update of erased_at on public.clients
for each row
when (new.erased_at is not null)
execute function ops.stamp_erasure();
