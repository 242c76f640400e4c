-- Beside the harness's untidiness: what only the numbers of widgets care about.
insert into tickets (client_id, assigned_to, ticket_type_id, status, priority, title, created_at, resolved_at, tags, source_channel)
values
    -- imports that lost a time, or have an impossible one
    (1, 2, 3, 'resolved', 'high', 'Never created', null, '2025-05-02', '{vip}', 'email'),
    (2, 2, 3, null, null, 'Neither created nor resolved', null, null, '{}', null),
    (3, 4, 5, 'resolved', 'low', 'Since ever', '-infinity', '2025-05-02', '{}', 'web'),
    (4, 4, 5, 'resolved', 'low', 'For ever', '2025-05-02', 'infinity', '{}', 'web'),
    -- resolved, then closed
    (5, 4, 5, 'closed', 'urgent', 'Done with', '2025-05-02', '2025-05-03 01:02:03.456789+00', '{vip,billing,vip}', 'chat'),
    -- tags that need quotes
    (5, 1, 6, 'open', 'high', 'Strange tags', '2025-05-31 18:14:59.999999+00', null, array['two words', 'comma, brace}', 'quote"d'], 'portal'),
    (5, null, 6, 'pending', 'high', 'At local midnight', '2025-05-31 18:15:00+00', null, array['quote"d', 'vip'], 'portal'),
    (5, 1, 6, 'open', 'high', 'To the microsecond', '2025-06-01 00:00:00.000001+00', null, '{}', null);

-- rated before it was resolved; rated without a number
insert into ticket_feedback (ticket_id, rating, feedback_text)
select t.id, nullif(1 + t.id % 6, 6), 'In between'
from tickets as t
where t.resolved_at is null
    and t.id % 19 = 0
    and not exists (select from ticket_feedback as f where f.ticket_id = t.id);

-- somebody new, somebody without a name, somebody gone
insert into team_members (username, email, department, status, first_name, last_name)
values
    ('new', 'new@rowdesk.example', 'technical', 'active', null, null),
    ('nameless', 'nameless@rowdesk.example', 'finance', null, ' ', ''),
    ('gone', 'gone@rowdesk.example', 'support', 'inactive', 'Only', null);

-- types of which nothing is expected, too much, or nothing is asked
insert into ticket_types (id, type_name, department, priority, avg_resolution_hours)
values
    (15, 'Anything else', 'support', null, null),
    (16, 'For the next generation', 'technical', 'low', 2147483647),
    (17, 'Never asked', 'finance', 'low', 3);

insert into tickets (client_id, assigned_to, ticket_type_id, status, priority, title, created_at, resolved_at, closed_at)
values
    (6, 3, 15, 'open', 'high', 'Waits for nothing', '2025-06-02', null, null),
    (6, 3, 15, 'resolved', 'low', 'Took what it took', '2025-06-02', '2025-06-09', null),
    (6, 3, 16, 'open', 'low', 'Not late in our time', '2025-06-02', null, null),
    (6, 3, 16, 'resolved', 'low', 'Before its time', '2025-06-02', '2025-06-12', null),
    -- closed without a resolution, with and without saying when
    (7, 3, 10, 'closed', 'urgent', 'Given up', '2025-04-02', null, '2025-06-30 21:30:00+00'),
    (7, 3, 10, 'closed', 'urgent', 'Gone somehow', '2025-04-03', null, null),
    (7, 3, 10, 'resolved', null, 'Solved somehow', '2025-04-04', null, null),
    -- closed before it was resolved; resolved, and open all the same
    (7, 3, 9, 'closed', 'low', 'In the wrong order', '2025-04-05', '2025-08-01', '2025-05-05'),
    (7, 3, 9, 'pending', 'low', 'Resolved, it says', '2025-04-06', '2025-04-07', null),
    (7, 3, 9, 'open', 'low', 'Open since ever', '-infinity', null, null),
    -- exactly as long as expected, and a moment longer
    (8, 3, 10, 'resolved', 'high', 'To the second', '2025-04-06 10:00:00+00', '2025-04-06 12:00:00+00', null),
    (8, 3, 10, 'resolved', 'high', 'Not to the second', '2025-04-06 10:00:00+00', '2025-04-06 12:00:00.000001+00', null);

-- names that a careless search would take for patterns, and money of every kind
insert into clients (id, client_name, email, status, plan_type)
values
    (51, '100% Sure', 'sure@rowdesk.example', 'active', 'starter'),
    (52, 'Under_score \ Slash', 'under@rowdesk.example', null, null),
    (53, 'MÜLLER Müller', 'mueller@rowdesk.example', 'inactive', 'enterprise'),
    (54, 'Paid and gone', 'gone-client@rowdesk.example', 'active', 'starter');
insert into payments (client_id, amount_usd, payment_type, status, paid_at)
values
    (51, 0.10, 'one-time', 'completed', now()),
    (51, 0.20, 'one-time', 'completed', null),
    (51, 99.99, 'one-time', 'pending', null),
    (51, 77.77, 'one-time', 'failed', now()),
    (52, 55.55, 'top-up', null, now()),
    (53, -12.34, 'top-up', 'refunded', now()),
    (54, 299.00, 'subscription', 'completed', now()),
    (54, -299.00, 'subscription', 'refunded', now());
