-- Policies of every kind: own rows, rows for everybody, rows of those that one leads, rows taken away from all.
create role web_lead nologin in role web_user;
grant web_lead to web_authenticator;
grant usage on schema api to web_lead;

create function private.me() returns text stable language sql
as $$ select nullif(current_setting('request.jwt.claims', true), '')::json ->> 'name' $$;
grant execute on function private.me() to public;

create table api.job (id int primary key, owner text, boss text, state text, secret boolean not null default false);
alter table api.job enable row level security;
create policy select_own on api.job for select to web_user using (owner = (select private.me()));
create policy select_public on api.job for select using (state = 'public');
create policy select_led on api.job for select to web_lead
using (boss = (select current_setting('request.jwt.claims', true)::json ->> 'name'));
create policy hide_secret on api.job as restrictive for select to web_user
using (not secret or (select current_setting('request.jwt.claims', true)::json ->> 'cleared') = 'yes');
create policy insert_own on api.job for insert to web_user with check (owner = (select private.me()));
create policy update_own on api.job for update to web_user
using (owner = (select private.me())) with check (owner = (select private.me()));
create policy delete_closed on api.job for delete to web_user using (state = 'closed');
create policy all_stranger on api.job to web_stranger using (true) with check (true);

-- Follows its job, under the policies of jobs.
create table api.task (id int primary key, job int references api.job, done boolean not null default false);
alter table api.task enable row level security;
create policy select_job on api.task for select to web_user using (exists (select from api.job as j where j.id = job));

create table api.broken (id int primary key);
insert into api.broken select generate_series(1, 7);
alter table api.broken enable row level security;
create policy select_never on api.broken for select to web_user using (false);

create table api.bare (id int primary key);
insert into api.bare select generate_series(1, 3);
alter table api.bare enable row level security;

-- Its policy takes the whole row.
create table api.whole (id int primary key, owner text);
insert into api.whole values (1, 'ann'), (2, 'bob');
create function private.is_mine(api.whole) returns boolean stable language sql as $$ select $1.owner = private.me() $$;
grant execute on function private.is_mine to public;
alter table api.whole enable row level security;
create policy select_mine on api.whole for select to web_user using (private.is_mine(whole));

create view api.job_seen with (security_invoker) as select id, state from api.job;
-- Read as its owner, a superuser here.
create view api.job_counted as select state, count(*) as jobs from api.job group by state;
create function api.jobs(only_state text default null) returns setof api.job stable language sql
as $$ select * from api.job where only_state is null or state = only_state $$;
create function api.count_jobs() returns bigint stable language plpgsql
as $$ begin return (select count(*) from api.job); end $$;

-- As random as a seed says.
create procedure private.fill(seed float8) language plpgsql as $$
begin
    delete from api.task;
    delete from api.job;
    perform setseed(seed);
    insert into api.job
    select n, (array['ann', 'bob', 'eve', null])[1 + floor(random() * 4)::int],
        (array['ann', 'zoe', null])[1 + floor(random() * 3)::int],
        (array['open', 'closed', 'public'])[1 + floor(random() * 3)::int], random() < 0.3
    from generate_series(1, 60) as n;
    insert into api.task
    select n, nullif(floor(random() * 61)::int, 0), random() < 0.5 from generate_series(1, 120) as n;
end $$;
call private.fill(0.1);

grant select on api.job, api.task, api.broken, api.bare, api.whole, api.job_seen, api.job_counted to web_user, web_anon, web_stranger;
grant insert, update, delete on api.job to web_user;
