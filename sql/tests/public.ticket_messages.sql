-- What clients read and write in the conversation on a ticket, and what stays among staff.

-- setup: desk_owner
insert into public.clients (id, client_name, email)
values (900000001, 'Scene One', 'one@example.com'), (900000002, 'Scene Two', 'two@example.com');
insert into public.team_members (id, username, email, department, role)
values (900000003, 'scene', 'scene@example.com', 'support', 'support_agent');
insert into public.tickets (id, client_id, ticket_type_id, title, status)
select 900000010 + n, 900000000 + n, min(t.id), 'Ticket of ' || n, 'open'
from public.ticket_types as t
cross join generate_series(1, 2) as n
group by n;

-- scene: an internal note is for staff
-- as: desk_agent {"team_member_id": 900000003}
-- expect: done
insert into ticket_messages (ticket_id, message_text, is_internal) values (900000011, 'For us', true);
-- expect: done
insert into ticket_messages (ticket_id, message_text) values (900000011, 'For you');
-- as: desk_client {"client_id": 900000001}
-- expect: rows
--   message_text | from_client
--   For you      | f
select message_text, from_client from ticket_messages;

-- scene: a client writes as itself, on own tickets
-- as: desk_client {"client_id": 900000001}
-- expect: value t
insert into ticket_messages (ticket_id, message_text) values (900000011, 'Hello') returning from_client;
-- expect: refused 42501 you have no ticket 900000012
insert into ticket_messages (ticket_id, message_text) values (900000012, 'Hello');
-- expect: refused 42501
insert into ticket_messages (ticket_id, message_text, is_internal) values (900000011, 'Hello', true);

-- scene: another client's conversation does not exist
-- as: desk_agent {"team_member_id": 900000003}
insert into ticket_messages (ticket_id, message_text) values (900000011, 'For you');
-- as: desk_client {"client_id": 900000002}
-- expect: no rows
select id from ticket_messages;
