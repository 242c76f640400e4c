//! Data of the assignment's shape (domain.md), at its own size.

use tokio_postgres::Client;

use super::{empty_desk, number, text};
use crate::harness::desk::seed;

/// A share in percent: `part` of the rows of `of`.
async fn percent(client: &Client, part: &str, of: &str) -> f64 {
    let sql = format!(
        "select (100.0 * count(*) filter (where {part}) / count(*))::double precision from {of}"
    );
    client.query_one(&sql, &[]).await.expect(&sql).get(0)
}

#[tokio::test]
async fn the_data_has_the_assignments_shape() {
    let database = empty_desk().await;
    let client = database.connect("postgres").await;
    seed(&client, 20_900).await;
    client.execute("set timezone = 'UTC'", &[]).await.unwrap();
    for month in 1..=11 {
        let sql = format!(
            "select count(*) from tickets where created_at >= '2025-{month:02}-01' and created_at < '2025-{:02}-01'",
            month + 1
        );
        assert_eq!(
            number(&client, &sql).await,
            1060 + 140 * month,
            "month {month}"
        );
    }
    assert_eq!(
        text(
            &client,
            "select string_agg(department || ' ' || n, ', ' order by department)
             from (select department, count(*) as n from team_members group by 1) as d",
        )
        .await,
        "finance 2, support 9, technical 4"
    );
    shares(&client).await;
    rules(&client).await;
}

/// Chances, each within what 20,900 draws allow.
async fn shares(client: &Client) {
    for (part, of, expected, within) in [
        ("status = 'resolved'", "tickets", 70.0, 1.5),
        (
            "status = 'in_progress'",
            "tickets where status <> 'resolved'",
            85.0,
            1.5,
        ),
        ("priority = 'urgent'", "tickets", 10.0, 1.0),
        (
            "priority = 'high'",
            "tickets where priority <> 'urgent'",
            35.0,
            1.5,
        ),
        (
            "priority = 'medium'",
            "tickets where priority in ('low', 'medium')",
            70.0,
            1.5,
        ),
        ("assigned_to is null", "tickets", 2.0, 0.5),
        (
            "rating >= 3",
            "tickets where resolved_at is not null",
            60.0,
            1.5,
        ),
        (
            "rating < 3",
            "tickets where resolved_at is not null",
            6.0,
            1.0,
        ),
        (
            "resolution_seconds < 86400",
            "tickets where resolved_at is not null",
            50.0,
            1.5,
        ),
    ] {
        let got = percent(client, part, of).await;
        assert!(
            (got - expected).abs() < within,
            "{part} of {of}: {got} instead of {expected} %"
        );
    }
    for (column, kinds) in [("assigned_to", 15), ("ticket_type_id", 14)] {
        let sql = format!(
            "select count(*) from (
                 select {column} from tickets where {column} is not null group by 1
                 having count(*) * {kinds} between 0.85 * (select count({column}) from tickets)
                     and 1.15 * (select count({column}) from tickets)
             ) as even"
        );
        assert_eq!(number(client, &sql).await, kinds, "{column} is uniform");
    }
}

/// What holds for every row: each line counts those that break it.
async fn rules(client: &Client) {
    for (rule, broken) in [
        (
            "clients are drawn from the first five a month",
            "tickets where client_id > 5 * date_part('month', created_at)",
        ),
        (
            "a client joins before it asks",
            "tickets as t join clients as c on c.id = t.client_id where t.created_at < c.created_at",
        ),
        (
            "resolved is what has a time",
            "tickets where (status = 'resolved') <> (resolved_at is not null)",
        ),
        (
            "closed is what was merged, into an open ticket of the same client",
            "tickets as t left join tickets as o on o.id = t.merged_into
             where (t.status = 'closed', t.closed_at is not null) is distinct from (o.id is not null, o.id is not null)
                 or o.client_id <> t.client_id or o.status <> 'in_progress'",
        ),
        (
            "within two days",
            "tickets where resolution_seconds not between 0 and 48 * 3600",
        ),
        (
            "only open tickets are nobody's",
            "tickets where assigned_to is null and status <> 'open'",
        ),
        (
            "two or three messages a ticket",
            "(select from tickets as t left join ticket_messages as m on m.ticket_id = t.id
              group by t.id having count(m.id) not between 2 and 3) as x",
        ),
        (
            "the client begins",
            "(select distinct on (ticket_id) * from ticket_messages order by ticket_id, created_at, id) as m
             where from_client is not true",
        ),
        (
            "staff messages name their author, clients' do not",
            "ticket_messages where from_client = (from_team_member_id is not null)",
        ),
        (
            "feedback comes after resolution",
            "ticket_feedback as f join tickets as t on t.id = f.ticket_id
             where t.resolved_at is null or f.created_at < t.resolved_at",
        ),
        (
            "refunds are negative, and nothing else is",
            "payments where (amount_usd < 0) <> (status = 'refunded')",
        ),
        (
            "a refund stands beside the payment, which stays completed",
            "payments as r where status = 'refunded' and not exists (
                 select from payments as p
                 where p.client_id = r.client_id and p.amount_usd = - r.amount_usd
                     and p.status = 'completed' and p.created_at < r.created_at)",
        ),
        (
            "paid is what has a time",
            "payments where (paid_at is not null) <> (status in ('completed', 'refunded'))",
        ),
        (
            "a plan has its fee",
            "payments as p join clients as c on c.id = p.client_id
             where p.payment_type = 'subscription' and abs(p.amount_usd) <> case c.plan_type
                 when 'starter' then 99 when 'professional' then 299 else 999 end",
        ),
        (
            "who helps is not who answers",
            "ticket_assignees as a join tickets as t on t.id = a.ticket_id
             where a.team_member_id is not distinct from t.assigned_to",
        ),
    ] {
        let sql = format!("select count(*) from {broken}");
        assert_eq!(number(client, &sql).await, 0, "{rule}");
    }
    for some in [
        "payments where status = 'refunded'",
        "payments where payment_type = 'top-up'",
        "payments where status = 'failed'",
        "ticket_messages where is_internal",
        "ticket_assignees",
        "tickets where cardinality(tags) > 1",
        "clients where plan_type = 'enterprise'",
        "tickets where merged_into is not null",
        "tickets where reopen_count > 0",
        "ticket_messages where is_question",
        "sla_clocks where breached_at is not null",
        "custom_fields",
    ] {
        let got = number(client, &format!("select count(*) from {some}")).await;
        assert!(got > 0, "there are {some}");
    }
}
