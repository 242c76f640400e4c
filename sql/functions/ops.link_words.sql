-- What a mail with a link says, by what the link is for. Here is where a desk says it in its own words and language.
create or replace function ops.link_words(in kind text, in link text, out subject text, out body text)
language sql
immutable
parallel safe
set search_path = ''
as $$
    select
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
            ('signup', 'Confirm your address', 'follow this link to confirm that you want to come to the support desk:'),
            ('invite', 'You are invited to the support desk', 'follow this link to set a password and come in:'),
            ('approval', 'You are welcome at the support desk', 'your account is ready. Follow this link to set a password and come in:')
    ) as m (kind, subject, message)
    where m.kind = link_words.kind
$$;
comment on function ops.link_words(text, text) is
'What a mail with a link says.';
revoke all on function ops.link_words(text, text) from public;
-- NOTE: for functions of the owner only.
