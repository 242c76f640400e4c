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
