-- The desk itself: what both tenants share. Whoever may not read it finds its marks in no answer:
-- hidstaff what clients do not see of the team, hidops what no role of the API sees.
set role desk_owner;

insert into team_members (id, username, email, department, role, skills, timezone, metadata)
values
    (1, 'ada', 'hidstaff-1@desk.example', 'support', null, '{hidstaff}', 'Etc/hidstaff', '{"pay": "hidstaff"}'),
    (2, 'bo', 'hidstaff-2@desk.example', 'technical', 'support_agent', '{hidstaff}', 'Etc/hidstaff', '{"pay": "hidstaff"}'),
    (3, 'cy', 'hidstaff-3@desk.example', 'finance', 'admin', '{hidstaff}', 'Etc/hidstaff', '{"pay": "hidstaff"}');
insert into ticket_types (id, type_name, department, priority, avg_resolution_hours)
values (1, 'Cannot sign in', 'support', 'high', 8), (2, 'Invoice', 'finance', 'low', 24);
insert into custom_fields (name, label, kind) values ('pin', 'PIN', 'text');
insert into business_calendars (id, name, timezone) values (1, 'Weekdays', 'UTC') on conflict do nothing;
insert into business_hours (calendar_id, weekday, opens, closes) values (1, 1, '09:00', '17:00') on conflict do nothing;
insert into business_holidays (calendar_id, day, name) values (1, '2025-12-25', 'Christmas');
insert into sla_policies (id, name, priority, first_response_minutes, next_response_minutes, resolution_minutes)
values (901, 'Anything urgent', 'urgent', 60, 120, 480) on conflict do nothing;
insert into ops.settings (name, value) values ('mail_password', 'hidops');
insert into ops.outbox (recipient, subject, body) values ('hidops@example.com', 'hidops', 'hidops');
insert into auth.sign_in_limits (key_hash, full_until) values (auth.key_hash('address', '192.0.2.1'), now());
insert into kept.idempotency_keys (caller, key, request, outcome, body)
values ('hidops', 'hidops', 'hidops', '{}', 'hidops');

reset role;
