//! Every widget, with the plain SQL over the tickets that answers the same.
//!
//! The words in capitals are what `forms.rs` puts in: `SELECTED` all conditions on a ticket `t`, `AT_ANY_TIME`
//! those that are not the period, `SETTLED` the period on `resolved_at`, `MONTHS` the first and the last month,
//! `MEMBERS` which team members are listed.

pub struct Counted {
    pub widget: &'static str,
    /// What the server gives it beside the filter.
    pub argument: Option<&'static str>,
    /// The order and the page that a request has.
    pub page: &'static str,
    /// Its columns are compared with the widget's of the same name, but for those that begin with `_`: what
    /// depends on the moment of asking.
    pub base: &'static str,
}

pub const COUNTED: &[Counted] = &[
    Counted {
        widget: "dashboard_overview",
        argument: None,
        page: "",
        base: "
            select count(*) as total_tickets,
                count(*) filter (where t.status in ('open', 'in_progress')) as open_tickets,
                count(t.resolved_at) as resolved_tickets,
                avg(t.resolution_seconds) / 3600 as avg_resolution_hours,
                percentile_cont(0.5) within group (order by t.resolution_seconds) / 3600 as median_resolution_hours,
                avg(t.rating)::double precision as avg_rating,
                count(t.rating) as rated_tickets,
                avg(t.first_response_seconds) / 60 as first_response_avg_minutes
            from tickets t
            where SELECTED",
    },
    Counted {
        widget: "tickets_over_time",
        argument: None,
        page: "",
        base: "
            with created as materialized (
                select date_trunc('month', t.created_at) as month, count(*) as n from tickets t where SELECTED group by 1
            ),
            resolved as materialized (
                select date_trunc('month', t.resolved_at) as month, count(*) as n from tickets t
                where AT_ANY_TIME and SETTLED group by 1
            ),
            opened as materialized (
                select date_trunc('month', t.created_at) as month, count(*) as n from tickets t where AT_ANY_TIME group by 1
            ),
            ended as materialized (
                select date_trunc('month', greatest(t.created_at, least(t.resolved_at, t.closed_at))) as month, count(*) as n
                from tickets t
                where AT_ANY_TIME and t.status in ('resolved', 'closed') group by 1
            )
            select m::date as bucket,
                coalesce((select n from created where month = m), 0) as created,
                coalesce((select n from resolved where month = m), 0) as resolved,
                (select sum(n) from opened where month <= m)
                    - coalesce((select sum(n) from ended where month <= m), 0) as open_at_end
            from generate_series(MONTHS, interval '1 month') as m",
    },
    Counted {
        widget: "team_performance",
        argument: None,
        page: "order by team_member_id",
        base: "
            select m.id as team_member_id,
                coalesce(f.tickets_assigned, 0) as tickets_assigned,
                coalesce(f.tickets_resolved, 0) as tickets_resolved,
                coalesce(f.open_tickets, 0) as open_tickets,
                f.avg_resolution_hours, f.median_resolution_hours, f.avg_rating,
                coalesce(f.rated_tickets, 0) as rated_tickets,
                f.first_response_avg_minutes
            from team_members m
            left join (
                select t.assigned_to,
                    count(*) as tickets_assigned,
                    count(t.resolved_at) as tickets_resolved,
                    count(*) filter (where t.status in ('open', 'in_progress')) as open_tickets,
                    avg(t.resolution_seconds) / 3600 as avg_resolution_hours,
                    percentile_cont(0.5) within group (order by t.resolution_seconds) / 3600 as median_resolution_hours,
                    avg(t.rating)::double precision as avg_rating,
                    count(t.rating) as rated_tickets,
                    avg(t.first_response_seconds) / 60 as first_response_avg_minutes
                from tickets t
                where SELECTED
                group by 1
            ) f on f.assigned_to = m.id
            where MEMBERS
            order by 1",
    },
    Counted {
        widget: "tickets_by_type",
        argument: None,
        page: "",
        base: "
            select y.id as type_id, coalesce(f.tickets, 0) as tickets, coalesce(f.open, 0) as open,
                coalesce(f.resolved, 0) as resolved
            from ticket_types y
            left join (
                select t.ticket_type_id, count(*) as tickets,
                    count(*) filter (where t.status in ('open', 'in_progress')) as open, count(t.resolved_at) as resolved
                from tickets t
                where SELECTED
                group by 1
            ) f on f.ticket_type_id = y.id
            order by 1",
    },
    Counted {
        widget: "tickets_by_priority",
        argument: None,
        page: "",
        base: "
            select p.name as ticket_priority, coalesce(f.tickets, 0) as tickets, coalesce(f.open, 0) as open,
                coalesce(f.tickets - f.open, 0) as closed
            from (values (1, 'urgent'), (2, 'high'), (3, 'medium'), (4, 'low'), (5, 'none')) as p (nth, name)
            left join (
                select t.priority, count(*) as tickets,
                    count(*) filter (where t.status in ('open', 'in_progress')) as open
                from tickets t
                where SELECTED
                group by 1
            ) f on f.priority = p.name
            order by p.nth",
    },
    Counted {
        widget: "client_analysis",
        argument: None,
        page: "order by total_tickets desc, id limit 20",
        base: "
            select c.id, coalesce(f.total_tickets, 0) as total_tickets, coalesce(f.open_tickets, 0) as open_tickets,
                coalesce((
                    select sum(p.amount_usd) from payments p
                    where p.client_id = c.id and p.status in ('completed', 'refunded')
                ), 0) as total_spent,
                f.last_ticket_at
            from clients c
            left join (
                select t.client_id, count(*) as total_tickets,
                    count(*) filter (where t.status in ('open', 'in_progress')) as open_tickets,
                    max(t.created_at) as last_ticket_at
                from tickets t
                where SELECTED
                group by 1
            ) f on f.client_id = c.id
            order by 2 desc, 1 limit 20",
    },
    Counted {
        widget: "resolution_stats",
        argument: None,
        page: "",
        base: "
            select p.name as ticket_priority, coalesce(f.tickets, 0) as tickets, coalesce(f.resolved, 0) as resolved,
                f.min, f.seconds[1] / 3600 as p25, f.seconds[2] / 3600 as median, f.seconds[3] / 3600 as p75,
                f.seconds[4] / 3600 as p90, f.seconds[5] / 3600 as p95, f.max, f.avg, f.expected_hours,
                coalesce(f.resolved_late, 0) as resolved_late, coalesce(f.running_late, 0) as running_late
            from (values (1, 'urgent'), (2, 'high'), (3, 'medium'), (4, 'low'), (5, 'none')) as p (nth, name)
            left join (
                select t.priority, count(*) as tickets, count(t.resolution_seconds) as resolved,
                    min(t.resolution_seconds) / 3600 as min, max(t.resolution_seconds) / 3600 as max,
                    avg(t.resolution_seconds) / 3600 as avg,
                    percentile_cont(array[0.25, 0.5, 0.75, 0.9, 0.95]) within group (order by t.resolution_seconds) as seconds,
                    avg(y.avg_resolution_hours) filter (where t.resolution_seconds is not null) as expected_hours,
                    count(*) filter (where t.resolution_seconds > y.avg_resolution_hours * 3600) as resolved_late,
                    count(*) filter (where t.resolved_at is null and t.status in ('open', 'in_progress')
                        and t.created_at < now() - make_interval(hours => y.avg_resolution_hours)) as running_late
                from tickets t join ticket_types y on y.id = t.ticket_type_id
                where SELECTED
                group by 1
            ) f on f.priority = p.name
            order by p.nth",
    },
    Counted {
        widget: "resolution_by_type",
        argument: None,
        page: "",
        base: "
            select y.id as type_id, coalesce(f.tickets, 0) as tickets, coalesce(f.resolved, 0) as resolved, f.avg, f.median,
                coalesce(f.resolved_late, 0) as resolved_late, coalesce(f.running_late, 0) as running_late
            from ticket_types y
            left join (
                select t.ticket_type_id, count(*) as tickets, count(t.resolution_seconds) as resolved,
                    avg(t.resolution_seconds) / 3600 as avg,
                    percentile_cont(0.5) within group (order by t.resolution_seconds) / 3600 as median,
                    count(*) filter (where t.resolution_seconds > y.avg_resolution_hours * 3600) as resolved_late,
                    count(*) filter (where t.resolved_at is null and t.status in ('open', 'in_progress')
                        and t.created_at < now() - make_interval(hours => y.avg_resolution_hours)) as running_late
                from tickets t join ticket_types y on y.id = t.ticket_type_id
                where SELECTED
                group by 1
            ) f on f.ticket_type_id = y.id
            order by 1",
    },
    Counted {
        widget: "resolution_histogram",
        argument: None,
        page: "",
        base: "
            select p.name as ticket_priority, e.from_hours, coalesce(f.tickets, 0) as tickets
            from (values (1, 'urgent'), (2, 'high'), (3, 'medium'), (4, 'low'), (5, 'none')) as p (nth, name)
            cross join unnest(array[0, 1, 2, 4, 8, 12, 24, 36, 48, 72, 168]) with ordinality as e (from_hours, bucket)
            left join (
                select t.priority,
                    width_bucket(t.resolution_seconds / 3600, array[0, 1, 2, 4, 8, 12, 24, 36, 48, 72, 168]::float8[]) as bucket,
                    count(*) as tickets
                from tickets t
                where t.resolution_seconds is not null and SELECTED
                group by 1, 2
            ) f on f.priority = p.name and f.bucket = e.bucket
            order by p.nth, e.bucket",
    },
    Counted {
        widget: "overdue_tickets",
        argument: Some("worst => 20"),
        page: "order by excess_hours desc, number limit 20",
        base: "
            select t.number, t.title, c.client_name as client, m.display_name as agent, y.type_name as type,
                case when t.resolved_at is null then 'running_late' else 'resolved_late' end as state,
                coalesce(t.resolution_seconds, date_part('epoch', now() - t.created_at)) / 3600
                    - y.avg_resolution_hours as _excess_hours
            from tickets t
            join clients c on c.id = t.client_id
            join ticket_types y on y.id = t.ticket_type_id
            left join team_members m on m.id = t.assigned_to
            where SELECTED and (
                t.resolution_seconds > y.avg_resolution_hours * 3600
                or t.resolved_at is null and t.status in ('open', 'in_progress')
                    and t.created_at < now() - make_interval(hours => y.avg_resolution_hours)
            )
            order by _excess_hours desc, t.number limit 20",
    },
    Counted {
        widget: "sla_compliance",
        argument: None,
        page: "",
        base: "
            select p.name as ticket_priority,
                coalesce(f.first_response_met, 0) as first_response_met,
                coalesce(f.first_response_breached, 0) as first_response_breached,
                coalesce(f.first_response_running, 0) as first_response_running,
                coalesce(f.resolution_met, 0) as resolution_met,
                coalesce(f.resolution_breached, 0) as resolution_breached,
                coalesce(f.resolution_running, 0) as resolution_running
            from (values (1, 'urgent'), (2, 'high'), (3, 'medium'), (4, 'low'), (5, 'none')) as p (nth, name)
            left join (
                select t.priority,
                    count(*) filter (where k.metric = 'first_response' and k.is_done and k.stopped_at <= k.due_at) as first_response_met,
                    count(*) filter (where k.metric = 'first_response' and k.due_at < coalesce(k.stopped_at, now())) as first_response_breached,
                    count(*) filter (where k.metric = 'first_response' and k.stopped_at is null and k.due_at >= now()) as first_response_running,
                    count(*) filter (where k.metric = 'resolution' and k.is_done and k.stopped_at <= k.due_at) as resolution_met,
                    count(*) filter (where k.metric = 'resolution' and k.due_at < coalesce(k.stopped_at, now())) as resolution_breached,
                    count(*) filter (where k.metric = 'resolution' and k.stopped_at is null and k.due_at >= now()) as resolution_running
                from sla_clocks k join tickets t on t.id = k.ticket_id
                where SELECTED
                group by 1
            ) f on f.priority = p.name
            order by p.nth",
    },
    Counted {
        widget: "first_response_stats",
        argument: None,
        page: "",
        base: "
            select p.name as ticket_priority, coalesce(f.tickets, 0) as tickets, coalesce(f.answered, 0) as answered,
                f.avg_minutes, f.seconds[1] / 60 as median_minutes, f.seconds[2] / 60 as p90_minutes,
                coalesce(f.within_target, 0) as within_target
            from (values (1, 'urgent'), (2, 'high'), (3, 'medium'), (4, 'low'), (5, 'none')) as p (nth, name)
            left join (
                select t.priority, count(*) as tickets, count(t.first_response_seconds) as answered,
                    avg(t.first_response_seconds) / 60 as avg_minutes,
                    percentile_cont(array[0.5, 0.9]) within group (order by t.first_response_seconds) as seconds,
                    count(*) filter (where t.first_response_at <= t.first_response_due_at) as within_target
                from tickets t
                where SELECTED
                group by 1
            ) f on f.priority = p.name
            order by p.nth",
    },
    Counted {
        widget: "reopen_stats",
        argument: None,
        page: "",
        base: "
            select y.id as type_id, coalesce(f.tickets, 0) as tickets, coalesce(f.resolved, 0) as resolved,
                coalesce(f.reopened, 0) as reopened
            from ticket_types y
            left join (
                select t.ticket_type_id, count(*) as tickets, count(t.resolved_at) as resolved,
                    count(*) filter (where t.reopen_count > 0) as reopened,
                    count(*) filter (where t.resolved_at is not null and t.answers < 2) as _one_touch
                from tickets t
                where SELECTED
                group by 1
            ) f on f.ticket_type_id = y.id
            order by 1",
    },
    Counted {
        widget: "workload",
        argument: None,
        page: "order by team_member_id",
        base: "
            select m.id as team_member_id, coalesce(f.open_tickets, 0) as open_tickets,
                coalesce(f.in_progress, 0) as in_progress, coalesce(f.overdue_now, 0) as overdue_now,
                f.oldest as _oldest
            from team_members m
            left join (
                select t.assigned_to,
                    count(*) as open_tickets,
                    count(*) filter (where t.status = 'in_progress') as in_progress,
                    count(*) filter (where t.resolved_at is null
                        and t.created_at < now() - make_interval(hours => y.avg_resolution_hours)) as overdue_now,
                    min(t.created_at) as oldest
                from tickets t join ticket_types y on y.id = t.ticket_type_id
                where t.status in ('open', 'in_progress') and SELECTED
                group by 1
            ) f on f.assigned_to = m.id
            where MEMBERS
            order by 1",
    },
    Counted {
        widget: "backlog_aging",
        argument: None,
        // the tickets are of last year: all that are open are older than 90 days
        page: "where from_days is not null and to_days is null",
        base: "
            select count(*) as open_tickets, min(t.created_at) as oldest_opened_at
            from tickets t
            where t.status in ('open', 'in_progress') and t.created_at < current_date - 90 and SELECTED",
    },
    Counted {
        widget: "agent_throughput",
        argument: None,
        page: "order by team_member_id",
        base: "
            select m.id as team_member_id, coalesce(sum(d.resolved), 0) as resolved, coalesce(sum(d.closed), 0) as closed,
                count(d.day) as active_days, max(d.resolved) as best_day_resolved
            from team_members m
            left join (
                select t.assigned_to, t.resolved_at::date as day, count(*) as resolved,
                    count(*) filter (where t.status in ('resolved', 'closed')) as closed
                from tickets t
                where t.resolved_at is not null and AT_ANY_TIME and SETTLED
                group by 1, 2
            ) d on d.assigned_to = m.id
            where MEMBERS
            group by 1
            order by 1",
    },
    Counted {
        widget: "heatmap",
        argument: None,
        page: "",
        base: "
            select d.weekday, h.hour, coalesce(c.n, 0) as created, coalesce(r.n, 0) as resolved
            from generate_series(1, 7) as d (weekday)
            cross join generate_series(0, 23) as h (hour)
            left join (
                select extract(isodow from t.created_at) as weekday, extract(hour from t.created_at) as hour, count(*) as n
                from tickets t
                where SELECTED
                group by 1, 2
            ) c using (weekday, hour)
            left join (
                select extract(isodow from t.resolved_at) as weekday, extract(hour from t.resolved_at) as hour, count(*) as n
                from tickets t
                where t.resolved_at is not null and AT_ANY_TIME and SETTLED
                group by 1, 2
            ) r using (weekday, hour)
            order by 1, 2",
    },
];

/// What is in `dashboard`, which has no plain query: it is compared with those of its parts, one after the other.
pub const DASHBOARD: Counted = Counted {
    widget: "dashboard",
    argument: None,
    page: "",
    base: "",
};

pub const DASHBOARD_PARTS: [&str; 10] = [
    "dashboard_overview",
    "tickets_over_time",
    "team_performance",
    "tickets_by_type",
    "tickets_by_priority",
    "client_analysis",
    "resolution_stats",
    "sla_compliance",
    "workload",
    "backlog_aging",
];
