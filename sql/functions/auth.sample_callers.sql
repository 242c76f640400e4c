-- For `rowdesk policies diff`, which runs as the owner: as whom to look at the desk before and after a change.
--
-- The claims are those that policies read; of each client one account is enough.
create or replace function auth.sample_callers(per_role integer)
returns table (role text, claims jsonb)
language sql
stable
parallel safe
set search_path = ''
as $$
    select ranked.role, jsonb_strip_nulls(ranked.claims)
    from (
        select
            one.role,
            jsonb_build_object(
                'sub', one.id,
                'client_id', one.client_id,
                'team_member_id', one.team_member_id
            ) as claims,
            row_number() over (
                partition by one.role order by one.client_id, one.team_member_id
            ) as place
        from (
            select distinct on (a.role, a.client_id, a.team_member_id)
                a.role, a.id, a.client_id, a.team_member_id
            from auth.accounts as a
            where a.status = 'active'
            order by a.role, a.client_id, a.team_member_id, a.id
        ) as one
    ) as ranked
    where ranked.place <= sample_callers.per_role
    order by ranked.role, ranked.place
$$;
comment on function auth.sample_callers(integer) is
'So many active accounts of each role, with the claims that policies read.';
revoke all on function auth.sample_callers(integer) from public;
-- NOTE: for the owner only.
