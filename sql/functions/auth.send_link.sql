-- requires: sql/functions/auth.admit.sql, sql/functions/auth.count_attempt.sql, sql/functions/auth.enroll.sql, sql/functions/auth.key_hash.sql, sql/functions/ops.link_mail.sql
--
-- Mails a link to whoever may have one. Whether anybody may, the answer does not tell: it is the same for every email,
-- and the server gives it after the same time.
--
--     in   kind (recovery), email, address, token_hash (base64), token_seconds, link: what is mailed; code_challenge of a
--          browser that wants a code; account_mails, address_mails, window_seconds; of whoever signs up, signup: the setting,
--          and name: what they call themselves
--     out  nothing in it
--     or   retry_after: seconds
--
-- Signing up is no different: who is on the allow-list has an account for the asking, and sets its password by the link.
-- A password that came along is not kept, for whoever signs up somebody else would know it. Others are enrolled where the
-- setting says approval or open, and wait.
create or replace function auth.send_link(request jsonb)
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
        auth.key_hash('mails to address', request ->> 'address'),
        (request ->> 'address_mails')::integer,
        window_seconds
    );
    if wait = 0 then
        wait := auth.count_attempt(
            auth.key_hash('mails to account', request ->> 'email'),
            (request ->> 'account_mails')::integer,
            window_seconds
        );
    end if;
    if wait > 0 then
        return jsonb_build_object('retry_after', wait);
    end if;

    delete from auth.one_time_tokens as t
    where t.expires_at < now() - interval '1 day';
    who := auth.admit(request ->> 'email');
    if request ->> 'signup' in ('approval', 'open') and (who.id is null or who.status = 'pending') then
        who := auth.enroll(request ->> 'email', request ->> 'name');
    end if;
    if who.id is null or who.status = 'disabled' then
        return '{}';
    end if;
    insert into auth.one_time_tokens (token_hash, account_id, kind, code_challenge, expires_at)
    values (
        decode(request ->> 'token_hash', 'base64'),
        who.id,
        request ->> 'kind',
        request ->> 'code_challenge',
        now() + make_interval(secs => (request ->> 'token_seconds')::integer)
    );
    perform ops.link_mail(
        who,
        case when who.status = 'pending' and who.email_confirmed_at is null then 'signup' else request ->> 'kind' end,
        request ->> 'link'
    );
    return '{}';
end
$$;
comment on function auth.send_link(jsonb) is
'Mails a link to set a password, if the email is on the allow-list or may sign up without being on it.';
revoke all on function auth.send_link(jsonb) from public;
grant execute on function auth.send_link(jsonb) to desk_worker;
