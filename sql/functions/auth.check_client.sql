-- Somebody is about to act for a client: there must be one, which is not erased, and stays until then.
--
--     PT404  there is none
--     PT409  it was erased
create or replace function auth.check_client(client integer)
returns void
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
declare
    found_client public.clients;
begin
    select c.* into found_client from public.clients as c where c.id = client for key share;
    if found_client.id is null then
        raise exception 'there is no client %', client
            using errcode = 'PT404',
                hint = 'GET /clients?select=id,client_name lists them.';
    end if;
    if found_client.erased_at is not null then
        raise exception 'client % was erased', client
            using errcode = 'PT409',
                hint = 'Nobody acts for it any more.';
    end if;
end
$$;
comment on function auth.check_client(integer) is
'An error where nobody can act for a client.';
revoke all on function auth.check_client(integer) from public;
-- NOTE: for functions of the owner only.
