-- requires: sql/functions/ops.link_words.sql, sql/policies/ops.outbox.sql
--
-- Puts a mail with a link into the outbox.
create or replace function ops.link_mail(who auth.accounts, kind text, link text)
returns void
language sql
volatile
parallel unsafe
set search_path = ''
as $$
    insert into ops.outbox (account_id, recipient, subject, body)
    select who.id, who.email, w.subject, w.body
    from ops.link_words(kind, link) as w
$$;
comment on function ops.link_mail(auth.accounts, text, text) is
'Puts a mail with a link into the outbox, for an account.';
revoke all on function ops.link_mail(auth.accounts, text, text) from public;
-- NOTE: for functions of the owner only.
