//! A desk with promises of its own, and one ticket at a time.

use tokio_postgres::Client;

use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute};

/// The ticket that a test is about.
pub const TICKET: i32 = 9_200_001;

/// Round the clock, and the hours of an office in Berlin: 9 to 12 and 13 to 18, Monday to Friday.
/// Urgent tickets round the clock, high ones in the office, enterprise before any.
const PROMISES: &str = "
    truncate public.business_calendars, public.sla_policies restart identity cascade;
    insert into public.business_calendars (name, timezone) values ('Office', 'Europe/Berlin');
    insert into public.business_holidays values (1, '2026-12-25', 'Christmas Day');
    insert into public.business_hours (calendar_id, weekday, opens, closes)
    select 1, d, h.opens::time, h.closes::time
    from generate_series(1, 5) as d, (values ('09:00', '12:00'), ('13:00', '18:00')) as h (opens, closes);
    insert into public.sla_policies (
        name, priority, plan_type, calendar_id,
        first_response_minutes, next_response_minutes, resolution_minutes, warn_before_minutes
    )
    values
        ('Urgent', 'urgent', null, null, 60, 120, 480, 15),
        ('High', 'high', null, 1, 120, 240, 960, 30),
        ('High, enterprise', 'high', 'enterprise', 1, 60, 120, 480, 30);
    update public.clients set plan_type = 'starter' where id = 1;";

pub struct Desk {
    pub database: TestDb,
    pub admin: Client,
}

impl Desk {
    pub async fn new() -> Self {
        let database = desk().await;
        let admin = database.connect("postgres").await;
        execute(&admin, "set timezone = 'UTC'").await;
        execute(&admin, PROMISES).await;
        Self { database, admin }
    }

    pub async fn run(&self, script: &str) {
        execute(&self.admin, &script.replace("$t", &TICKET.to_string())).await;
    }

    /// A ticket of client 1 that was created at that time (SQL).
    pub async fn ticket(&self, priority: &str, created_at: &str) {
        self.run(&format!(
            "insert into public.tickets (id, client_id, ticket_type_id, title, priority, created_at)
             values ($t, 1, 1, 'Promised', '{priority}', {created_at})"
        ))
        .await;
    }

    /// A public message at that time (SQL).
    pub async fn message(&self, from_client: bool, at: &str) {
        self.run(&format!(
            "insert into public.ticket_messages (ticket_id, from_client, message_text, created_at)
             values ($t, {from_client}, 'Hello', {at})"
        ))
        .await;
    }

    /// The first column of the only row.
    pub async fn text(&self, sql: &str) -> Option<String> {
        let sql = sql.replace("$t", &TICKET.to_string());
        let sql = format!("select ({sql})::text");
        self.admin.query_one(&sql, &[]).await.expect(&sql).get(0)
    }

    /// Whether it is true.
    pub async fn holds(&self, condition: &str) -> bool {
        self.text(condition).await.as_deref() == Some("true")
    }

    /// The ticket's clocks: `metric state due`, times as they are written in UTC.
    pub async fn clocks(&self) -> Vec<String> {
        let sql = "select concat_ws(' ', metric, public.clock_state(c), case when is_paused then 'paused' end,
                to_char(due_at, 'MM-DD HH24:MI'))
            from public.sla_clocks as c where ticket_id = $1 order by metric, started_at";
        let rows = self.admin.query(sql, &[&TICKET]).await.expect(sql);
        rows.iter().map(|row| row.get(0)).collect()
    }

    pub async fn status(&self) -> String {
        let status = "select public.sla_status(t) from public.tickets as t where id = $t";
        self.text(status).await.expect("a status")
    }
}
