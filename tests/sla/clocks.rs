//! What starts, stops and pauses the clocks of a ticket.

use super::desk::Desk;

#[tokio::test]
async fn a_new_ticket_has_its_times() {
    let desk = Desk::new().await;
    // Friday, 17:00 in Berlin
    desk.ticket("high", "'2027-06-04 15:00Z'").await;
    assert_eq!(
        desk.clocks().await,
        [
            "first_response running 06-07 08:00",
            "resolution running 06-08 15:00"
        ]
    );
    let columns = "select concat_ws(' ', to_char(first_response_due_at, 'DD HH24:MI'), to_char(resolution_due_at, 'DD HH24:MI'),
        next_response_due_at, to_char(sla_due_at, 'DD HH24:MI'), to_char(sla_warn_at, 'DD HH24:MI'))
        from public.tickets where id = $t";
    // half an hour of work before Monday 10:00 in Berlin
    assert_eq!(
        desk.text(columns).await.unwrap(),
        "07 08:00 08 15:00 07 08:00 07 07:30"
    );
}

#[tokio::test]
async fn answers_stop_the_clocks_and_questions_start_them() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now() - interval '50 minutes'").await;
    assert_eq!(desk.status().await, "due_soon");
    // asking again is no second promise
    desk.message(true, "now() - interval '40 minutes'").await;
    assert_eq!(desk.clocks().await.len(), 2);
    // nor does a note answer anything
    desk.run("insert into public.ticket_messages (ticket_id, is_internal, message_text) values ($t, true, 'Note')").await;
    assert!(desk.holds("exists (select from public.sla_clocks where ticket_id = $t and metric = 'first_response' and stopped_at is null)").await);

    desk.message(false, "now() - interval '30 minutes'").await;
    assert_eq!(desk.status().await, "ok");
    desk.message(true, "now() - interval '20 minutes'").await;
    desk.message(true, "now() - interval '10 minutes'").await;
    let waiting = "exists (select from public.tickets where id = $t and next_response_due_at = sla_due_at
        and next_response_due_at between now() + interval '99 minutes' and now() + interval '101 minutes'
        and first_response_due_at is not null)";
    assert!(desk.holds(waiting).await);
    desk.message(false, "now() - interval '5 minutes'").await;
    assert!(
        desk.holds(
            "exists (select from public.tickets where id = $t and next_response_due_at is null)"
        )
        .await
    );

    desk.run("update public.tickets set status = 'resolved' where id = $t")
        .await;
    let states: Vec<String> = desk
        .clocks()
        .await
        .iter()
        .map(|c| c.split(' ').take(2).collect::<Vec<_>>().join(" "))
        .collect();
    assert_eq!(
        states,
        ["first_response met", "next_response met", "resolution met"]
    );
    assert_eq!(desk.status().await, "met");
    let kept =
        "exists (select from public.tickets where id = $t and first_response_due_at is not null
        and resolution_due_at is not null and sla_due_at is null)";
    assert!(desk.holds(kept).await);
}

#[tokio::test]
async fn a_message_that_is_deleted_was_no_answer() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now() - interval '30 minutes'").await;
    desk.message(false, "now() - interval '20 minutes'").await;
    desk.message(true, "now() - interval '10 minutes'").await;
    desk.message(false, "now() - interval '5 minutes'").await;
    desk.run("delete from public.ticket_messages where ticket_id = $t and not from_client")
        .await;
    let clocks = desk.clocks().await;
    assert_eq!(clocks.len(), 2, "{clocks:?}");
    assert!(clocks[0].starts_with("first_response running"));
}

#[tokio::test]
async fn a_status_that_pauses_stops_the_clocks_until_it_ends() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now() - interval '30 minutes'").await;
    desk.run("update public.tickets set status = 'pending' where id = $t")
        .await;
    assert_eq!(desk.status().await, "paused");
    assert_eq!(
        desk.clocks().await,
        ["first_response running paused", "resolution running paused"]
    );
    assert!(desk.holds("exists (select from public.tickets where id = $t and first_response_due_at is null and sla_due_at is null)").await);
    // half an hour ago
    desk.run("update public.sla_pauses set began_at = now() - interval '20 minutes' where ticket_id = $t").await;
    desk.run("update public.tickets set status = 'open' where id = $t")
        .await;
    assert_eq!(desk.status().await, "ok");
    let put_off = "exists (select from public.tickets where id = $t
        and first_response_due_at between created_at + interval '79 minutes' and created_at + interval '81 minutes')";
    assert!(desk.holds(put_off).await);
}

#[tokio::test]
async fn a_ticket_that_is_opened_again_runs_on() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now() - interval '5 hours'").await;
    desk.message(false, "now() - interval '290 minutes'").await;
    desk.run("update public.tickets set status = 'resolved', resolved_at = now() - interval '3 hours' where id = $t").await;
    assert_eq!(desk.status().await, "met");
    desk.run("update public.tickets set status = 'open' where id = $t")
        .await;
    // eight hours, and the three in which it was solved
    let put_off = "exists (select from public.tickets where id = $t
        and resolution_due_at - created_at between interval '659 minutes' and interval '661 minutes')";
    assert!(desk.holds(put_off).await);
    assert_eq!(desk.status().await, "ok");
}

#[tokio::test]
async fn what_ends_a_ticket_drops_what_nobody_needs_any_more() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now() - interval '10 minutes'").await;
    desk.run("update public.tickets set status = 'closed' where id = $t")
        .await;
    let clocks = desk.clocks().await;
    assert!(
        clocks.iter().all(|clock| clock.contains("dropped")),
        "{clocks:?}"
    );
    assert_eq!(desk.status().await, "none");

    desk.run("delete from public.tickets where id = $t").await;
    desk.ticket("urgent", "now() - interval '2 hours'").await;
    desk.run("update public.tickets set merged_into = 1, closed_at = now() where id = $t")
        .await;
    assert!(desk.clocks().await[0].starts_with("first_response breached"));
    assert_eq!(desk.status().await, "missed");
}

/// Thousands in one statement, however odd their times.
#[tokio::test]
async fn a_bulk_load_gets_its_clocks_and_oddities_get_none() {
    let desk = Desk::new().await;
    desk.run(
        "insert into public.tickets (id, client_id, ticket_type_id, title, priority, created_at, resolved_at)
         select 9300000 + n, 1 + n % 50, 1, 'Loaded', 'urgent', timestamptz '2025-03-01 00:00Z' + n * interval '1 minute',
            case when n % 2 = 0 then timestamptz '2025-03-01 00:00Z' + n * interval '5 minutes' end
         from generate_series(1, 4000) as n;
         insert into public.ticket_messages (ticket_id, from_client, message_text, created_at)
         select 9300000 + n, false, 'Loaded', timestamptz '2025-03-01 00:30Z' + n * interval '1 minute'
         from generate_series(1, 4000) as n;
         insert into public.tickets (id, client_id, ticket_type_id, title, priority, created_at)
         values (9310001, 1, 1, 'x', 'urgent', 'infinity'), (9310002, 1, 1, 'x', 'urgent', '-infinity'),
            (9310003, 1, 1, 'x', 'urgent', null), (9310004, 1, 1, 'x', null, now()),
            (9310005, 1, 1, 'x', 'urgent', '290000-01-01');
         insert into public.tickets (id, client_id, ticket_type_id, title, priority, first_response_due_at)
         values (9310006, 1, 1, 'x', 'low', '2026-01-01 00:00Z')",
    )
    .await;
    let answered =
        "(select count(*) from public.sla_clocks where ticket_id between 9300001 and 9304000
        and metric = 'first_response' and is_done and breached_at is null)";
    assert_eq!(desk.text(answered).await.as_deref(), Some("4000"));
    let odd = "(select count(*) from public.sla_clocks where ticket_id between 9310001 and 9310006 and due_at is not null)";
    assert_eq!(desk.text(odd).await.as_deref(), Some("0"));
    let brought = "(select first_response_due_at from public.tickets where id = 9310006) = timestamptz '2026-01-01 00:00Z'";
    assert!(
        desk.holds(brought).await,
        "where nothing is promised, what was brought stays"
    );
}

/// What follows from the messages of a ticket costs as much as there are messages, not the square of it: a client
/// may write many.
#[tokio::test]
async fn a_ticket_of_many_messages_is_answered_like_another() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now()").await;
    desk.run(
        "insert into public.ticket_messages (ticket_id, from_client, message_text)
        select $t, n % 3 > 0, 'x' from generate_series(1, 40000) as n",
    )
    .await;
    desk.run("set statement_timeout = '15s'; update public.tickets set status = 'resolved' where id = $t; reset statement_timeout").await;
    assert!(
        desk.holds("exists (select from public.tickets where id = $t and sla_state is not null)")
            .await
    );
}
