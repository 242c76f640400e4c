-- Domains that are written and shown in their own way, and fields that functions compute.

-- A number that is written and shown as `#0010FF`.
create domain api.color as integer check (value between 0 and 16777215);
create function api.color(text) returns api.color language sql immutable as $$
    select (('x' || lpad(ltrim($1, '#'), 8, '0'))::bit(32)::int)::api.color
$$;
create function api.color(json) returns api.color language sql immutable as $$
    select api.color($1 #>> '{}')
$$;
create function api.color_shown(api.color) returns json language sql immutable as $$
    select to_json('#' || lpad(upper(to_hex($1)), 6, '0'))
$$;
create cast (api.color as json) with function api.color_shown(api.color) as implicit;
create cast (text as api.color) with function api.color(text) as implicit;
create cast (json as api.color) with function api.color(json) as implicit;

-- One that has only a shown form, which one role may make.
create domain api.masked as text;
create function private.mask(api.masked) returns json language sql immutable as $$
    select to_json(left($1, 1) || '…')
$$;
create cast (api.masked as json) with function private.mask(api.masked) as implicit;
revoke execute on function private.mask from public;
grant execute on function private.mask to web_user;
grant usage on schema private to web_user, web_anon;

-- One whose cast must be asked for: it is none of these.
create domain api.plain as integer;
create function api.plain_shown(api.plain) returns json language sql immutable as $$
    select to_json('never shown'::text)
$$;
create cast (api.plain as json) with function api.plain_shown(api.plain);

create domain api.document as jsonb;
create function api.document_shown(api.document) returns json language sql immutable as $$
    select ($1::jsonb - 'secret')::json
$$;
create cast (api.document as json) with function api.document_shown(api.document) as implicit;

create table api.paint (
    id int primary key,
    name text,
    shade api.color default 255,
    gloss api.plain,
    facts api.document,
    words tsvector generated always as (to_tsvector('english', coalesce(name, ''))) stored
);
insert into api.paint values
    (1, 'Blue horses', 255, 1, '{"a": {"b": 1}, "secret": 2}'),
    (2, 'Green horse', 65280, 2, null),
    (3, 'Des chevaux', null, null, null);
create view api.bright with (security_invoker) as
select id, shade, (shade / 2)::api.color as half from api.paint;
create table api.wall (id int primary key, paint int references api.paint, note json, motto varchar(40));
insert into api.wall values
    (10, 1, '{"text": "a running dog"}', 'walls run'),
    (11, 2, '{"text": "cats"}', null),
    (12, null, null, 'silent');
create table api.person (id int primary key, code api.masked);
insert into api.person values (1, 'secret');

create function api.label(api.paint) returns text language sql stable as $$
    select upper($1.name)
$$;
create function api.label(api.wall) returns text language sql stable as $$
    select 'wall ' || $1.id
$$;
create function api.half_shade(api.paint) returns api.color language sql stable as $$
    select ($1.shade / 2)::api.color
$$;
create function api.paints() returns setof api.paint language sql stable as $$
    select * from api.paint
$$;
create function api.one_paint() returns api.paint language sql stable as $$
    select p from api.paint p where p.id = 2
$$;

grant select on api.paint, api.wall, api.bright, api.person to web_anon, web_user;
grant insert, update, delete on api.paint to web_user;

-- Relations of which roles may read some columns, or none.
create table api.team (id int primary key, title text, budget int);
create table api.staff (
    id int primary key,
    name text,
    salary int,
    shade api.color default 255,
    team int references api.team
);
insert into api.team values (1, 'red', 1000), (2, 'blue', 2000);
insert into api.staff values (1, 'Ann', 100, 255, 1), (2, 'Bob', 200, 0, 2);
create view api.payroll as select id, salary from api.staff;
create view api.own_rights with (security_invoker) as select id, salary from api.staff;
create function api.all_staff() returns setof api.staff language sql stable security definer
set search_path = '' as $$
    select * from api.staff
$$;
create function api.staff_as_caller() returns setof api.staff language sql stable as $$
    select * from api.staff
$$;
create function api.initial(api.staff) returns text language sql stable as $$
    select left($1.name, 1)
$$;
create function api.boss(api.team) returns setof api.staff rows 1 language sql stable security definer
set search_path = '' as $$
    select * from api.staff where team = $1.id order by salary desc limit 1
$$;
grant select (id, name, shade, team), insert, update (name, salary, shade), delete on api.staff to web_user;
grant select on api.staff to web_anon;
grant select (id, title) on api.team to web_user, web_stranger;
grant select (id) on api.payroll to web_user;
grant select on api.own_rights to web_user;

-- A pre-request function: it makes the caller another role, and remembers who wrote.
create table api.visit (id int generated always as identity primary key);
create function api.become() returns void language plpgsql security definer as $$
begin
    if current_setting('transaction_read_only') = 'off' then
        insert into api.visit default values;
    end if;
end
$$;
create function api.switch_role() returns void language plpgsql as $$
begin
    perform api.become();
    perform set_config('role', current_setting('request.headers')::json ->> 'x-role', true);
end
$$;
