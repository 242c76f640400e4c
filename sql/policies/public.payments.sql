-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql, sql/functions/claims.client_id.sql
--
-- A client sees the own payments. Staff see all; admins keep the books. A refund is a row of its own.
call ops.reset_rights('public.payments');

grant select on public.payments to desk_client, desk_agent, desk_service;
grant
insert (client_id, amount_usd, payment_type, status, paid_at, metadata),
update (client_id, amount_usd, payment_type, status, paid_at, metadata),
delete
on public.payments to desk_admin;
grant insert, update, delete on public.payments to desk_service;
call ops.grant_ids('public.payments', 'desk_admin', 'desk_service');
-- NOTE: desk_anon gets nothing; clients, agents and managers only read.
-- NOTE: id and created_at are the database's.

create policy all_owner on public.payments for all to desk_owner using (true) with check (true);

create policy select_own on public.payments for select to desk_client
using (client_id = (select claims.client_id()));

create policy select_all_agent on public.payments for select to desk_agent
using (true);

create policy insert_all_admin on public.payments for insert to desk_admin
with check (true);

create policy update_all_admin on public.payments for update to desk_admin
using (true)
with check (true);

create policy delete_all_admin on public.payments for delete to desk_admin
using (true);

create policy select_all_service on public.payments for select to desk_service using (true);

create policy insert_all_service on public.payments for insert to desk_service with check (true);

create policy update_all_service on public.payments for update to desk_service using (true) with check (true);

create policy delete_all_service on public.payments for delete to desk_service using (true);

comment on table public.payments is
'What clients paid. A refund is a row of its own with a negative amount, beside the payment, which stays completed.';
comment on column public.payments.id is 'The payment.';
comment on column public.payments.client_id is 'Who paid.';
comment on column public.payments.amount_usd is 'In US dollars; negative for a refund.';
comment on column public.payments.payment_type is 'subscription, top-up or one-time.';
comment on column public.payments.status is 'pending, completed, failed or refunded.';
comment on column public.payments.paid_at is 'When the money moved.';
comment on column public.payments.created_at is 'When the payment was asked for.';
comment on column public.payments.metadata is 'Anything else, as the desk likes.';
