-- requires: sql/functions/auth.caller_is_admin.sql, sql/policies/auth.api_keys.sql
--
-- Definer: the schema auth is closed. The columns are named: the hash is not among them.
-- check:allow definer_callable_by_users: the schema auth is closed to everybody; the admins alone, and never the hash
create or replace function public.api_keys()
returns table (
    id bigint,
    name text,
    role text,
    client_id integer,
    team_member_id integer,
    created_at timestamptz,
    created_by uuid,
    expires_at timestamptz,
    last_used_at timestamptz,
    revoked_at timestamptz
)
language sql
stable
parallel safe
security definer
set search_path = ''
as $$
    select
        k.id,
        k.name,
        k.role,
        k.client_id,
        k.team_member_id,
        k.created_at,
        k.created_by,
        k.expires_at,
        k.last_used_at,
        k.revoked_at
    from auth.api_keys as k
    where (select auth.caller_is_admin())
    order by k.id desc
$$;
comment on function public.api_keys() is
'The keys of machines, the newest first: admins only. Never the keys themselves: those are told once, when they are made.

last_used_at: to the minute.';
revoke all on function public.api_keys() from public;
grant execute on function public.api_keys() to desk_admin;
