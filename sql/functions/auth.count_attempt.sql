-- Counts one attempt, unless there were as many as there may be: then it says after how many seconds
-- the next one may come. 0: go on.
--
-- One statement, so that of fifty attempts at once each waits for the one before, whichever server
-- they reach. Attempts run off evenly: after a tenth of the window one of ten may come again. So there
-- is no moment at which the count starts anew, and none around which twice as many pass.
create or replace function auth.count_attempt(key bytea, most integer, window_seconds integer)
returns integer
language plpgsql
volatile
parallel unsafe
set search_path = ''
as $$
declare
    share constant interval := make_interval(secs => window_seconds::double precision / most);
    -- a share is rounded to microseconds, and "most" of them may be more than the window
    room constant interval := make_interval(secs => window_seconds) + interval '1 millisecond';
    until timestamptz;
begin
    insert into auth.sign_in_limits as l (key_hash, full_until)
    values (key, clock_timestamp() + share)
    on conflict (key_hash) do update
    set full_until = greatest(l.full_until, clock_timestamp()) + share
    where greatest(l.full_until, clock_timestamp()) + share <= clock_timestamp() + room;
    if found then
        return 0;
    end if;
    select l.full_until into until from auth.sign_in_limits as l where l.key_hash = key;
    return greatest(1, ceil(date_part('epoch', until + share - room - clock_timestamp())));
end
$$;
comment on function auth.count_attempt(bytea, integer, integer) is
'Counts an attempt to sign in; the seconds to wait if it is one too many.';
revoke all on function auth.count_attempt(bytea, integer, integer) from public;
-- NOTE: for the other functions of this schema only.
