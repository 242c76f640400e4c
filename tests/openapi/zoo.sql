-- A schema with something of everything that a description speaks of. `web_` as in the fixture.
create schema zoo;
comment on schema zoo is $$Zoo API

Animals and
those who feed them.$$;
grant usage on schema zoo to web_anon, web_user;

create type zoo.mood as enum ('calm', 'wild');
create domain zoo.short_name as varchar(20) not null;
create type zoo.place as (house text, cage int);

create table zoo.keeper (
    id int primary key,
    name zoo.short_name,
    code varchar(8) default 'none',
    salary numeric
);
comment on table zoo.keeper is $$Keepers

They feed
the animals.$$;
comment on column zoo.keeper.id is 'Their number';

create table zoo.animal (
    id bigint generated always as identity primary key,
    keeper_id int references zoo.keeper,
    mood zoo.mood default 'calm',
    born date not null default '2020-02-02',
    fur text[],
    weights numeric[] not null default '{}',
    at zoo.place,
    notes jsonb,
    tag uuid,
    seen timestamptz,
    weight float8,
    is_tame boolean default false,
    doubled int generated always as (2) stored
);
create view zoo.calm_animal with (security_invoker) as
select id, keeper_id, born from zoo.animal where mood = 'calm';
comment on view zoo.calm_animal is 'One line.';
create view zoo.animal_count as select count(*) from zoo.animal;

-- Nobody was granted this.
create table zoo.safe (combination text);
create function zoo.open_safe() returns text language sql stable as $$ select 'open'::text $$;
revoke execute on function zoo.open_safe() from public;

create function zoo.feed(animal bigint, food text default 'hay', amount int default 1)
returns void language sql as $$ select $$;
comment on function zoo.feed is $$Feeds one

Hay, if nothing is said.$$;
create function zoo.wild(near zoo.place default null, variadic moods text[] default '{}')
returns setof zoo.animal language sql stable as $$ select * from zoo.animal $$;
create function zoo.weigh(id int) returns numeric language sql stable as $$ select 1.5 $$;
create function zoo.weigh(id int, at date) returns numeric language sql stable as $$ select 2.5 $$;
create function zoo.census() returns table (mood zoo.mood, heads bigint)
language sql stable as $$ select mood, count(*) from zoo.animal group by mood $$;
create function zoo.echo(jsonb) returns jsonb language sql immutable as $$ select $1 $$;
-- Two parameters without names cannot be called.
create function zoo.unnamed(int, int) returns int language sql immutable as $$ select 1 $$;
create function zoo.root() returns json language sql stable as $$ select '{"mine": true}'::json $$;

grant select on zoo.keeper, zoo.calm_animal, zoo.animal_count to web_anon;
-- Not the salary.
revoke select on zoo.keeper from web_anon;
grant select (id, name, code) on zoo.keeper to web_anon;
grant select, insert, update, delete on zoo.animal to web_user;
grant select, insert (id, name), update (name) on zoo.keeper to web_user;

insert into zoo.keeper values (1, 'Ann'), (2, 'Bob');
insert into zoo.animal (keeper_id, mood, fur) values (1, 'wild', '{red}'), (2, 'calm', null);
