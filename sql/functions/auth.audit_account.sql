-- requires: sql/functions/claims.account_id.sql, sql/functions/claims.team_member_id.sql
--
-- One row of the audit, of one account that somebody managed: what was done, by whom, and what of status, role and link
-- changed. Whose account it is, its id says, as long as there is the account. One that was made for it has no before.
create or replace function auth.audit_account(action text, before auth.accounts, after auth.accounts)
returns void
language sql
volatile
parallel unsafe
set search_path = ''
as $$
    insert into ops.audit (action, relation, details, role, account_id, team_member_id)
    select
        audit_account.action,
        'auth.accounts',
        jsonb_strip_nulls(
            jsonb_build_object(
                'key', after.id,
                'columns', jsonb_agg(b.key order by b.key) filter (where before.id is not null),
                'old', jsonb_object_agg(b.key, b.value) filter (where before.id is not null),
                'new', jsonb_object_agg(b.key, to_jsonb(after) -> b.key) filter (where b.key is not null)
            )
        ),
        -- in a definer function current_user is the owner
        coalesce(nullif(current_setting('role'), 'none'), session_user),
        claims.account_id(),
        claims.team_member_id()
    from jsonb_each(to_jsonb(before)) as b
    where b.key in ('status', 'role', 'client_id', 'team_member_id')
        and b.value is distinct from to_jsonb(after) -> b.key
$$;
comment on function auth.audit_account(text, auth.accounts, auth.accounts) is
'Writes one row of the audit, of an account that was managed.';
revoke all on function auth.audit_account(text, auth.accounts, auth.accounts) from public;
-- NOTE: for functions of the owner only.
