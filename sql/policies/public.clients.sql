-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql, sql/functions/claims.client_id.sql
--
-- A client sees the own record. Staff see all; managers add and change clients, an admin deletes one
-- that has neither tickets nor payments (the foreign keys refuse the others: erase those first).
--
-- A client changes nothing here, not even the name: plan, budget and address are the contract.
call ops.reset_rights('public.clients');

grant select on public.clients to desk_client, desk_agent, desk_service;
grant
insert (client_name, email, status, plan_type, monthly_budget, metadata),
update (client_name, email, status, plan_type, monthly_budget, metadata)
on public.clients to desk_manager;
grant delete, update (erased_at) on public.clients to desk_admin;
grant
insert (id, client_name, email, status, plan_type, monthly_budget, created_at, updated_at, metadata),
update (id, client_name, email, status, plan_type, monthly_budget, created_at, updated_at, metadata),
delete
on public.clients to desk_service;
call ops.grant_ids('public.clients', 'desk_manager', 'desk_service');
-- NOTE: desk_anon gets nothing; desk_client and desk_agent only read.
-- NOTE: id and times are the database's. Giving erased_at a value erases the client (ops.erase_client):
-- that is an admin's alone, so desk_service has the other columns by name.

create policy all_owner on public.clients for all to desk_owner using (true) with check (true);

create policy select_own on public.clients for select to desk_client
using (id = (select claims.client_id()));

create policy select_all_agent on public.clients for select to desk_agent
using (true);

create policy insert_all_manager on public.clients for insert to desk_manager
with check (true);

create policy update_all_manager on public.clients for update to desk_manager
using (true)
with check (true);

create policy delete_all_admin on public.clients for delete to desk_admin
using (true);

create policy select_all_service on public.clients for select to desk_service using (true);

create policy insert_all_service on public.clients for insert to desk_service with check (true);

create policy update_all_service on public.clients for update to desk_service using (true) with check (true);

create policy delete_all_service on public.clients for delete to desk_service using (true);

comment on table public.clients is
'The companies that the desk serves.';
comment on column public.clients.id is 'The client.';
comment on column public.clients.client_name is 'The company''s name.';
comment on column public.clients.email is 'The company''s address.';
comment on column public.clients.status is 'active or inactive; the desk may use other words.';
comment on column public.clients.plan_type is 'starter, professional or enterprise.';
comment on column public.clients.monthly_budget is 'What the client may spend in a month, in US dollars.';
comment on column public.clients.created_at is 'Since when the client is known.';
comment on column public.clients.updated_at is 'The last change.';
comment on column public.clients.erased_at is 'When the client was erased (erase_client); then it has neither name nor address. Giving it a value erases the client.';
comment on column public.clients.metadata is 'Anything else, as the desk likes.';
