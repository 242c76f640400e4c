//! Another policy, calendar, priority, plan or meaning of a status: other due times.

use super::desk::Desk;

const HOURS: &str = "(select extract(epoch from first_response_due_at - created_at) / 60 from public.tickets where id = $t)::integer";

/// Minutes from creation to the first response's due time, of a ticket created on a Monday at noon, UTC.
async fn minutes(desk: &Desk) -> Option<i32> {
    desk.text(HOURS).await.map(|text| text.parse().unwrap())
}

#[tokio::test]
async fn due_times_follow_whatever_they_were_made_of() {
    let desk = Desk::new().await;
    desk.ticket("high", "'2027-06-07 12:00Z'").await;
    for (change, expected) in [
        ("", Some(120)),
        (
            "update public.tickets set priority = 'urgent' where id = $t",
            Some(60),
        ),
        (
            "update public.tickets set priority = 'low' where id = $t",
            None,
        ),
        (
            "update public.tickets set priority = 'high' where id = $t",
            Some(120),
        ),
        (
            "update public.clients set plan_type = 'enterprise' where id = 1",
            Some(60),
        ),
        (
            "update public.sla_policies set first_response_minutes = 90 where plan_type = 'enterprise'",
            Some(90),
        ),
        (
            "update public.sla_policies set is_active = false where plan_type = 'enterprise'",
            Some(120),
        ),
        (
            "update public.business_hours set closes = '15:00' where closes = '18:00'",
            Some(120 + 18 * 60),
        ),
        (
            "insert into public.business_holidays values (1, '2027-06-08', 'x')",
            Some(120 + 42 * 60),
        ),
        (
            "update public.sla_policies set calendar_id = null where priority = 'high'",
            Some(120),
        ),
        (
            "delete from public.sla_policies where priority = 'high'",
            None,
        ),
        (
            "insert into public.sla_policies (name, priority, first_response_minutes) values ('New', 'high', 45)",
            Some(45),
        ),
    ] {
        desk.run(change).await;
        assert_eq!(minutes(&desk).await, expected, "{change}");
    }
}

#[tokio::test]
async fn a_status_that_pauses_from_now_on_pauses_the_tickets_that_have_it() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now()").await;
    desk.run("update public.tickets set status = 'blocked' where id = $t")
        .await;
    assert_eq!(desk.status().await, "ok");
    desk.run("update public.ticket_statuses set pauses_sla = true where code = 'blocked'")
        .await;
    assert_eq!(desk.status().await, "paused");
    desk.run("update public.ticket_statuses set pauses_sla = false where code = 'blocked'")
        .await;
    assert_eq!(desk.status().await, "ok");
    assert!(
        desk.holds(
            "exists (select from public.sla_pauses where ticket_id = $t and ended_at is not null)"
        )
        .await
    );
}

/// What was promised when it was kept or broken counts, not what is promised now.
#[tokio::test]
async fn what_is_over_stays_as_it_was() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now() - interval '2 hours'").await;
    assert_eq!(desk.status().await, "breached");
    // nobody lowers a broken promise away
    desk.run("update public.tickets set priority = 'high' where id = $t")
        .await;
    assert!(desk.clocks().await[0].starts_with("first_response breached"));
    desk.message(false, "now()").await;
    let before = desk.clocks().await;
    assert!(
        before[0].starts_with("first_response breached"),
        "{before:?}"
    );
    desk.run("update public.sla_policies set first_response_minutes = 10000")
        .await;
    assert_eq!(desk.clocks().await[0], before[0]);

    // but an answer that was there in time, and is loaded later, was in time
    desk.run("update public.ticket_messages set created_at = now() - interval '90 minutes' where ticket_id = $t").await;
    assert!(desk.clocks().await[0].starts_with("first_response met"));
    assert!(desk.holds("not exists (select from public.sla_clocks where ticket_id = $t and metric = 'first_response' and breached_at is not null)").await);
}
