-- requires: sql/functions/claims.person.sql
--
-- The people at clients as 002 has them. Feedback is given on a ticket: a contact's is that on tickets
-- which the contact opened, or of which nobody knows who opened them. A sub-select, computed where a
-- request asks for it. Security invoker: staff see all, a client the own contacts.
create or replace view public.customers
with (security_invoker = true)
as
select
    (select p.account_id from claims.person(null, k.id) as p) as id,
    k.id as contact_id,
    k.client_id,
    k.first_name,
    k.last_name,
    k.communication_channels,
    k.preferred_language,
    k.email,
    (
        select jsonb_build_object(
            'feedback',
            coalesce(
                jsonb_agg(
                    jsonb_build_object(
                        'rating', f.rating,
                        'comment', f.feedback_text,
                        'submitted_at', f.created_at,
                        'ticket_id', f.ticket_id
                    )
                    order by f.created_at, f.id
                ),
                '[]'
            )
        )
        from public.tickets as t
        join public.ticket_feedback as f on f.ticket_id = t.id
        cross join claims.person(null, k.id) as p
        where t.client_id = k.client_id
            and coalesce(t.created_by = p.account_id, t.created_by is null)
    ) as feedback_history
from public.client_contacts as k;
comment on view public.customers is
'The people at clients, with the feedback they gave. A client sees the own ones.';
comment on column public.customers.id is 'The account; null for who has none.';
comment on column public.customers.contact_id is 'The contact.';
comment on column public.customers.client_id is 'The client they belong to.';
comment on column public.customers.first_name is 'First name.';
comment on column public.customers.last_name is 'Last name.';
comment on column public.customers.communication_channels is 'The channels they have used, such as email or chat.';
comment on column public.customers.preferred_language is 'The language they like to be answered in, such as en.';
comment on column public.customers.email is 'Their own address.';
comment on column public.customers.feedback_history is '{"feedback": […]}: rating, comment, submitted_at and ticket_id, on tickets that they opened or of which nobody knows who did.';
revoke all on public.customers from public;
grant select on public.customers to desk_client, desk_agent, desk_service;
