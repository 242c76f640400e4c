//! What is asked of the desk, and the plainest SQL that answers the same.

/// What the first brief allows for anything filtered, in ms.
pub const BUDGET_OF_FILTERED: u32 = 1_000;
const DASHBOARD: u32 = 500;
const PAGE: u32 = 300;
const CHART: u32 = 800;

const NARROW: &str = "created_at=gte.2025-04-01&created_at=lte.2025-05-31&assigned_to=in.(2,5,9)";

pub struct Measured {
    pub name: &'static str,
    pub who: Who,
    url: &'static str,
    /// In ms (the first brief's).
    pub budget: u32,
    /// The column whose sum is checked; else the number of rows is.
    pub adds_up: Option<&'static str>,
    check: &'static str,
    plain: &'static str,
}

#[derive(Clone, Copy)]
pub enum Who {
    Agent,
    Client,
}

impl Measured {
    pub fn url(&self, narrow: bool) -> String {
        let sign = if self.url.contains('?') { '&' } else { '?' };
        if narrow {
            format!("{}{sign}{NARROW}", self.url)
        } else {
            self.url.to_owned()
        }
    }

    pub fn check(&self, narrow: bool) -> String {
        filled(self.check, narrow)
    }

    pub fn plain(&self, narrow: bool) -> String {
        filled(self.plain, narrow)
    }
}

/// `HOURS` the resolution time, `SELECTED` all conditions, `OF_AGENTS` those that are not the period,
/// `MONTHS` the period's months.
fn filled(sql: &str, narrow: bool) -> String {
    let (selected, of_agents, months) = if narrow {
        (
            "t.created_at >= '2025-04-01' and t.created_at < '2025-06-01' and t.assigned_to in (2, 5, 9)",
            "t.assigned_to in (2, 5, 9)",
            "timestamptz '2025-04-01', timestamptz '2025-05-01'",
        )
    } else {
        (
            "true",
            "true",
            "timestamptz '2025-01-01', timestamptz '2025-12-01'",
        )
    };
    sql.replace("HOURS", HOURS)
        .replace("SELECTED", selected)
        .replace("OF_AGENTS", of_agents)
        .replace("MONTHS", months)
}

const ALL: &str = "select count(*) from tickets t where SELECTED";
const HOURS: &str = "extract(epoch from t.resolved_at - t.created_at) / 3600";

pub const MEASURED: &[Measured] = &[
    Measured {
        name: "dashboard_overview",
        who: Who::Agent,
        url: "/rpc/dashboard_overview",
        budget: DASHBOARD,
        adds_up: Some("total_tickets"),
        check: ALL,
        plain: "
            select count(*), count(*) filter (where t.status in ('open', 'in_progress')),
                count(t.resolved_at),
                avg(extract(epoch from t.resolved_at - t.created_at)) / 3600,
                percentile_cont(0.5) within group (order by extract(epoch from t.resolved_at - t.created_at)),
                avg(f.rating), count(f.rating)
            from tickets t left join ticket_feedback f on f.ticket_id = t.id
            where SELECTED",
    },
    Measured {
        name: "team_performance",
        who: Who::Agent,
        url: "/rpc/team_performance",
        budget: PAGE,
        adds_up: Some("tickets_assigned"),
        check: "select count(t.assigned_to) from tickets t where SELECTED",
        plain: "
            select m.id, m.username, count(t.id), count(t.resolved_at),
                avg(extract(epoch from t.resolved_at - t.created_at)) / 3600,
                percentile_cont(0.5) within group (order by extract(epoch from t.resolved_at - t.created_at)),
                avg(f.rating), count(f.rating)
            from team_members m
            left join tickets t on t.assigned_to = m.id and SELECTED
            left join ticket_feedback f on f.ticket_id = t.id
            group by m.id",
    },
    Measured {
        name: "tickets_over_time",
        who: Who::Agent,
        url: "/rpc/tickets_over_time",
        budget: CHART,
        adds_up: Some("created"),
        check: ALL,
        plain: "
            select month,
                (select count(*) from tickets t where OF_AGENTS
                    and t.created_at >= month and t.created_at < month + interval '1 month'),
                (select count(*) from tickets t where OF_AGENTS
                    and t.resolved_at >= month and t.resolved_at < month + interval '1 month'),
                (select count(*) from tickets t where OF_AGENTS
                    and t.created_at < month + interval '1 month'
                    and (t.resolved_at is null or t.resolved_at >= month + interval '1 month')
                    and (t.closed_at is null or t.closed_at >= month + interval '1 month'))
            from generate_series(MONTHS, interval '1 month') as month",
    },
    Measured {
        name: "tickets_by_type",
        who: Who::Agent,
        url: "/rpc/tickets_by_type",
        budget: CHART,
        adds_up: Some("tickets"),
        check: ALL,
        plain: "
            select y.id, y.type_name, count(t.id),
                round(100.0 * count(t.id) / nullif(sum(count(t.id)) over (), 0), 1),
                count(*) filter (where t.status in ('open', 'in_progress')), count(t.resolved_at)
            from ticket_types y
            left join tickets t on t.ticket_type_id = y.id and SELECTED
            group by y.id",
    },
    Measured {
        name: "tickets_by_priority",
        who: Who::Agent,
        url: "/rpc/tickets_by_priority",
        budget: CHART,
        adds_up: Some("tickets"),
        check: ALL,
        plain: "
            select t.priority, count(*),
                round(100.0 * count(*) / sum(count(*)) over (), 1),
                count(*) filter (where t.status in ('open', 'in_progress')),
                count(*) filter (where t.status in ('resolved', 'closed'))
            from tickets t
            where SELECTED
            group by t.priority",
    },
    Measured {
        name: "client_analysis",
        who: Who::Agent,
        url: "/rpc/client_analysis",
        budget: PAGE,
        adds_up: None,
        check: "select 20::bigint",
        plain: "
            select c.client_name, c.plan_type, count(t.id),
                count(*) filter (where t.status in ('open', 'in_progress')),
                (select sum(p.amount_usd) from payments p
                    where p.client_id = c.id and p.status in ('completed', 'refunded')),
                max(t.created_at)
            from clients c
            left join tickets t on t.client_id = c.id and SELECTED
            group by c.id
            order by count(t.id) desc
            limit 20",
    },
    Measured {
        name: "resolution_stats",
        who: Who::Agent,
        url: "/rpc/resolution_stats",
        budget: CHART,
        adds_up: Some("resolved"),
        check: "select count(t.resolved_at) from tickets t where SELECTED",
        plain: "
            select t.priority, count(*), min(HOURS), max(HOURS), avg(HOURS),
                percentile_cont(array[0.25, 0.5, 0.75, 0.9, 0.95]) within group (order by HOURS),
                avg(y.avg_resolution_hours),
                count(*) filter (where HOURS > y.avg_resolution_hours
                    or t.resolved_at is null
                    and t.created_at < now() - make_interval(hours => y.avg_resolution_hours))
            from tickets t join ticket_types y on y.id = t.ticket_type_id
            where SELECTED
            group by t.priority",
    },
    Measured {
        name: "resolution_by_type",
        who: Who::Agent,
        url: "/rpc/resolution_by_type",
        budget: CHART,
        adds_up: Some("resolved"),
        check: "select count(t.resolved_at) from tickets t where SELECTED",
        plain: "
            select y.type_name, y.avg_resolution_hours, avg(HOURS),
                percentile_cont(0.5) within group (order by HOURS),
                count(*) filter (where HOURS > y.avg_resolution_hours
                    or t.resolved_at is null
                    and t.created_at < now() - make_interval(hours => y.avg_resolution_hours))
            from ticket_types y
            left join tickets t on t.ticket_type_id = y.id and SELECTED
            group by y.id",
    },
    Measured {
        name: "resolution_histogram",
        who: Who::Agent,
        url: "/rpc/resolution_histogram",
        budget: CHART,
        adds_up: Some("tickets"),
        check: "select count(t.resolved_at) from tickets t where SELECTED",
        plain: "
            select t.priority, width_bucket(HOURS, array[0, 1, 2, 4, 8, 12, 24, 36, 48, 72, 168]::numeric[]), count(*)
            from tickets t
            where t.resolved_at is not null and SELECTED
            group by 1, 2",
    },
    Measured {
        name: "overdue_tickets",
        who: Who::Agent,
        url: "/rpc/overdue_tickets",
        budget: PAGE,
        adds_up: None,
        check: "select 20::bigint",
        plain: "
            select t.number, t.title, c.client_name, m.display_name, y.type_name, t.priority, t.status,
                extract(epoch from coalesce(t.resolved_at, now()) - t.created_at) / 3600 - y.avg_resolution_hours as excess
            from tickets t
            join clients c on c.id = t.client_id
            left join team_members m on m.id = t.assigned_to
            join ticket_types y on y.id = t.ticket_type_id
            where extract(epoch from coalesce(t.resolved_at, now()) - t.created_at) / 3600 > y.avg_resolution_hours
                and SELECTED
            order by excess desc
            limit 20",
    },
    Measured {
        name: "a client's own list",
        who: Who::Client,
        url: "/rpc/ticket_list?order=created_at.desc&limit=25",
        budget: PAGE,
        adds_up: None,
        check: "select 25::bigint",
        plain: "select * from tickets where client_id = 7 order by created_at desc limit 25",
    },
    Measured {
        name: "a ticket by key",
        who: Who::Client,
        url: "/tickets?id=eq.2465",
        budget: PAGE,
        adds_up: None,
        // client 7's in the desk of 42,900, somebody else's and so no row in others
        check: "select count(*) from tickets where id = 2465 and client_id = 7",
        plain: "select * from tickets where id = 2465",
    },
];
