-- requires: sql/functions/auth.shown_account.sql
--
-- For `rowdesk admin list`, which runs as the owner.
--
--     out  admins: [{email, name, status, has_password, last_sign_in_at}]
create or replace function auth.list_admins(request jsonb)
returns jsonb
language sql
stable
parallel safe
set search_path = ''
as $$
    select jsonb_build_object(
        'admins',
        coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'email', s.email,
                    'name', s.name,
                    'status', s.status,
                    'has_password', s.has_password,
                    'last_sign_in_at', s.last_sign_in_at
                )
                order by s.email
            ),
            '[]'
        )
    )
    from auth.accounts as a
    cross join lateral auth.shown_account(a) as s
    where a.role = 'desk_admin'
$$;
comment on function auth.list_admins(jsonb) is
'The admins there are, for whoever runs the database.';
revoke all on function auth.list_admins(jsonb) from public;
-- NOTE: for the owner only.
