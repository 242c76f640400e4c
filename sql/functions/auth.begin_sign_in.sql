-- requires: sql/functions/auth.count_attempt.sql, sql/functions/auth.key_hash.sql
--
-- First half of signing in: counts the attempt, then says what to verify the password with. The
-- server commits this before it computes the hash, so that no attempt goes uncounted.
--
--     in   email, address, account_attempts, address_attempts, window_seconds
--     out  account, password_hash, password_set_at: null where there is no such account, or it has no
--          password: the server then verifies against nothing, for as long
--     or   retry_after: seconds
--
-- An attempt that its address may not make does not count against the account: otherwise one address
-- could keep everybody out. Addresses before accounts, always, so that no two calls wait for each other.
create or replace function auth.begin_sign_in(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    window_seconds constant integer := request ->> 'window_seconds';
    wait integer;
    who auth.accounts;
begin
    wait := auth.count_attempt(
        auth.key_hash('address', request ->> 'address'),
        (request ->> 'address_attempts')::integer,
        window_seconds
    );
    if wait = 0 then
        wait := auth.count_attempt(
            auth.key_hash('account', request ->> 'email'),
            (request ->> 'account_attempts')::integer,
            window_seconds
        );
    end if;

    -- Each attempt adds two rows at most and takes away more. Last, for it waits for nobody: what
    -- others hold is left to them.
    delete from auth.sign_in_limits
    where key_hash in (
        select l.key_hash
        from auth.sign_in_limits as l
        where l.full_until < clock_timestamp()
        order by l.full_until
        limit 10
        for update skip locked
    );

    if wait > 0 then
        return jsonb_build_object('retry_after', wait);
    end if;
    select * into who from auth.accounts as a where a.email = lower(btrim(request ->> 'email'));
    return jsonb_build_object(
        'account', who.id,
        'password_hash', who.password_hash,
        'password_set_at', who.password_set_at
    );
end
$$;
comment on function auth.begin_sign_in(jsonb) is
'Counts an attempt to sign in and returns what to verify the password with.';
revoke all on function auth.begin_sign_in(jsonb) from public;
grant execute on function auth.begin_sign_in(jsonb) to desk_worker;
