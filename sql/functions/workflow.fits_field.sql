-- Whether a value is of the kind that public.custom_fields names. JSON null empties a field and fits all.
create or replace function workflow.fits_field(value jsonb, kind text, choices text[])
returns boolean
language sql
stable
parallel safe
as $$
    select value = 'null'
        or case kind
            when 'text' then jsonb_typeof(value) = 'string'
            when 'number' then jsonb_typeof(value) = 'number'
            when 'boolean' then jsonb_typeof(value) = 'boolean'
            when 'choice' then jsonb_typeof(value) = 'string' and value #>> '{}' = any (choices)
            when 'date' then value #>> '{}' ~ '^\d{4}-\d\d-\d\d$'
                and value #>> '{}' >= '0001'
                and jsonb_path_exists(value, '$.datetime("YYYY-MM-DD")', silent => true)
        end
$$;
comment on function workflow.fits_field(jsonb, text, text[]) is
'Whether a custom field''s value is of its kind.';
revoke all on function workflow.fits_field(jsonb, text, text[]) from public;
grant execute on function workflow.fits_field(jsonb, text, text[])
to desk_client, desk_internal, desk_service;
