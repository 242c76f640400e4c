-- A role that inserts takes the new row's number from a sequence, and needs USAGE on it. An adopted
-- table's sequence may have any name, so it is found by the default that it feeds. Policy files call
-- this after ops.reset_rights.
create or replace procedure ops.grant_ids(relation regclass, variadic roles regrole[])
language plpgsql
set search_path = ''
as $$
declare
    item record;
begin
    for item in
        select s.oid::regclass as sequence, role
        from pg_catalog.pg_attrdef as d
        join pg_catalog.pg_depend as p
            on p.classid = 'pg_catalog.pg_attrdef'::regclass
            and p.objid = d.oid
            and p.refclassid = 'pg_catalog.pg_class'::regclass
        join pg_catalog.pg_class as s
            on s.oid = p.refobjid
            and s.relkind = 'S'
        cross join unnest(roles) as role
        where d.adrelid = relation
    loop
        execute format('grant usage on sequence %s to %s', item.sequence, item.role);
    end loop;
end
$$;
comment on procedure ops.grant_ids(regclass, regrole[]) is
'Lets roles take numbers for new rows of a table.';
revoke all on procedure ops.grant_ids(regclass, regrole[]) from public;
