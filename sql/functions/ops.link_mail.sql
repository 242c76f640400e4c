-- requires: sql/policies/ops.outbox.sql
--
-- Puts a mail with a link into the outbox: what it says, by what the link is for. Here is where a desk says it in its own
-- words and language.
create or replace function ops.link_mail(who auth.accounts, kind text, link text)
returns void
language sql
volatile
parallel unsafe
set search_path = ''
as $$
    insert into ops.outbox (account_id, recipient, subject, body)
    select
        who.id,
        who.email,
        m.subject,
        concat_ws(
            E'\n\n',
            'Hello,',
            m.message,
            link,
            'The link works once, and not for long. If you did not ask for it, ignore this mail: nothing changes.'
        )
    from (
        values
            ('recovery', 'Set your password', 'follow this link to set a password for the support desk:'),
            ('invite', 'You are invited to the support desk', 'follow this link to set a password and come in:')
    ) as m (kind, subject, message)
    where m.kind = link_mail.kind
$$;
comment on function ops.link_mail(auth.accounts, text, text) is
'Puts a mail with a link into the outbox, for an account.';
revoke all on function ops.link_mail(auth.accounts, text, text) from public;
-- NOTE: for functions of the owner only.
