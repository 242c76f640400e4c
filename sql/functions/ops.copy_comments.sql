-- A view that shows the columns of another says of them what that says.
create or replace procedure ops.copy_comments(model regclass, view regclass)
language plpgsql
set search_path = ''
as $$
declare
    item record;
begin
    for item in
        select a.attname as name, col_description(model, m.attnum) as said
        from pg_catalog.pg_attribute as a
        join pg_catalog.pg_attribute as m on m.attrelid = model and m.attname = a.attname
        where a.attrelid = view
            and a.attnum > 0
    loop
        execute format('comment on column %s.%I is %L', view, item.name, item.said);
    end loop;
end
$$;
comment on procedure ops.copy_comments(regclass, regclass) is
'Gives the columns of a view the comments that they have in another.';
revoke all on procedure ops.copy_comments(regclass, regclass) from public;
