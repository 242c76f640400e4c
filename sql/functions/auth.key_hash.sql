-- Under which key attempts are counted: email and address never mix, and neither can be read back.
create or replace function auth.key_hash(kind text, name text)
returns bytea
language sql
immutable
parallel safe
set search_path = ''
as $$
    select sha256(convert_to(kind || ':' || lower(btrim(name)), 'UTF8'))
$$;
comment on function auth.key_hash(text, text) is
'The row of auth.sign_in_limits that counts for this email or address.';
revoke all on function auth.key_hash(text, text) from public;
-- NOTE: for the other functions of this schema only.
