-- Policy files begin with it: every grant and every policy of the table goes, whoever made it, also
-- the grants on the sequences that fill its columns; row level security is on and forced, and what
-- follows in the file is all there is. So a changed file leaves nothing of its former self behind,
-- and an adopted table none of its former policies.
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
        select distinct given.kind, given.name, acl.grantee
        from (
            select 'table' as kind, relation as name, c.relowner as owner, c.relacl as list
            from pg_catalog.pg_class as c
            where c.oid = relation
            union all
            select 'table', relation, c.relowner, a.attacl
            from pg_catalog.pg_attribute as a
            join pg_catalog.pg_class as c on c.oid = a.attrelid
            where a.attrelid = relation
            union all
            select 'sequence', s.oid::regclass, s.relowner, s.relacl
            from pg_catalog.pg_attrdef as d
            join pg_catalog.pg_depend as p
                on p.classid = 'pg_catalog.pg_attrdef'::regclass
                and p.objid = d.oid
                and p.refclassid = 'pg_catalog.pg_class'::regclass
            join pg_catalog.pg_class as s
                on s.oid = p.refobjid
                and s.relkind = 'S'
            where d.adrelid = relation
        ) as given
        cross join lateral aclexplode(given.list) as acl
        where acl.grantee <> given.owner
    loop
        execute format(
            'revoke all on %s %s from %s',
            item.kind,
            item.name,
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
