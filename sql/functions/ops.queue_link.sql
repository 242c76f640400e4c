-- requires: sql/functions/ops.link_words.sql, sql/policies/ops.outbox.sql
--
-- Puts a mail into the outbox whose link is made when it is sent (auth.take_mails): no server is near that knows where links
-- lead, and nobody can read a link that is not there. One that waits already says the same.
create or replace function ops.queue_link(who auth.accounts, kind text)
returns void
language sql
volatile
parallel unsafe
set search_path = ''
as $$
    insert into ops.outbox (account_id, recipient, subject, kind)
    select who.id, who.email, (ops.link_words(kind, '')).subject, kind
    where not exists (
        select
        from ops.outbox as o
        where o.account_id = who.id
            and o.kind = queue_link.kind
            and o.sent_at is null
            and o.created_at > now() - interval '1 day'
    )
$$;
comment on function ops.queue_link(auth.accounts, text) is
'Puts a mail into the outbox that gets its link when it is sent.';
revoke all on function ops.queue_link(auth.accounts, text) from public;
-- NOTE: for functions of the owner only.
