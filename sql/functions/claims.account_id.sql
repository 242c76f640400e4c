-- The account behind the token: claim sub, a uuid. Anything else is NULL, never an error.
create or replace function claims.account_id()
returns uuid
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
    token json := nullif(current_setting('request.jwt.claims', true), '')::json;
begin
    if json_typeof(token) = 'object'
        and json_typeof(token -> 'sub') = 'string'
        and token ->> 'sub' ~* '^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$'
    then
        return token ->> 'sub';
    end if;
    return null;
end
$$;
comment on function claims.account_id() is
'The caller''s account; NULL when the token does not say.';
revoke all on function claims.account_id() from public;
grant execute on function claims.account_id()
to desk_anon, desk_client, desk_internal, desk_service;
