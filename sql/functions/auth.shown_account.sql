-- An account as those who manage it see it.
create or replace function auth.shown_account(who auth.accounts)
returns public.account
language sql
stable
parallel safe
set search_path = ''
as $$
    select
        who.id,
        who.email,
        coalesce(
            m.display_name,
            (
                select nullif(btrim(concat_ws(' ', k.first_name, k.last_name)), '')
                from public.client_contacts as k
                where k.client_id = who.client_id
                    and lower(k.email) = who.email
                order by k.id
                limit 1
            ),
            who.metadata -> 'user_metadata' ->> 'name'
        ),
        who.status,
        substr(who.role, length('desk_') + 1),
        who.client_id,
        c.client_name,
        who.team_member_id,
        who.created_at,
        who.email_confirmed_at,
        who.password_hash is not null,
        who.last_sign_in_at,
        (
            select count(*)::integer
            from auth.sessions as s
            where s.account_id = who.id
                and s.revoked_at is null
                and s.expires_at > now()
        )
    from (values (1)) as always (one)
    left join public.team_members as m on m.id = who.team_member_id
    left join public.clients as c on c.id = who.client_id
$$;
comment on function auth.shown_account(auth.accounts) is
'An account without its secrets.';
revoke all on function auth.shown_account(auth.accounts) from public;
-- NOTE: for functions of the owner only.
