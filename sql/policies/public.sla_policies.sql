-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql
--
-- What is promised. Staff read it, managers change it, admins also add and delete. Clients see what that
-- comes to, in the due times of the own tickets, not what others are promised.
call ops.reset_rights('public.sla_policies');

grant select on public.sla_policies to desk_agent, desk_service;
grant update (name, priority, plan_type, calendar_id, first_response_minutes, next_response_minutes, resolution_minutes,
    warn_before_minutes, is_active, metadata)
on public.sla_policies to desk_manager;
grant
insert (name, priority, plan_type, calendar_id, first_response_minutes, next_response_minutes, resolution_minutes,
    warn_before_minutes, is_active, metadata),
delete
on public.sla_policies to desk_admin;
grant insert, update, delete on public.sla_policies to desk_service;
call ops.grant_ids('public.sla_policies', 'desk_admin', 'desk_service');
-- NOTE: desk_anon and desk_client get nothing; desk_agent only reads.

create policy all_owner on public.sla_policies for all to desk_owner using (true) with check (true);

create policy select_all_agent on public.sla_policies for select to desk_agent
using (true);

create policy update_all_manager on public.sla_policies for update to desk_manager
using (true)
with check (true);

create policy insert_all_admin on public.sla_policies for insert to desk_admin
with check (true);

create policy delete_all_admin on public.sla_policies for delete to desk_admin
using (true);

create policy select_all_service on public.sla_policies for select to desk_service using (true);

create policy insert_all_service on public.sla_policies for insert to desk_service with check (true);

create policy update_all_service on public.sla_policies for update to desk_service using (true) with check (true);

create policy delete_all_service on public.sla_policies for delete to desk_service using (true);

comment on table public.sla_policies is
'What is promised for tickets of a priority. The policy of the client''s plan goes before that for any plan.';
comment on column public.sla_policies.id is 'The policy.';
comment on column public.sla_policies.name is 'Its name.';
comment on column public.sla_policies.priority is 'For tickets of this priority: low, medium, high or urgent.';
comment on column public.sla_policies.plan_type is 'For clients of this plan; null: of any.';
comment on column public.sla_policies.calendar_id is 'Whose hours count; null: round the clock.';
comment on column public.sla_policies.first_response_minutes is 'From the creation to the first answer; null: nothing is promised.';
comment on column public.sla_policies.next_response_minutes is 'From a client''s message to the next answer; null: nothing is promised.';
comment on column public.sla_policies.resolution_minutes is 'From the creation to the resolution; null: nothing is promised.';
comment on column public.sla_policies.warn_before_minutes is 'So much working time before it is due, a ticket is due_soon.';
comment on column public.sla_policies.is_active is 'Whether it holds; else a draft, or history.';
comment on column public.sla_policies.metadata is 'Anything else, as the desk likes.';
