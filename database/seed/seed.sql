-- Demo data: 50 clients, 15 team members, 14 ticket types and as many tickets as asked for, over the
-- months January to November 2025, in the shape of the assignment's own data.
--
-- Runs as desk_owner in one transaction, on empty tables, with two settings:
--     seed.tickets   how many tickets
--     seed.number    which of the possible worlds
-- Every random choice is a hash of (seed number, what is chosen, row), so the same two settings give
-- the same rows, whatever the plan, the parallelism and the order of rows.
--
-- Not in the assignment's data, added so that every column can be tried: about 2 % of the tickets
-- are open and unassigned (the queue), some messages are internal notes, some tickets have a
-- collaborator, tags, a channel.

-- step: Preparing
-- days and months are added in UTC wherever this runs
set local timezone = 'UTC';
set local datestyle = 'ISO';
set local work_mem = '64MB';
set local maintenance_work_mem = '256MB';
set local client_min_messages = warning;
do $$
begin
    if exists (select from public.tickets)
        or exists (select from public.clients)
        or exists (select from public.team_members)
        or exists (select from public.ticket_types)
    then
        raise exception 'the database already holds tickets, clients, team members or ticket types'
            using errcode = 'object_not_in_prerequisite_state',
                hint = 'Demo data goes into an empty database only: make a new one, or empty the tables with "truncate clients, team_members, ticket_types restart identity cascade".';
    end if;
    -- sequences do not roll back: an attempt that failed must not move the ids of this one
    truncate public.clients, public.team_members, public.ticket_types restart identity cascade;
    -- promises that the desk has made already stay, and hold for the tickets to come
    if not exists (select from public.sla_policies) and not exists (select from public.business_calendars) then
        truncate public.business_calendars, public.sla_policies restart identity cascade;
    end if;

    -- Uniform in [0, 1), the same for the same (row, topic). The seed number is written into the
    -- body: a setting read in it would be read for every row.
    execute format(
        $f$
        create or replace function pg_temp.uniform(item bigint, topic text)
        returns double precision
        language sql
        immutable
        parallel safe
        return (hashint8extended(item, hashtextextended(topic, %s)) & 9007199254740991)::double precision / 9007199254740992
        $f$,
        current_setting('seed.number')::bigint
    );
    create or replace function pg_temp.one_of(choices text[], item bigint, topic text)
    returns text
    language sql
    immutable
    parallel safe
    return choices[1 + floor(pg_temp.uniform(item, topic) * cardinality(choices))::integer];
end
$$;

-- step: People and ticket types
insert into public.clients (id, client_name, email, status, plan_type, monthly_budget, created_at, updated_at)
select
    c.id,
    c.name,
    'support@' || replace(lower(c.name), ' ', '-') || '.example',
    case when pg_temp.uniform(c.id, 'client status') < 0.92 then 'active' else 'inactive' end,
    c.plan,
    case c.plan when 'starter' then 500 when 'professional' then 2000 else 10000 end
    + 50 * floor(pg_temp.uniform(c.id, 'client budget') * 20),
    c.joined,
    c.joined
from (
    select
        n as id,
        (array['Amber', 'Birch', 'Cobalt', 'Dune', 'Ember', 'Fjord', 'Garnet', 'Harbor', 'Indigo', 'Juniper'])[1 + (n - 1) % 10]
        || ' '
        || (array['Logistics', 'Robotics', 'Textiles', 'Foods', 'Analytics'])[1 + (n - 1) / 10] as name,
        case
            when pg_temp.uniform(n, 'client plan') < 0.4 then 'starter'
            when pg_temp.uniform(n, 'client plan') < 0.8 then 'professional'
            else 'enterprise'
        end as plan,
        -- five clients join every month, each shortly before its first ticket can come
        timestamptz '2024-12-31 09:00:00+00' + interval '1 month' * ((n - 1) / 5) as joined
    from generate_series(1, 50) as n
) as c;

insert into public.client_contacts (
    id, client_id, first_name, last_name, email, communication_channels, preferred_language, created_at, updated_at
)
select
    row_number() over (order by p.client_id, p.nth),
    p.client_id,
    p.first_name,
    p.last_name,
    lower(p.first_name) || '.' || lower(p.last_name) || p.nth || substr(p.email, strpos(p.email, '@')),
    case when pg_temp.uniform(p.item, 'contact channels') < 0.5 then '{email}' else '{email,chat}' end::text[],
    pg_temp.one_of('{en,en,en,de,es,fr}', p.item, 'contact language'),
    p.created_at,
    p.created_at
from (
    select
        c.id as client_id,
        c.email,
        c.created_at,
        nth,
        c.id * 10 + nth as item,
        pg_temp.one_of('{Ada,Bruno,Clara,Dmitri,Elif,Farid,Greta,Hugo,Ines,Jonas,Kaya,Lena}', c.id * 10 + nth, 'contact first name') as first_name,
        pg_temp.one_of('{Albers,Benitez,Castellan,Dorn,Eriksen,Fontaine,Grabowski,Hollis,Ivanek,Jansen,Kowal,Lund}', c.id * 10 + nth, 'contact last name') as last_name
    from public.clients as c
    cross join generate_series(1, 2) as nth
    where nth = 1
        or pg_temp.uniform(c.id, 'second contact') < 0.5
) as p;

insert into public.team_members (
    id, username, email, department, status, created_at, first_name, last_name, role, skills, languages, timezone, updated_at
)
select
    m.id,
    lower(m.first_name || '.' || m.last_name),
    lower(m.first_name || '.' || m.last_name) || '@rowdesk.example',
    m.department,
    m.status,
    timestamptz '2024-01-08 09:00:00+00' + interval '17 days' * m.id,
    m.first_name,
    m.last_name,
    m.role,
    m.skills::text[],
    m.languages::text[],
    m.timezone,
    timestamptz '2024-01-08 09:00:00+00' + interval '17 days' * m.id
from (
    values
        (1, 'Mira', 'Okonkwo', 'support', 'active', 'admin', '{onboarding,billing}', '{en,fr}', 'Europe/Berlin'),
        (2, 'Tomas', 'Vega', 'support', 'active', 'support_agent', '{onboarding}', '{en,es}', 'America/Bogota'),
        (3, 'Priya', 'Raman', 'support', 'active', 'support_agent', '{api,integrations}', '{en,hi}', 'Asia/Kolkata'),
        (4, 'Jonah', 'Whitfield', 'support', 'active', 'support_agent', '{billing}', '{en}', 'America/New_York'),
        (5, 'Saskia', 'de Boer', 'support', 'active', 'support_agent', '{onboarding,exports}', '{en,nl,de}', 'Europe/Amsterdam'),
        (6, 'Kenji', 'Arai', 'support', 'active', 'support_agent', '{integrations}', '{en,ja}', 'Asia/Tokyo'),
        (7, 'Leila', 'Haddad', 'support', 'active', 'support_agent', '{accounts,security}', '{en,ar,fr}', 'Africa/Tunis'),
        (8, 'Owen', 'Pritchard', 'support', 'inactive', 'support_agent', '{accounts}', '{en}', 'Europe/London'),
        (9, 'Bianca', 'Moretti', 'support', 'active', 'support_agent', '{onboarding}', '{en,it}', 'Europe/Rome'),
        (10, 'Stellan', 'Nyberg', 'technical', 'active', 'manager', '{api,performance}', '{en,sv}', 'Europe/Stockholm'),
        (11, 'Amara', 'Diallo', 'technical', 'active', 'manager', '{security,api}', '{en,fr}', 'Africa/Dakar'),
        (12, 'Viktor', 'Horvat', 'technical', 'active', 'support_agent', '{performance}', '{en,hr,de}', 'Europe/Zagreb'),
        (13, 'Noor', 'Siddiqui', 'technical', 'active', 'support_agent', '{integrations,exports}', '{en,ur}', 'Asia/Karachi'),
        (14, 'Hazel', 'Brandt', 'finance', 'active', 'manager', '{billing,refunds}', '{en,de}', 'Europe/Berlin'),
        (15, 'Rafael', 'Antunes', 'finance', 'active', 'manager', '{billing}', '{en,pt}', 'America/Sao_Paulo')
) as m (id, first_name, last_name, department, status, role, skills, languages, timezone);

insert into public.ticket_types (id, type_name, department, priority, avg_resolution_hours)
values
    (1, 'Account Access', 'support', 'high', 8),
    (2, 'Billing Question', 'finance', 'medium', 24),
    (3, 'Bug Report', 'technical', 'high', 36),
    (4, 'Cancellation', 'finance', 'medium', 24),
    (5, 'Data Export', 'support', 'low', 24),
    (6, 'Feature Request', 'support', 'low', 48),
    (7, 'Integration Help', 'technical', 'medium', 30),
    (8, 'Onboarding', 'support', 'medium', 24),
    (9, 'Outage', 'technical', 'urgent', 4),
    (10, 'Password Reset', 'support', 'high', 2),
    (11, 'Performance', 'technical', 'high', 24),
    (12, 'Plan Change', 'finance', 'low', 12),
    (13, 'Refund', 'finance', 'high', 16),
    (14, 'Training', 'support', 'low', 40);

insert into public.custom_fields (name, label, kind, choices, sort)
values ('browser', 'Browser', 'choice', '{Chrome,Edge,Firefox,Safari}', 10)
on conflict (name) do nothing;

-- step: Service levels
-- Urgent tickets and enterprise clients are answered round the clock, the rest in the office's hours.
do $$
begin
    if exists (select from public.sla_policies) or exists (select from public.business_calendars) then
        return;
    end if;
    insert into public.business_calendars (name, timezone) values ('Office', 'Europe/Berlin');
    insert into public.business_holidays (calendar_id, day, name)
    select 1, make_date(year, h.month, h.day), h.name
    from generate_series(2024, 2028) as year
    cross join (
        values
            (1, 1, 'New Year'),
            (5, 1, 'Labour Day'),
            (10, 3, 'Unity Day'),
            (12, 25, 'Christmas Day'),
            (12, 26, 'Boxing Day')
    ) as h (month, day, name);
    insert into public.business_hours (calendar_id, weekday, opens, closes)
    select 1, weekday, h.opens, h.closes
    from generate_series(1, 5) as weekday
    cross join (values (time '09:00', time '12:00'), ('13:00', '18:00')) as h (opens, closes)
    order by weekday, h.opens;
    insert into public.sla_policies (
        name, priority, plan_type, calendar_id,
        first_response_minutes, next_response_minutes, resolution_minutes, warn_before_minutes
    )
    values
        ('Urgent', 'urgent', null, null, 240, 480, 1440, 30),
        ('High', 'high', null, 1, 240, 480, 960, 60),
        ('Medium', 'medium', null, 1, 480, 960, 1440, 60),
        ('Low', 'low', null, 1, 960, 1920, 2880, 120),
        ('Urgent, enterprise', 'urgent', 'enterprise', null, 120, 240, 960, 15),
        ('High, enterprise', 'high', 'enterprise', null, 360, 720, 2160, 30);
end
$$;

-- step: Accounts
-- Everybody of the team and every contact of a client may sign in, all with the password rowdesk-demo,
-- which is no secret: never seed a desk that others can reach. Who is inactive is disabled.
insert into auth.accounts (
    id, email, password_hash, password_set_at, email_confirmed_at, status, role, client_id, team_member_id, created_at, updated_at
)
select
    md5('account ' || current_setting('seed.number') || ' ' || p.email)::uuid,
    p.email,
    '$argon2id$v=19$m=19456,t=2,p=1$TRyNMjKWjMmD6MVJ2by9GQ$5hPT1QiieufeGaJ6f15c3x4lgHflejSxgUTUNDuBTEo',
    p.created_at,
    p.created_at,
    p.status,
    p.role,
    p.client_id,
    p.team_member_id,
    p.created_at,
    p.created_at
from (
    select
        m.email,
        case m.status when 'active' then 'active' else 'disabled' end as status,
        case m.role when 'support_agent' then 'desk_agent' else 'desk_' || m.role end as role,
        null as client_id,
        m.id as team_member_id,
        m.created_at
    from public.team_members as m
    union all
    select
        k.email,
        case c.status when 'active' then 'active' else 'disabled' end,
        'desk_client',
        c.id,
        null,
        k.created_at
    from public.client_contacts as k
    join public.clients as c on c.id = k.client_id
) as p
-- those who had one before the tables were emptied keep it
on conflict (email) do nothing;

-- Who writes: each member of the team (a negative key), the first contact of each client, the desk itself.
create temporary table authors on commit drop as
select
    -m.id as key, a.id as account_id, m.id as team_member_id, 'agent' as role, m.first_name, m.last_name,
    '40008000' || lpad(to_hex(current_setting('seed.number')::bigint), 12, '0') as event_suffix
from public.team_members as m
join auth.accounts as a on a.email = m.email
union all
(
    select distinct on (k.client_id)
        k.client_id, a.id, null, 'customer', k.first_name, k.last_name,
        '40008000' || lpad(to_hex(current_setting('seed.number')::bigint), 12, '0')
    from public.client_contacts as k
    join auth.accounts as a on a.email = k.email
    order by k.client_id, k.id
)
union all
-- what nobody does
select 0, null, null, 'system', null, null, '40008000' || lpad(to_hex(current_setting('seed.number')::bigint), 12, '0');
analyze authors;

-- step: Lifting triggers, indexes and foreign keys
-- A million rows load several times faster without them; they come back, word for word, at the end.
-- Checks and primary keys stay, but for that of the history. The rows bring what the triggers would stamp.
create temporary table lifted on commit drop as
select
    0 as nth,
    format('alter table public.%I disable trigger user', t.name) as lift,
    format('alter table public.%I enable trigger user', t.name) as restore,
    t.name::text as name
from (values ('tickets'), ('ticket_messages'), ('ticket_feedback'), ('ticket_assignees'), ('sla_clocks')) as t (name)
union all
select
    1,
    format('alter table %s drop constraint %I', c.conrelid::regclass, c.conname),
    format('alter table %s add constraint %I %s', c.conrelid::regclass, c.conname, pg_get_constraintdef(c.oid)),
    c.conname
from pg_catalog.pg_constraint as c
where c.contype = 'f'
    and c.conrelid in (
        'public.tickets'::regclass,
        'public.ticket_messages'::regclass,
        'public.ticket_feedback'::regclass,
        'public.ticket_assignees'::regclass,
        'public.ticket_events'::regclass,
        'public.sla_clocks'::regclass
    )
    -- uuids come in no order: a key that is kept while they come costs more than one made at the end
    or c.contype = 'p'
    and c.conrelid = 'public.ticket_events'::regclass
union all
select
    2,
    format('drop index %s', i.indexrelid::regclass),
    pg_get_indexdef(i.indexrelid)
    || coalesce(format('; comment on index %s is %L', i.indexrelid::regclass, obj_description(i.indexrelid, 'pg_class')), ''),
    i.indexrelid::regclass::text
from pg_catalog.pg_index as i
where i.indrelid in (
        'public.tickets'::regclass,
        'public.ticket_messages'::regclass,
        'public.ticket_feedback'::regclass,
        'public.ticket_events'::regclass,
        'public.sla_clocks'::regclass
    )
    and not exists (select from pg_catalog.pg_constraint as c where c.conindid = i.indexrelid);

do $$
declare
    item record;
begin
    for item in select lift from lifted order by nth, name loop
        execute item.lift;
    end loop;
end
$$;

-- step: Tickets
-- Which policy holds for whom: the plan's own before that for any plan.
create temporary table promised on commit drop as
select distinct on (c.id, p.priority)
    c.id as client_id,
    p.priority::varchar as priority,
    p.id as policy_id,
    p.calendar_id,
    p.first_response_minutes * 60 as first_response,
    p.next_response_minutes * 60 as next_response,
    p.resolution_minutes * 60 as resolution,
    p.warn_before_minutes * 60 as warn_before
from public.clients as c
join public.sla_policies as p on p.is_active and coalesce(p.plan_type, c.plan_type) = c.plan_type
order by c.id, p.priority, p.plan_type nulls last;
analyze promised;
analyze ops.business_intervals;

insert into public.tickets (
    id, client_id, assigned_to, ticket_type_id, status, priority, title, description, tags,
    custom_fields, source_channel, created_by, created_at, first_assigned_at, first_response_at, resolved_at, rating, updated_at,
    first_response_due_at, resolution_due_at, sla_state, sla_warn_at, sla_due_at, reopen_count, answers, promises
)
select
    t.id,
    t.client_id,
    t.assigned_to,
    t.ticket_type_id,
    t.status,
    t.priority,
    y.titles[1 + floor(pg_temp.uniform(t.item, 'title') * 3)::integer],
    y.description || ' ' || pg_temp.one_of(
        '{It started this morning.,It has happened twice this week.,"A colleague sees the same.",It is not urgent for us.,"Please call before noon.","We tried a second browser."}',
        t.item,
        'description'
    ),
    case
        when pg_temp.uniform(t.item, 'tags') < 0.4 then array[y.tag]
        when pg_temp.uniform(t.item, 'tags') < 0.6 then array[y.tag, pg_temp.one_of('{vip,renewal,mobile,sso,invoice}', t.item, 'second tag')]
        when pg_temp.uniform(t.item, 'tags') < 0.7 then array['vip']
        else '{}'
    end,
    case
        when pg_temp.uniform(t.item, 'custom fields') < 0.1
            then jsonb_build_object('browser', pg_temp.one_of('{Firefox,Chrome,Safari}', t.item, 'browser'))
        else '{}'
    end,
    pg_temp.one_of('{email,email,email,web,web,portal,portal,chat,widget,api}', t.item, 'channel'),
    w.account_id,
    t.created_at,
    -- somebody took it, then answered
    t.created_at + (t.first_response_at - t.created_at) * pg_temp.uniform(t.id, 'taken'),
    t.first_response_at,
    t.resolved_at,
    -- about 60 % of the resolved are rated 3 to 5, about 6 % 1 or 2
    case
        when t.resolved_at is null or pg_temp.uniform(t.item, 'feedback') >= 0.66 then null
        when pg_temp.uniform(t.item, 'feedback') < 0.60 then 3 + floor(pg_temp.uniform(t.item, 'rating') * 3)
        else 1 + floor(pg_temp.uniform(t.item, 'rating') * 2)
    end,
    greatest(t.created_at, t.first_response_at, t.resolved_at),
    due.first_response,
    due.resolution,
    case
        when t.resolved_at is null then case when coalesce(due.first_response, due.resolution) is not null then 'running' end
        when t.first_response_at > due.first_response or t.resolved_at > due.resolution then 'missed'
        when coalesce(due.first_response, due.resolution) is not null then 'met'
    end,
    least(due.warn_first_response, due.warn_resolution),
    case when t.resolved_at is null then least(case when t.first_response_at is null then due.first_response end, due.resolution) end,
    (t.resolved_at is not null and t.id <= 40000 and pg_temp.uniform(t.id, 'reopened') < 0.04)::integer,
    -- the second message, and the third where it is staff's
    case
        when t.assigned_to is null then 0
        when pg_temp.uniform(t.id, 'third') >= 0.5 then 1
        when pg_temp.uniform(t.id, 'third author') < 0.45 or pg_temp.uniform(t.id, 'third author') >= 0.85 then 1
        else 2
    end,
    analytics.promise(
        'first_response', p.first_response, due.first_response, coalesce(t.first_response_at, t.resolved_at),
        t.first_response_at is not null, case when due.first_response < now() then due.first_response end
    )
    + analytics.promise(
        'resolution', p.resolution, due.resolution, t.resolved_at,
        t.resolved_at is not null, case when due.resolution < now() then due.resolution end
    )
from (
    select
        s.*,
        s.created_at + make_interval(secs => s.resolution) as resolved_at,
        case
            when s.assigned_to is not null then s.created_at + make_interval(
                secs => floor(pg_temp.uniform(s.item, 'first response') * least(s.resolution / 2, 8 * 3600))
            )
        end as first_response_at
    from (
        select
            c.*,
            case
                when c.status = 'open' and pg_temp.uniform(c.item, 'unassigned') < 0.444 then null
                else 1 + floor(pg_temp.uniform(c.item, 'agent') * 15)::integer
            end as assigned_to,
            case
                when c.status = 'resolved' then floor(pg_temp.uniform(c.item, 'resolution') * 48 * 3600)
            end as resolution
        from (
            select
                row_number() over (order by r.created_at, r.item)::integer as id,
                r.item,
                r.created_at,
                1 + floor(pg_temp.uniform(r.item, 'client') * least(5 * r.month, 50))::integer as client_id,
                1 + floor(pg_temp.uniform(r.item, 'type') * 14)::integer as ticket_type_id,
                case
                    when pg_temp.uniform(r.item, 'resolved') < 0.70 then 'resolved'
                    when pg_temp.uniform(r.item, 'in progress') < 0.85 then 'in_progress'
                    else 'open'
                end as status,
                case
                    when pg_temp.uniform(r.item, 'urgent') < 0.10 then 'urgent'
                    when pg_temp.uniform(r.item, 'high') < 0.35 then 'high'
                    when pg_temp.uniform(r.item, 'medium') < 0.70 then 'medium'
                    else 'low'
                end as priority
            from (
                select
                    m.month,
                    item,
                    m.begins
                    + make_interval(
                        days => floor(pg_temp.uniform(item, 'day') * m.days)::integer,
                        -- the mean of two: more at noon than at midnight
                        secs => floor((pg_temp.uniform(item, 'time') + pg_temp.uniform(item, 'time again')) / 2 * 86400)
                    ) as created_at
                from (
                    select
                        n as month,
                        make_timestamptz(2025, n, 1, 0, 0, 0, 'UTC') as begins,
                        date_part('day', make_timestamp(2025, n + 1, 1, 0, 0, 0) - make_timestamp(2025, n, 1, 0, 0, 0)) as days,
                        -- month n has 1060 + 140 n of 20,900 tickets; the whole part of each running total
                        -- makes the months add up to exactly what was asked for
                        current_setting('seed.tickets')::bigint * (1060 * n + 70 * n * (n + 1)) / 20900 as up_to,
                        current_setting('seed.tickets')::bigint * (1060 * (n - 1) + 70 * n * (n - 1)) / 20900 as after
                    from generate_series(1, 11) as n
                ) as m
                cross join lateral generate_series(m.after + 1, m.up_to) as item
            ) as r
        ) as c
    ) as s
) as t
join (
    values
        (1, array['Cannot sign in', 'Account locked', 'New colleague has no access'], 'The sign-in page sends us back to the start.', 'access'),
        (2, array['Question about the last invoice', 'Wrong VAT number', 'Two charges in one month'], 'The invoice does not match our records.', 'billing'),
        (3, array['Report shows the wrong total', 'Error when saving', 'Button does nothing'], 'The page answers with an error after we save.', 'bug'),
        (4, array['Please cancel our plan', 'Cancel at the end of the term', 'How do we cancel?'], 'We would like to end the contract.', 'churn'),
        (5, array['Export of last year', 'CSV export is empty', 'Export stops half-way'], 'We need our data as a file.', 'export'),
        (6, array['Dark mode', 'Weekly summary by mail', 'More than one filter'], 'This would save us an hour a day.', 'idea'),
        (7, array['Webhook does not arrive', 'Connect our ERP', 'API key rejected'], 'The other system does not receive our events.', 'integration'),
        (8, array['First steps', 'Import our contacts', 'Set up the team'], 'We are new and want to begin well.', 'onboarding'),
        (9, array['Nothing loads', 'Dashboard unreachable', 'All requests fail'], 'Nobody here can work at the moment.', 'outage'),
        (10, array['Reset mail never comes', 'Link has expired', 'Forgot the password'], 'The reset link does not work.', 'access'),
        (11, array['Lists take ten seconds', 'Slow since Monday', 'Search times out'], 'Pages are much slower than last week.', 'performance'),
        (12, array['Upgrade our plan', 'Change to yearly billing', 'Fewer seats'], 'We would like to change our plan.', 'billing'),
        (13, array['Refund for a double charge', 'Refund after cancellation', 'Credit note needed'], 'Please refund the amount.', 'refund'),
        (14, array['Training for five people', 'Recording of the course', 'Advanced reports course'], 'We would like to learn more.', 'training')
) as y (ticket_type_id, titles, description, tag) using (ticket_type_id)
join authors as w on w.key = t.client_id
left join promised as p on p.client_id = t.client_id and p.priority = t.priority
-- "offset 0": worked out once, however often it is named
cross join lateral (
    select
        (select u from ops.worked_until(p.calendar_id, w.worked + p.first_response * 1000000::bigint) as u) as first_response,
        (select u from ops.worked_until(p.calendar_id, w.worked + p.resolution * 1000000::bigint) as u) as resolution,
        case
            when t.resolved_at is null and t.first_response_at is null
                then (select u from ops.worked_until(p.calendar_id, w.worked + greatest(p.first_response - p.warn_before, 1) * 1000000::bigint) as u)
        end as warn_first_response,
        case
            when t.resolved_at is null
                then (select u from ops.worked_until(p.calendar_id, w.worked + greatest(p.resolution - p.warn_before, 1) * 1000000::bigint) as u)
        end as warn_resolution
    from (select a.worked from ops.worked(p.calendar_id, t.created_at) as a (worked) offset 0) as w
    offset 0
) as due;

-- step: Messages
insert into public.ticket_messages (
    id, ticket_id, from_client, from_team_member_id, is_internal, is_question, created_by, message_text, created_at
)
select
    -- with gaps, where a ticket has no third message: counting would sort millions of rows
    (m.ticket_id - 1) * 3 + m.nth,
    m.ticket_id,
    m.author = 'client',
    case when m.author <> 'client' then m.assigned_to end,
    m.author = 'note',
    m.is_question,
    w.account_id,
    case
        when m.nth = 1 then m.description
        when m.is_question then 'Could you tell us when this happened last?'
        when m.author = 'note' then pg_temp.one_of('{"Same cause as last week.",Waiting for the technical team.,"Asked finance to look at it."}', m.item, 'note')
        when m.author = 'staff' and m.nth = 2 then pg_temp.one_of('{"Thank you for writing, I am looking into it.","I can see the problem and will come back to you today.","Could you tell us when this happened last?"}', m.item, 'answer')
        when m.author = 'staff' then pg_temp.one_of('{"This is done now, please have a look.","We have found the cause and corrected it.","Here is how to do it, step by step."}', m.item, 'answer')
        else pg_temp.one_of('{"Thank you, that helps.","It still happens here.","Any news on this?"}', m.item, 'reply')
    end,
    case m.nth
        when 1 then m.created_at
        when 2 then m.second_at
        else m.second_at + make_interval(secs => floor(
            pg_temp.uniform(m.item, 'third message') * m.seconds_left
        ))
    end
from (
    select
        t.id as ticket_id,
        t.assigned_to,
        t.client_id,
        t.description,
        t.created_at,
        nth,
        t.id::bigint * 4 + nth as item,
        -- staff first answer with the second message; nobody answers a ticket that is nobody's
        coalesce(t.first_response_at, t.created_at + interval '2 hours') as second_at,
        coalesce(date_part('epoch', t.resolved_at - t.first_response_at), 86400) as seconds_left,
        case
            when nth = 1 or t.assigned_to is null then 'client'
            when nth = 2 then 'staff'
            when pg_temp.uniform(t.id, 'third author') < 0.45 then 'client'
            when pg_temp.uniform(t.id, 'third author') < 0.85 then 'staff'
            else 'note'
        end as author,
        -- answered by the third message
        nth = 2
        and t.resolved_at is not null
        and t.reopen_count = 0
        and t.id <= 40000
        and pg_temp.uniform(t.id, 'third') < 0.5
        and pg_temp.uniform(t.id, 'third author') < 0.45
        and pg_temp.uniform(t.id, 'asked') < 0.1 as is_question
    from public.tickets as t
    cross join generate_series(1, 3) as nth
    where nth < 3
        or pg_temp.uniform(t.id, 'third') < 0.5
) as m
join authors as w on w.key = case when m.author = 'client' then m.client_id else -m.assigned_to end;

-- step: Turns
-- Some tickets go another way: they are opened again, wait for an answer, or go on in another ticket. So few
-- that the shape of the data stays what it is, and none beyond the first 40,000: their clocks are made one by one.
update public.tickets as t
set merged_into = o.id,
    status = 'closed',
    closed_at = t.first_response_at + interval '2 days',
    updated_at = t.first_response_at + interval '2 days'
from (
    select client_id, min(id) as id from public.tickets where status = 'in_progress' group by client_id
) as o
where o.client_id = t.client_id
    and t.id <> o.id
    and t.status = 'in_progress'
    and pg_temp.uniform(t.id, 'merged') < 0.005
    and t.id <= 40000;

create temporary table turns on commit drop as
select
    t.id as ticket_id,
    'reopened' as kind,
    t.first_response_at + (t.resolved_at - t.first_response_at) * 0.4 as began_at,
    t.first_response_at + (t.resolved_at - t.first_response_at) * 0.6 as ended_at
from public.tickets as t
where t.reopen_count > 0
union all
select t.id, 'merged', t.closed_at, null
from public.tickets as t
where t.merged_into is not null
union all
select q.ticket_id, 'asked', q.created_at, a.created_at
from public.ticket_messages as q
join public.ticket_messages as a on a.id = q.id + 1
where q.is_question;
analyze turns;

insert into public.sla_pauses (ticket_id, began_at, ended_at)
select w.ticket_id, w.began_at, w.ended_at from turns as w where w.kind in ('reopened', 'asked');

-- step: Clocks
-- What ops.keep_clocks would make of it; a test holds the two against each other. Breaches were noticed
-- five seconds later.
insert into public.sla_clocks (
    ticket_id, metric, started_at, stopped_at, is_done, policy_id, target_seconds, warn_at, due_at, breached_at, recorded_at
)
select
    c.ticket_id,
    c.metric,
    c.started_at,
    c.stopped_at,
    c.is_done,
    case when c.target_seconds is not null then c.policy_id end,
    c.target_seconds,
    case
        when c.stopped_at is null then (
            select u
            from ops.worked(c.calendar_id, c.started_at) as w,
                ops.worked_until(c.calendar_id, w + greatest(c.target_seconds - c.warn_before, 1) * 1000000::bigint) as u
        )
    end,
    c.due_at,
    case when c.due_at < coalesce(c.stopped_at, now()) then c.due_at end,
    case when c.due_at < coalesce(c.stopped_at, now()) then c.due_at + interval '5 seconds' end
from (
    select
        t.id as ticket_id,
        k.metric,
        t.created_at as started_at,
        k.stopped_at,
        k.is_done,
        k.target_seconds,
        k.due_at,
        p.policy_id,
        p.calendar_id,
        p.warn_before
    from public.tickets as t
    join promised as p on p.client_id = t.client_id and p.priority = t.priority
    cross join lateral (
        values
            ('first_response', coalesce(t.first_response_at, t.resolved_at), t.first_response_at is not null, p.first_response, t.first_response_due_at),
            ('resolution', t.resolved_at, t.resolved_at is not null, p.resolution, t.resolution_due_at)
    ) as k (metric, stopped_at, is_done, target_seconds, due_at)
    where k.target_seconds is not null
        and not exists (select from turns as w where w.ticket_id = t.id)
    union all
    -- a client's third message waits for an answer that never comes
    select
        t.id,
        'next_response',
        m.created_at,
        t.resolved_at,
        false,
        p.next_response,
        (
            select u
            from ops.worked(p.calendar_id, m.created_at) as w,
                ops.worked_until(p.calendar_id, w + p.next_response * 1000000::bigint) as u
        ),
        p.policy_id,
        p.calendar_id,
        p.warn_before
    from public.ticket_messages as m
    join public.tickets as t on t.id = m.ticket_id
    left join promised as p on p.client_id = t.client_id and p.priority = t.priority
    where m.from_client
        and m.id % 3 = 0
        and t.first_response_at is not null
        and (t.resolved_at is null or m.created_at < t.resolved_at)
        and not exists (select from turns as w where w.ticket_id = t.id)
) as c;

-- before the indexes come back, that is cheap
update public.tickets as t
set
    next_response_due_at = case when c.stopped_at is null then c.due_at end,
    sla_state = case when c.stopped_at is null then 'running' else 'missed' end,
    promises = t.promises + analytics.promise(c.metric, c.target_seconds, c.due_at, c.stopped_at, c.is_done, c.breached_at),
    sla_warn_at = case when c.stopped_at is null then least(t.sla_warn_at, c.warn_at) end,
    sla_due_at = case when c.stopped_at is null then least(t.sla_due_at, c.due_at) end
from public.sla_clocks as c
where c.ticket_id = t.id
    and c.metric = 'next_response'
    and c.target_seconds is not null
    and (c.stopped_at is null or c.breached_at is not null);

-- What turned is promised something else: the function that keeps all clocks makes theirs. It reads the messages
-- of a ticket.
do $$
declare
    messages constant text := 'ticket_messages_ticket_id_created_at_idx';
    turned constant integer[] := array(select w.ticket_id from turns as w order by w.ticket_id);
begin
    execute (select l.restore from lifted as l where l.name = messages);
    delete from lifted as l where l.name = messages;
    -- what nobody has counted is planned as if each ticket had ten thousand messages
    analyze public.tickets, public.ticket_messages, public.sla_clocks, public.sla_pauses;
    perform ops.keep_clocks(turned);
    update public.sla_clocks as c
    set recorded_at = c.breached_at + interval '5 seconds'
    where c.ticket_id = any (turned)
        and c.breached_at is not null;
end
$$;

-- step: Feedback
insert into public.ticket_feedback (id, ticket_id, rating, feedback_text, created_at, updated_at)
select
    row_number() over (order by f.ticket_id),
    f.ticket_id,
    f.rating,
    (array['Nobody understood the problem.', 'It took far too long.', 'It works again.', 'Good help, thank you.', 'Quick and friendly!'])[f.rating],
    f.created_at,
    f.created_at
from (
    select
        t.id as ticket_id,
        t.rating,
        t.resolved_at + make_interval(secs => floor(pg_temp.uniform(t.id, 'feedback time') * 72 * 3600)) as created_at
    from public.tickets as t
    where t.rating is not null
) as f
order by f.ticket_id;

-- step: Collaborators
insert into public.ticket_assignees (ticket_id, team_member_id, assigned_at)
select t.id, 1 + (t.assigned_to + floor(pg_temp.uniform(t.id, 'collaborator') * 13)::integer) % 15, t.created_at
from public.tickets as t
where t.assigned_to is not null
    and pg_temp.uniform(t.id, 'collaboration') < 0.03
order by t.id;

-- step: History
-- What the triggers would have written, had all this happened: a ticket is opened by the client, taken
-- by whoever has it now, worked on or resolved, rated; in between they write to each other. A ticket has
-- sixteen numbers: that says the order of what happened at the same moment, whatever the order of rows. Ids
-- that count cost half of random ones. One branch a type: a list of VALUES for each ticket takes three
-- times as long.
insert into public.ticket_events (
    id, seq, ticket_id, created_at, type, visibility, message_id, agent_id, field_name, old_value, new_value, metadata,
    actor_id, actor_team_member_id, actor_role, actor_first_name, actor_last_name
)
overriding system value
select
    (lpad(to_hex(e.seq), 12, '0') || w.event_suffix)::uuid,
    e.seq, e.ticket_id, e.created_at, e.type, e.visibility, e.message_id, e.agent_id,
    case e.type when 'field-changed' then 'merged_into' end, e.old_value, e.new_value, e.metadata,
    w.account_id, w.team_member_id, w.role, w.first_name, w.last_name
from (
    select
        t.id as ticket_id,
        t.id::bigint * 16 as seq,
        t.client_id as author,
        t.created_at,
        'created' as type,
        'public' as visibility,
        null::integer as message_id,
        null::integer as agent_id,
        null::jsonb as old_value,
        jsonb_build_object(
            'client_id', t.client_id,
            'ticket_type_id', t.ticket_type_id,
            'status', 'open',
            'priority', t.priority,
            'title', t.title,
            'description', t.description,
            'tags', t.tags,
            'custom_fields', t.custom_fields,
            'source_channel', t.source_channel,
            'created_by', t.created_by
        ) as new_value,
        '{}'::jsonb as metadata
    from public.tickets as t
    union all
    select
        t.id, t.id::bigint * 16 + 1, -t.assigned_to,
        t.first_assigned_at,
        'assignment-added', 'public', null, t.assigned_to, null, null, '{}'
    from public.tickets as t
    where t.assigned_to is not null
    union all
    select
        t.id, t.id::bigint * 16 + 2, -t.assigned_to, a.assigned_at,
        'assignment-added', 'private', null, a.team_member_id, null, null, '{"collaborator": true}'
    from public.ticket_assignees as a
    join public.tickets as t on t.id = a.ticket_id
    union all
    select
        m.ticket_id,
        -- the three numbers of a ticket's messages
        m.ticket_id::bigint * 16 + 3 + (m.id - 1) % 3,
        case when m.from_client then t.client_id else -m.from_team_member_id end,
        m.created_at,
        case when m.is_internal then 'note-added' else 'message' end,
        case when m.is_internal then 'private' else 'public' end,
        m.id, null, null, null, '{}'
    from public.ticket_messages as m
    join public.tickets as t on t.id = m.ticket_id
    union all
    select
        t.id, t.id::bigint * 16 + 6, -t.assigned_to, coalesce(t.resolved_at, t.first_response_at),
        'status-update', 'public', null, null, '"open"', to_jsonb(t.status), '{}'
    from public.tickets as t
    where t.status <> 'open'
        and not exists (select from turns as w where w.ticket_id = t.id)
    union all
    select
        t.id, t.id::bigint * 16 + k.nth, k.author, k.at, k.type,
        case k.type when 'status-update' then 'public' else 'private' end, null, null, k.old_value, k.new_value, '{}'
    from turns as w
    join public.tickets as t on t.id = w.ticket_id
    cross join lateral (
        values
            ('reopened', 6, -t.assigned_to, w.began_at, 'status-update', '"open"'::jsonb, '"resolved"'::jsonb),
            ('reopened', 11, -t.assigned_to, w.ended_at, 'status-update', '"resolved"', '"open"'),
            ('reopened', 12, -t.assigned_to, t.resolved_at, 'status-update', '"open"', '"resolved"'),
            ('asked', 6, -t.assigned_to, w.began_at, 'status-update', '"open"', '"pending"'),
            ('asked', 11, t.client_id, w.ended_at, 'status-update', '"pending"', '"open"'),
            ('asked', 12, -t.assigned_to, t.resolved_at, 'status-update', '"open"', '"resolved"'),
            ('merged', 6, -t.assigned_to, t.first_response_at, 'status-update', '"open"', '"in_progress"'),
            ('merged', 11, -t.assigned_to, w.began_at, 'status-update', '"in_progress"', '"closed"'),
            ('merged', 12, -t.assigned_to, w.began_at, 'field-changed', null, to_jsonb(t.merged_into))
    ) as k (kind, nth, author, at, type, old_value, new_value)
    where k.kind = w.kind
    union all
    select
        t.id, t.id::bigint * 16 + 7, t.client_id, f.created_at,
        'feedback-added', 'public', null, null, null, jsonb_build_object('rating', f.rating), '{}'
    from public.ticket_feedback as f
    join public.tickets as t on t.id = f.ticket_id
    union all
    select
        c.ticket_id,
        c.ticket_id::bigint * 16 + case c.metric when 'first_response' then 8 when 'next_response' then 9 else 10 end,
        0, c.breached_at, 'sla-breached', 'private', null, null, null, to_jsonb(c.metric), '{}'
    from public.sla_clocks as c
    where c.breached_at is not null
) as e
join authors as w on w.key = e.author;

-- step: Payments
insert into public.payments (id, client_id, amount_usd, payment_type, status, paid_at, created_at)
select
    row_number() over (order by p.created_at, p.client_id, p.nth),
    p.client_id,
    p.amount_usd,
    p.payment_type,
    p.status,
    case when p.status in ('completed', 'refunded') then p.created_at + interval '2 hours' end,
    p.created_at
from (
    select
        c.id as client_id,
        k.*,
        make_timestamptz(2025, month, 1, 8, 0, 0, 'UTC') + make_interval(days => k.day) as created_at,
        case
            when k.nth = 4 then 'refunded'
            when pg_temp.uniform(c.id * 1000 + month * 10 + k.nth, 'payment status') < 0.95
                or pg_temp.uniform(c.id * 100 + month, 'refund') < 0.03 then 'completed'
            when pg_temp.uniform(c.id * 1000 + month * 10 + k.nth, 'payment status') < 0.98 then 'failed'
            else 'pending'
        end as status
    from public.clients as c
    cross join generate_series(1, 11) as month
    cross join lateral (
        select case c.plan_type when 'starter' then 99 when 'professional' then 299 else 999 end as fee
    ) as f
    cross join lateral (
        values
            (1, f.fee, 'subscription', 0, true),
            (2, 50 + 50 * floor(pg_temp.uniform(c.id * 100 + month, 'top-up amount') * 10)::integer, 'top-up', 11,
                pg_temp.uniform(c.id * 100 + month, 'top-up') < 0.30),
            (3, 250, 'one-time', 17, pg_temp.uniform(c.id * 100 + month, 'one-time') < 0.05),
            -- a refund is a row of its own, beside the payment that stays completed
            (4, - f.fee, 'subscription', 21, pg_temp.uniform(c.id * 100 + month, 'refund') < 0.03)
    ) as k (nth, amount_usd, payment_type, day, happens)
    where k.happens
        and month > (c.id - 1) / 5
) as p
order by p.created_at, p.client_id, p.nth;

-- step: Restoring indexes, foreign keys and triggers
do $$
declare
    item record;
begin
    for item in select restore from lifted order by nth desc, name loop
        execute item.restore;
    end loop;
    drop table promised;
    -- explicit ids do not move the sequences
    for item in
        select c.oid::regclass as relation, pg_get_serial_sequence(c.oid::regclass::text, 'id') as sequence
        from pg_catalog.pg_class as c
        where c.oid in (
                'public.clients'::regclass,
                'public.client_contacts'::regclass,
                'public.team_members'::regclass,
                'public.ticket_types'::regclass,
                'public.tickets'::regclass,
                'public.ticket_messages'::regclass,
                'public.ticket_feedback'::regclass,
                'public.payments'::regclass
            )
    loop
        execute format(
            'select setval(%L, coalesce(max(id), 1), max(id) is not null) from %s',
            item.sequence,
            item.relation
        );
    end loop;
    perform setval(pg_get_serial_sequence('public.ticket_events', 'seq'), coalesce(max(seq), 1), max(seq) is not null)
    from public.ticket_events;
    drop table lifted, authors, turns;
    drop function pg_temp.one_of(text[], bigint, text);
    drop function pg_temp.uniform(bigint, text);
end
$$;

-- step: Rolling up
-- The triggers that would have told what is new were lifted.
select analytics.fill();
