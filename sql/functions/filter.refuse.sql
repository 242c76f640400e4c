-- One call says "this value is malformed", in the shape that the server turns into
-- "abc" is not a valid value for "assigned_to": the refused value in detail, the filter type in
-- datatype, what was expected in message.
--
-- Declared immutable like its callers, which are worked out while the statement is planned.
create or replace function filter.refuse(filter_type text, refused text, expected text)
returns void
language plpgsql
immutable
parallel safe
set search_path = ''
as $$
begin
    raise exception using
        errcode = 'invalid_parameter_value',
        message = expected,
        detail = coalesce(refused, 'null'),
        datatype = filter_type,
        schema = 'filter';
end
$$;
comment on function filter.refuse(text, text, text) is
'Raises 22023 for a malformed filter value.';
revoke all on function filter.refuse(text, text, text) from public;
grant execute on function filter.refuse(text, text, text)
to desk_client, desk_internal, desk_service;
