-- requires: sql/functions/ops.reset_rights.sql, sql/functions/claims.client_id.sql
--
-- A client sees the own record. Staff see all.
call ops.reset_rights('public.clients');

grant select on public.clients to desk_client, desk_agent, desk_service;
-- NOTE: desk_anon gets nothing. Writing is not granted yet.

create policy all_owner on public.clients for all to desk_owner using (true) with check (true);

create policy select_own on public.clients for select to desk_client
using (id = (select claims.client_id()));

create policy select_all_agent on public.clients for select to desk_agent
using (true);

create policy select_all_service on public.clients for select to desk_service using (true);

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
comment on column public.clients.metadata is 'Anything else, as the desk likes.';
