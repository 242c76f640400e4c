-- The reverse of auth.count_attempt. Addresses before accounts here, too: no two calls may wait for each
-- other.
create or replace function auth.take_back_attempt(key bytea, most integer, window_seconds integer)
returns void
language sql
volatile
parallel unsafe
set search_path = ''
as $$
    update auth.sign_in_limits as l
    set full_until = l.full_until - make_interval(secs => window_seconds::double precision / most)
    where l.key_hash = key
$$;
comment on function auth.take_back_attempt(bytea, integer, integer) is
'Makes an attempt to sign in uncounted: it succeeded.';
revoke all on function auth.take_back_attempt(bytea, integer, integer) from public;
-- NOTE: for the other functions of this schema only.
