-- requires: sql/functions/ops.link_words.sql, sql/policies/ops.outbox.sql
--
-- The mails that are to be sent now, for whoever sends them. Each is lent for a while, longer each time: what is not
-- settled by then was not sent, and is lent again. After a day of failures a mail is given up.
--
-- A mail without a body gets its link now, each time it is lent: where links lead, and for how long, the server says. Two
-- random uuids are 244 random bits; nothing but their hash stays here.
--
--     in   limit; verify_url: what a link begins with; token_seconds
--     out  mails: [{id, recipient, subject, body}]
create or replace function auth.take_mails(request jsonb)
returns jsonb
language plpgsql
volatile
parallel unsafe
security definer
set search_path = ''
as $$
declare
    mails jsonb;
begin
    -- sent mails are kept for a month, without what they said
    delete from ops.outbox as o
    where o.id in (
        select old.id
        from ops.outbox as old
        where old.created_at < now() - interval '30 days'
        order by old.created_at
        limit 10
        for update skip locked
    );
    with taken as (
        update ops.outbox as o
        set attempts = o.attempts + 1,
            due_at = now() + least(interval '1 hour', interval '1 minute' * power(2, o.attempts))
        where o.id in (
            select d.id
            from ops.outbox as d
            where d.sent_at is null
                and d.due_at <= now()
                and d.created_at > now() - interval '1 day'
                and (d.body is not null or request ? 'verify_url')
            order by d.due_at, d.id
            limit (request ->> 'limit')::integer
            for update skip locked
        )
        returning o.id, o.account_id, o.recipient, o.subject, o.body, o.kind
    ),
    addressed as materialized (
        select t.*, replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', '') as token
        from taken as t
    ),
    linked as (
        insert into auth.one_time_tokens (token_hash, account_id, kind, expires_at)
        select
            sha256(convert_to(a.token, 'UTF8')),
            a.account_id,
            'invite',
            now() + make_interval(secs => (request ->> 'token_seconds')::integer)
        from addressed as a
        where a.kind is not null
    )
    select coalesce(jsonb_agg(m.mail order by m.id), '[]')
    into mails
    from (
        select
            a.id,
            jsonb_build_object(
                'id', a.id,
                'recipient', a.recipient,
                'subject', a.subject,
                'body', coalesce(
                    a.body,
                    (ops.link_words(a.kind, format('%s?token=%s&type=invite', request ->> 'verify_url', a.token))).body
                )
            ) as mail
        from addressed as a
    ) as m;
    return jsonb_build_object('mails', mails);
end
$$;
comment on function auth.take_mails(jsonb) is
'Lends the mails that are to be sent.';
revoke all on function auth.take_mails(jsonb) from public;
grant execute on function auth.take_mails(jsonb) to desk_worker;
