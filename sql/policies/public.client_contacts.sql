-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql, sql/functions/claims.client_id.sql
--
-- A client sees the own contacts, and says in which language and on which channels they like to be
-- answered. Staff see all; managers and admins keep them. Names and addresses are the desk's to
-- change: an address lets somebody sign in.
call ops.reset_rights('public.client_contacts');

grant select on public.client_contacts to desk_client, desk_agent, desk_service;
grant update (communication_channels, preferred_language) on public.client_contacts to desk_client;
grant
insert (client_id, first_name, last_name, email, communication_channels, preferred_language, metadata),
update (client_id, first_name, last_name, email, communication_channels, preferred_language, metadata),
delete
on public.client_contacts to desk_manager;
grant insert, update, delete on public.client_contacts to desk_service;
call ops.grant_ids('public.client_contacts', 'desk_manager', 'desk_service');
-- NOTE: desk_anon gets nothing; desk_agent only reads.
-- NOTE: id and times are the database's.

create policy all_owner on public.client_contacts for all to desk_owner using (true) with check (true);

create policy select_own on public.client_contacts for select to desk_client
using (client_id = (select claims.client_id()));

create policy select_all_agent on public.client_contacts for select to desk_agent
using (true);

create policy update_own on public.client_contacts for update to desk_client
using (client_id = (select claims.client_id()))
with check (client_id = (select claims.client_id()));

create policy insert_all_manager on public.client_contacts for insert to desk_manager
with check (true);

create policy update_all_manager on public.client_contacts for update to desk_manager
using (true)
with check (true);

create policy delete_all_manager on public.client_contacts for delete to desk_manager
using (true);

create policy select_all_service on public.client_contacts for select to desk_service using (true);

create policy insert_all_service on public.client_contacts for insert to desk_service with check (true);

create policy update_all_service on public.client_contacts for update to desk_service using (true) with check (true);

create policy delete_all_service on public.client_contacts for delete to desk_service using (true);

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
