-- requires: sql/functions/ops.stamp_erasure.sql, sql/functions/ops.erase_client.sql, sql/functions/ops.refuse_erased.sql
--
-- Removes the person and keeps the statistics. Security invoker: what it does is one update that only an
-- admin may make (clients.erased_at), under the policies of clients; what follows from that, the triggers do.
--
--     42501  whoever is no admin
--     PT404  a client that does not exist
--
-- Who is erased already is erased again: the answer is the same.
create or replace function public.erase_client(client integer)
returns public.clients
language plpgsql
volatile
set search_path = ''
as $$
declare
    erased public.clients;
begin
    update public.clients as c
    set erased_at = now()
    where c.id = erase_client.client
    returning c.* into erased;
    if erased.id is null then
        raise exception 'there is no client %', erase_client.client
            using errcode = 'PT404',
                hint = 'GET /clients?select=id,client_name lists them.';
    end if;
    return erased;
end
$$;
comment on function public.erase_client(integer) is
'Removes a client as a person and keeps the statistics (GDPR, article 17): admins only.

Name, address, contacts, accounts and every text on the tickets go, for ever; ids, times, statuses, ratings, amounts and assignments stay, and every figure with them. Afterwards nothing more is written down about the client (409). Calling it again is harmless.';
revoke all on function public.erase_client(integer) from public;
grant execute on function public.erase_client(integer) to desk_admin;
-- NOTE: neither to other staff nor to desk_service.
