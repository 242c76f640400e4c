-- Runs as the superuser, on the seeded template. Ids are taken by remainder, so that every kind of
-- untidiness meets every agent, type and month.
set role desk_owner;

update tickets set status = null where id % 41 = 0;
update tickets set priority = null where id % 37 = 0;
update tickets set assigned_to = null where id % 29 = 0;
update tickets set status = 'closed' where id % 23 = 0 and status = 'resolved';
-- reopened: the times are cleared
update tickets set status = 'in_progress' where id % 31 = 0 and status = 'resolved';
update tickets set status = 'pending' where id % 43 = 0 and status = 'open';
-- resolved before it was created, as imports have it
update tickets set resolved_at = created_at - interval '5 minutes'
where id in (select id from tickets where status = 'resolved' order by id limit 5);

-- Around midnights that are doubled, missing, or simply the edge of a day.
insert into tickets (client_id, assigned_to, ticket_type_id, status, priority, title, created_at, resolved_at)
select
    1 + n % 5,
    1 + n % 15,
    1 + n % 14,
    case when n % 2 = 0 then 'resolved' else 'open' end,
    (array['low', 'medium', 'high', 'urgent'])[1 + n % 4],
    'At the edge of a day',
    edge.at + (n - 6) * interval '20 minutes',
    case when n % 2 = 0 then edge.at + (n + 60) * interval '20 minutes' end
from
    (values
        -- Berlin: 23 and 25 hours
        (timestamptz '2025-03-29 23:00Z'), ('2025-03-30 22:00Z'),
        ('2025-10-25 22:00Z'), ('2025-10-26 23:00Z'),
        -- Havana: no midnight on 9 March, two on 2 November
        ('2025-03-09 05:00Z'), ('2025-11-02 04:00Z'), ('2025-11-02 05:00Z'),
        -- UTC and Kathmandu
        ('2025-05-31 00:00Z'), ('2025-06-01 00:00Z'), ('2025-05-31 18:15Z')
    ) as edge (at),
    generate_series(0, 12) as n;

-- erased: leaves nothing but its line in the audit
insert into tickets (id, client_id, ticket_type_id, title) values (8999999, 1, 1, 'Erased');
delete from tickets where id = 8999999;

reset role;

-- Somebody is signed in, somebody guessed, somebody wrote once.
with session as (
    insert into auth.sessions (account_id, expires_at)
    select id, now() + interval '1 day' from auth.accounts where team_member_id = 15
    returning id
)
insert into auth.refresh_tokens (token_hash, session_id)
select sha256('known to nobody'), id from session;
insert into auth.sign_in_limits (key_hash, full_until)
values (auth.key_hash('address', '192.0.2.1'), now() - interval '1 day');
insert into kept.idempotency_keys (caller, key, request, outcome, body)
values ('nobody', 'a key', 'a request', '{}', '');
