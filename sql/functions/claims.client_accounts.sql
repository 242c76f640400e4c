-- requires: sql/functions/claims.client_id.sql
--
-- What is kept about whoever signs in for a client, for export_client: an admin gets everybody's, a client
-- its own. Definer: the schema auth is closed to both. So the columns are named: a password, a token, or
-- what somebody adds one day and takes for a secret, is not among them.
--
-- In a definer function current_user is the owner; who asks is what the server, or SET ROLE, made of the login.
create or replace function claims.client_accounts()
returns table (client_id integer, account jsonb)
language plpgsql
stable
security definer
set search_path = ''
as $$
declare
    own constant integer := claims.client_id();
    is_admin constant boolean := pg_has_role(
        coalesce(nullif(current_setting('role'), 'none'), session_user)::name, 'desk_admin', 'usage'
    );
begin
    return query
    select
        a.client_id,
        jsonb_build_object(
            'id', a.id,
            'email', a.email,
            'status', a.status,
            'role', a.role,
            'client_id', a.client_id,
            'email_confirmed_at', a.email_confirmed_at,
            'password_set_at', a.password_set_at,
            'created_at', a.created_at,
            'updated_at', a.updated_at,
            'last_sign_in_at', a.last_sign_in_at,
            -- readable to nobody through the API, so it may hold what the desk notes about somebody
            'metadata', case when is_admin then a.metadata end,
            'sessions', (
                select coalesce(
                    jsonb_agg(
                        jsonb_build_object(
                            'method', s.method,
                            'address', s.address,
                            'user_agent', s.user_agent,
                            'created_at', s.created_at,
                            'refreshed_at', s.refreshed_at,
                            'expires_at', s.expires_at,
                            'revoked_at', s.revoked_at,
                            'revoked_because', s.revoked_because
                        )
                        order by s.created_at, s.id
                    ),
                    '[]'
                )
                from auth.sessions as s
                where s.account_id = a.id
            )
        )
    from auth.accounts as a
    where a.client_id is not null
        and (is_admin or a.client_id = own);
end
$$;
comment on function claims.client_accounts() is
'The accounts of clients with the times and devices of their sessions: an admin gets all, a client its own.';
revoke all on function claims.client_accounts() from public;
grant execute on function claims.client_accounts() to desk_client, desk_admin;
-- NOTE: not to other staff nor to desk_service: none of them exports a client.
