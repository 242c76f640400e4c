-- requires: sql/functions/auth.caller_is_admin.sql, sql/functions/auth.shown_account.sql
--
-- Definer: the schema auth is closed to everybody.
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; auth.caller_is_admin decides whose accounts are shown
create or replace function public.accounts()
returns setof public.account
language plpgsql
stable
parallel safe
security definer
set search_path = ''
as $$
declare
    is_admin constant boolean := auth.caller_is_admin();
begin
    return query
    select s.*
    from auth.accounts as a
    cross join lateral auth.shown_account(a) as s
    where is_admin
        or a.role = 'desk_client';
end
$$;
comment on function public.accounts() is
'Who may sign in: managers see clients'' accounts, admins all.

Filter and sort it as a table: /rpc/accounts?status=eq.pending&order=created_at. Those wait to be approved.';
revoke all on function public.accounts() from public;
grant execute on function public.accounts() to desk_manager;
-- NOTE: neither to agents nor to clients: it tells addresses. Nor to desk_service, here and in all functions about accounts:
-- scripts add people, and people let them in.
