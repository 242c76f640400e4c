-- requires: sql/policies/ops.outbox.sql
--
-- The mails that are to be sent now, for whoever sends them. Each is lent for a while, longer each time: what is not
-- settled by then was not sent, and is lent again. After a day of failures a mail is given up.
--
--     in   limit
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
            order by d.due_at, d.id
            limit (request ->> 'limit')::integer
            for update skip locked
        )
        returning o.id, o.recipient, o.subject, o.body
    )
    select coalesce(jsonb_agg(to_jsonb(t) order by t.id), '[]') into mails from taken as t;
    return jsonb_build_object('mails', mails);
end
$$;
comment on function auth.take_mails(jsonb) is
'Lends the mails that are to be sent.';
revoke all on function auth.take_mails(jsonb) from public;
grant execute on function auth.take_mails(jsonb) to desk_worker;
