-- requires: sql/functions/claims.person.sql, sql/policies/public.ticket_events.sql
--
-- The team as 002 has it: one row is one member with what they work on and what they solved. Documents
-- are sub-selects, so that a request computes those that it asks for, for the rows that it shows.
-- Security invoker: an agent's row counts the tickets that the reader sees.
create or replace view public.workers
with (security_invoker = true)
as
select
    (select p.account_id from claims.person(m.id, null) as p) as id,
    m.id as team_member_id,
    m.email,
    coalesce(m.first_name, m.display_name) as first_name,
    m.last_name,
    m.created_at,
    case m.role when 'admin' then 'admin' else 'agent' end as role,
    m.skills,
    m.languages,
    m.timezone,
    (
        select jsonb_build_object(
            'assigned', count(*) filter (where t.resolved_at is null and t.closed_at is null),
            'resolved', count(t.resolved_at),
            'avg_resolution_hours', avg(t.resolution_seconds) / 3600,
            'avg_rating', avg(t.rating)::double precision,
            'rated', count(t.rating)
        )
        from public.tickets as t
        where t.assigned_to = m.id
    ) as metrics,
    array(
        select t.id
        from public.tickets as t
        left join public.ticket_statuses as s on s.code = t.status
        where t.assigned_to = m.id
            and coalesce(s.category, 'open') in ('open', 'pending')
        order by t.id
    ) as assigned_tickets,
    (
        select coalesce(
            jsonb_agg(
                jsonb_build_object(
                    'ticket_id', t.id,
                    'title', t.title,
                    'resolved_at', t.resolved_at,
                    'resolution_time', t.resolved_at - (
                        select e.created_at
                        from public.ticket_events as e
                        where e.ticket_id = t.id
                            and e.type = 'assignment-added'
                            and e.visibility = 'public'
                        order by e.created_at, e.seq
                        limit 1
                    ),
                    'feedback', (
                        select jsonb_build_object(
                            'rating', f.rating, 'comment', f.feedback_text, 'submitted_at', f.created_at
                        )
                        from public.ticket_feedback as f
                        where f.ticket_id = t.id
                    )
                )
                order by t.resolved_at desc, t.id
            ),
            '[]'
        )
        from public.tickets as t
        where t.assigned_to = m.id
            and t.resolved_at is not null
    ) as ticket_history
from public.team_members as m;
comment on view public.workers is
'The team: who they are, what they work on, what they solved. For staff.';
comment on column public.workers.id is 'The account; null for who has none.';
comment on column public.workers.team_member_id is 'The team member.';
comment on column public.workers.email is 'Their address.';
comment on column public.workers.first_name is 'First name.';
comment on column public.workers.last_name is 'Last name.';
comment on column public.workers.created_at is 'Since when they are known.';
comment on column public.workers.role is 'agent or admin.';
comment on column public.workers.skills is 'What they know about.';
comment on column public.workers.languages is 'The languages they answer in.';
comment on column public.workers.timezone is 'Where they work, such as America/New_York.';
comment on column public.workers.metrics is 'assigned: not resolved or closed yet; resolved; avg_resolution_hours from creation; avg_rating of rated tickets.';
comment on column public.workers.assigned_tickets is 'The open and pending tickets that they have.';
comment on column public.workers.ticket_history is 'The resolved tickets, the latest first: ticket_id, title, resolved_at, resolution_time from the first assignment, feedback or null.';
revoke all on public.workers from public;
grant select on public.workers to desk_agent, desk_service;
