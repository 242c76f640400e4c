-- One row a role, as JSON (model::Role). A superuser is a member of nothing by being one.
with recursive edge as (
    select
        m.member,
        m.roleid,
        -- 16 moved it from the role to the membership
        coalesce((to_jsonb(m) ->> 'inherit_option')::boolean, r.rolinherit) as inherits,
        coalesce((to_jsonb(m) ->> 'set_option')::boolean, true) as becomes
    from pg_auth_members as m
    join pg_roles as r on r.oid = m.member
),
reach as (
    select e.member, e.roleid, e.inherits, e.becomes
    from edge as e
    union
    select r.member, e.roleid, r.inherits and e.inherits, r.becomes and (e.becomes or e.inherits)
    from reach as r
    join edge as e on e.member = r.roleid
)
select jsonb_build_object(
    'name', r.rolname,
    'is_superuser', r.rolsuper,
    'bypasses_rls', r.rolbypassrls,
    'member_of', (
        select coalesce(jsonb_agg(distinct pg_get_userbyid(m.roleid)), '[]')
        from reach as m
        where m.member = r.oid
            and m.becomes
    ),
    'inherits', (
        select coalesce(jsonb_agg(distinct pg_get_userbyid(m.roleid)), '[]')
        from reach as m
        where m.member = r.oid
            and m.inherits
    )
)
from pg_roles as r
where r.rolname !~ '^pg_'
order by r.rolname
