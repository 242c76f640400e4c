-- requires: sql/functions/ops.reset_rights.sql, sql/functions/ops.grant_ids.sql, sql/functions/claims.client_id.sql, sql/functions/claims.sees_all_tickets.sql
--
-- Feedback follows the ticket: the policies of tickets apply within the sub-select.
-- Where every agent sees every ticket the ticket is not looked at.
--
-- Writing: the client alone, once, on an own ticket that is resolved or closed; rating and text may
-- be changed for seven days. When, how often and with which rating says ops.check_feedback. Staff
-- write none and change none, not even to correct it; nobody takes feedback back but desk_service.
call ops.reset_rights('public.ticket_feedback');

grant select on public.ticket_feedback to desk_client, desk_agent, desk_service;
grant
insert (ticket_id, rating, feedback_text),
update (rating, feedback_text)
on public.ticket_feedback to desk_client;
grant insert, update, delete on public.ticket_feedback to desk_service;
call ops.grant_ids('public.ticket_feedback', 'desk_client', 'desk_service');
-- NOTE: desk_anon gets nothing. Staff only read.

create policy all_owner on public.ticket_feedback for all to desk_owner using (true) with check (true);

create policy select_own on public.ticket_feedback for select to desk_client
using (
    exists (
        select
        from public.tickets as t
        where t.id = ticket_id
            and t.client_id = (select claims.client_id())
    )
);

create policy select_visible on public.ticket_feedback for select to desk_agent
using (
    (select claims.sees_all_tickets())
    or exists (select from public.tickets as t where t.id = ticket_id)
);

create policy select_all_manager on public.ticket_feedback for select to desk_manager
using (true);

create policy insert_own on public.ticket_feedback for insert to desk_client
with check (
    exists (
        select
        from public.tickets as t
        where t.id = ticket_id
            and t.client_id = (select claims.client_id())
    )
);

create policy update_own on public.ticket_feedback for update to desk_client
using (
    exists (
        select
        from public.tickets as t
        where t.id = ticket_id
            and t.client_id = (select claims.client_id())
    )
)
with check (
    exists (
        select
        from public.tickets as t
        where t.id = ticket_id
            and t.client_id = (select claims.client_id())
    )
);

create policy select_all_service on public.ticket_feedback for select to desk_service using (true);

create policy insert_all_service on public.ticket_feedback for insert to desk_service with check (true);

create policy update_all_service on public.ticket_feedback for update to desk_service using (true) with check (true);

create policy delete_all_service on public.ticket_feedback for delete to desk_service using (true);

comment on table public.ticket_feedback is
'What the client thought of the help: at most one for each ticket.';
comment on column public.ticket_feedback.id is 'The feedback.';
comment on column public.ticket_feedback.ticket_id is 'The ticket.';
comment on column public.ticket_feedback.rating is '1 (bad) to 5 (good).';
comment on column public.ticket_feedback.feedback_text is 'In words.';
comment on column public.ticket_feedback.created_at is 'When it was given.';
comment on column public.ticket_feedback.updated_at is 'The last change.';
comment on column public.ticket_feedback.metadata is 'Anything else, as the desk likes.';
