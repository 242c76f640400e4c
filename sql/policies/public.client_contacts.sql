-- requires: sql/functions/ops.reset_rights.sql, sql/functions/claims.client_id.sql
--
-- A client sees the own contacts. Staff see all.
call ops.reset_rights('public.client_contacts');

grant select on public.client_contacts to desk_client, desk_agent, desk_service;
-- NOTE: desk_anon gets nothing. Writing is not granted yet.

create policy all_owner on public.client_contacts for all to desk_owner using (true) with check (true);

create policy select_own on public.client_contacts for select to desk_client
using (client_id = (select claims.client_id()));

create policy select_all_agent on public.client_contacts for select to desk_agent
using (true);

create policy select_all_service on public.client_contacts for select to desk_service using (true);

comment on table public.client_contacts is
'The people at a client.';
comment on column public.client_contacts.id is 'The contact.';
comment on column public.client_contacts.client_id is 'The client they belong to.';
comment on column public.client_contacts.first_name is 'First name.';
comment on column public.client_contacts.last_name is 'Last name.';
comment on column public.client_contacts.email is 'Their own address.';
comment on column public.client_contacts.communication_channels is 'The channels they have used, such as email or chat.';
comment on column public.client_contacts.preferred_language is 'The language they like to be answered in, such as en.';
comment on column public.client_contacts.created_at is 'Since when the contact is known.';
comment on column public.client_contacts.updated_at is 'The last change.';
comment on column public.client_contacts.metadata is 'Anything else, as the desk likes.';
