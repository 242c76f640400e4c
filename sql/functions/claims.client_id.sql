-- requires: sql/functions/claims.whole_number.sql
--
-- Policies ask once a statement: (select claims.client_id()), never bare.
create or replace function claims.client_id()
returns integer
language sql
stable
parallel safe
as $$
    select claims.whole_number('client_id')
$$;
comment on function claims.client_id() is
'The client on whose behalf the caller acts; NULL when the token does not say.';
revoke all on function claims.client_id() from public;
grant execute on function claims.client_id()
to desk_anon, desk_client, desk_internal, desk_service;
