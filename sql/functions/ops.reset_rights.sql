-- Policy files begin with it: every grant and every policy of the table goes, whoever made it, row
-- level security is on and forced, and what follows in the file is all there is. So a changed file
-- leaves nothing of its former self behind, and an adopted table none of its former policies.
create or replace procedure ops.reset_rights(relation regclass)
language plpgsql
set search_path = ''
as $$
declare
    item record;
begin
    for item in
        select polname as name
        from pg_catalog.pg_policy
        where polrelid = relation
    loop
        execute format('drop policy %I on %s', item.name, relation);
    end loop;
    -- revoking from a role takes its column grants as well
    for item in
        select distinct acl.grantee
        from pg_catalog.pg_class as c
        cross join lateral (
            select c.relacl as list
            union all
            select a.attacl
            from pg_catalog.pg_attribute as a
            where a.attrelid = c.oid
        ) as given
        cross join lateral aclexplode(given.list) as acl
        where c.oid = relation
            and acl.grantee <> c.relowner
    loop
        execute format(
            'revoke all on table %s from %s',
            relation,
            case when item.grantee = 0 then 'public' else item.grantee::regrole::text end
        );
    end loop;
    execute format('alter table %s enable row level security', relation);
    execute format('alter table %s force row level security', relation);
end
$$;
comment on procedure ops.reset_rights(regclass) is
'Removes all grants and policies of a table and switches row-level security on, before a policy file states them anew.';
revoke all on procedure ops.reset_rights(regclass) from public;
