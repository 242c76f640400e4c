-- Who sees which ticket, and who changes what about it. Played by `rowdesk policies test` in transactions that are
-- rolled back (docs/policy-tools.md). The ids are beyond those of any desk.

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

-- scene: a client sees own tickets and nobody else's
-- as: desk_client {"client_id": 900000001}
-- expect: rows
--   id        | title
--   900000011 | Ticket of 1
select id, title from tickets;
-- expect: no rows
select id from tickets where client_id = 900000002;
-- as: desk_client {"client_id": 900000002}
-- expect: value 900000012
select id from tickets;

-- scene: who is linked to no client sees nothing and opens nothing
-- as: desk_client
-- expect: no rows
select id from tickets;
-- expect: refused 42501
insert into tickets (ticket_type_id, title) select min(id), 'Mine?' from ticket_types;
-- as: desk_client {"client_id": "900000001"}
-- expect: no rows
select id from tickets;

-- scene: a client opens tickets of its own and no other
-- as: desk_client {"client_id": 900000001}
-- expect: value 900000001
insert into tickets (ticket_type_id, title) select min(id), 'Help' from ticket_types returning client_id;
-- expect: refused 42501 you open tickets of your own client only
insert into tickets (client_id, ticket_type_id, title) select 900000002, min(id), 'Help' from ticket_types;

-- scene: a client changes and deletes no ticket, not even an own one
-- as: desk_client {"client_id": 900000001}
-- expect: refused 42501 permission denied for table tickets
update tickets set status = 'closed';
-- expect: refused 42501 permission denied for table tickets
delete from tickets;

-- scene: an agent moves a ticket on, but to no other client, and deletes none
-- as: desk_agent {"team_member_id": 900000003}
-- expect: 1 row changed
update tickets set status = 'in_progress' where id = 900000011;
-- expect: refused 42501 permission denied for table tickets
update tickets set client_id = 900000002 where id = 900000011;
-- expect: refused 42501
delete from tickets where id = 900000011;
-- as: desk_client {"client_id": 900000001}
-- expect: value in_progress
select status from tickets;

-- scene: without a token there is nothing to see
-- as: desk_anon
-- expect: refused 42501
select id from tickets;
