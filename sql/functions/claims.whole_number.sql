-- One claim of the verified token as an id. Only a JSON integer that fits counts: a string, a float,
-- an array or a huge number is NULL, and NULL selects no rows in any policy. Read as json, not
-- jsonb: jsonb would raise an error for a number that numeric cannot hold.
create or replace function claims.whole_number(claim text)
returns integer
language plpgsql
stable
parallel safe
set search_path = ''
as $$
declare
    token json := nullif(current_setting('request.jwt.claims', true), '')::json;
    digits text;
begin
    if json_typeof(token) = 'object' and json_typeof(token -> claim) = 'number' then
        digits := token ->> claim;
        if digits ~ '^-?[0-9]{1,10}$' and digits::bigint between -2147483648 and 2147483647 then
            return digits::integer;
        end if;
    end if;
    return null;
end
$$;
comment on function claims.whole_number(text) is
'A claim of the caller''s token as an integer; NULL when it is absent or anything but a JSON integer.';
revoke all on function claims.whole_number(text) from public;
grant execute on function claims.whole_number(text)
to desk_anon, desk_client, desk_internal, desk_service;
