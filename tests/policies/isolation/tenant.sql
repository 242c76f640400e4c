-- One tenant: rows in every table that holds rows of a client, with ids from $base on, and every state that
-- makes a difference to who sees what. Columns of text are marked afterwards, by what the catalog says.
set role desk_owner;

insert into clients (id, client_name, email, plan_type, monthly_budget)
values ($base, '$name', '$name@example.com', 'starter', $base / 10000 + 0.77);
insert into client_contacts (id, client_id, first_name, last_name, email, communication_channels, preferred_language)
values ($base + 1, $base, '$name', '$name', '$name-1@example.com', '{email}', 'en');
insert into auth.accounts (id, email, status, role, client_id)
values ('$uuid-0000-4000-8000-000000000001', '$name-1@example.com', 'active', 'desk_client', $base);
insert into auth.sessions (id, account_id, expires_at)
values ('$uuid-0000-4000-8000-000000000002', '$uuid-0000-4000-8000-000000000001', now() + interval '1 day');
insert into auth.refresh_tokens (token_hash, session_id)
values (sha256('$name'), '$uuid-0000-4000-8000-000000000002');
insert into auth.one_time_tokens (token_hash, account_id, kind, expires_at)
values (sha256('$name'), '$uuid-0000-4000-8000-000000000001', 'recovery', now());
insert into payments (id, client_id, amount_usd, payment_type, status)
values ($base + 2, $base, $base / 10000 + 0.77, 'top-up', 'completed'), ($base + 3, $base, -$base / 10000 - 0.77, 'top-up', 'refunded');

insert into tickets (id, client_id, assigned_to, ticket_type_id, status, priority, title, description, created_at, resolved_at, closed_at, created_by)
values
    ($base + 11, $base, $agent, 1, 'open', 'urgent', '$name', '$name', '2025-11-01 00:00Z', null, null, '$uuid-0000-4000-8000-000000000001'),
    ($base + 12, $base, $agent, 1, 'in_progress', 'high', '$name', '$name', '2025-11-01 00:00Z', null, null, null),
    ($base + 13, $base, $agent, 2, 'pending', 'low', '$name', '$name', '2025-11-01 00:00Z', null, null, null),
    ($base + 14, $base, $agent, 1, 'resolved', 'medium', '$name', '$name', '2025-11-01 00:00Z', '2025-11-01 12:00Z', null, null),
    ($base + 15, $base, $agent, 2, 'closed', 'urgent', '$name', '$name', '2025-11-01 00:00Z', '2025-11-01 12:00Z', '2025-11-02 00:00Z', null),
    ($base + 16, $base, $agent, 2, 'resolved', null, '$name', '$name', '2025-11-01 00:00Z', '2025-11-01 12:00Z', null, null),
    ($base + 17, $base, $somebody, 1, 'open', 'low', '$name', '$name', '2025-11-01 00:00Z', null, null, null);
update tickets set merged_into = $base + 15 where id = $base + 16;
update tickets set status = 'closed' where id = $base + 16;
-- moved by the team: events of every kind, and clocks that stop and pause
update tickets set status = 'pending' where id = $base + 12;
update tickets set status = 'in_progress' where id = $base + 12;
update tickets set priority = 'low' where id = $base + 11;

insert into ticket_messages (id, ticket_id, from_client, from_team_member_id, message_text, is_internal, created_at)
values
    ($base + 21, $base + 11, true, null, '$name', false, '2025-11-01 00:00Z'),
    ($base + 22, $base + 11, false, $agent, '$name', false, '2025-11-01 01:00Z'),
    ($base + 23, $base + 11, false, $agent, 'hidnote of $name', true, '2025-11-01 02:00Z'),
    ($base + 24, $base + 14, false, $agent, '$name', false, '2025-11-01 03:00Z');
insert into ticket_feedback (id, ticket_id, rating, feedback_text) values ($base + 31, $base + 14, 1, '$name');
insert into ticket_assignees (ticket_id, team_member_id, metadata) values ($base + 11, $agent, '{"note": "hidnote"}');
insert into sla_pauses (ticket_id, began_at, ended_at)
values ($base + 14, '2025-11-01 02:00Z', '2025-11-01 03:00Z') on conflict do nothing;

-- erased: a line in the audit
insert into tickets (id, client_id, ticket_type_id, title) values ($base + 19, $base, 1, '$name');
delete from tickets where id = $base + 19;

reset role;
