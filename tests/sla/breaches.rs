//! Broken promises are written down once.

use futures_util::future::join_all;

use super::desk::Desk;

/// Tickets of which nobody says when they are overdue: they become so while nobody looks.
const SILENT: &str = "
    insert into public.tickets (id, client_id, ticket_type_id, title, priority, created_at)
    select 9400000 + n, 1, 1, 'Silent', 'urgent', now() from generate_series(1, 600) as n;
    update public.sla_clocks set due_at = now() - interval '1 minute' where ticket_id > 9400000";

#[tokio::test]
async fn a_promise_that_is_broken_in_silence_is_recorded_when_it_was_due() {
    let desk = Desk::new().await;
    desk.run(SILENT).await;
    desk.run("update public.sla_clocks set due_at = now() + interval '1 hour' where ticket_id > 9400000 and metric = 'resolution'").await;
    assert_eq!(
        desk.text("ops.record_breaches(1000)").await.as_deref(),
        Some("600")
    );
    assert_eq!(
        desk.text("ops.record_breaches(1000)").await.as_deref(),
        Some("0")
    );
    let wrong = "(select count(*) from public.sla_clocks where ticket_id > 9400000
        and (breached_at is distinct from case metric when 'first_response' then due_at end
            or (recorded_at is null) <> (breached_at is null)))";
    assert_eq!(desk.text(wrong).await.as_deref(), Some("0"));
    let told = "(select count(*) from public.ticket_events as e
        join public.sla_clocks as c on c.ticket_id = e.ticket_id and c.breached_at = e.created_at
        where e.ticket_id > 9400000 and e.type = 'sla-breached' and e.visibility = 'private'
            and e.actor_role = 'system' and e.new_value = to_jsonb(c.metric))";
    assert_eq!(desk.text(told).await.as_deref(), Some("600"));
}

/// The clock itself says so, whether or not a job has looked.
#[tokio::test]
async fn an_answer_that_comes_late_is_recorded_without_any_job() {
    let desk = Desk::new().await;
    desk.ticket("urgent", "now()").await;
    desk.run("update public.sla_clocks set due_at = now() - interval '1 minute' where ticket_id = $t and metric = 'first_response'").await;
    desk.message(false, "clock_timestamp()").await;
    let recorded =
        "exists (select from public.sla_clocks where ticket_id = $t and metric = 'first_response'
        and is_done and breached_at = due_at and recorded_at is not null)";
    assert!(desk.holds(recorded).await);
    let when = desk.text("(select recorded_at from public.sla_clocks where ticket_id = $t and metric = 'first_response')").await;
    desk.run("select ops.record_breaches(10); update public.tickets set status = 'resolved' where id = $t").await;
    let then = desk.text("(select recorded_at from public.sla_clocks where ticket_id = $t and metric = 'first_response')").await;
    assert_eq!(when, then);
}

#[tokio::test]
async fn five_workers_at_once_record_each_breach_once() {
    let desk = Desk::new().await;
    desk.run(
        "create table public.heard (ticket_id integer, metric text);
         create function public.hear() returns trigger language plpgsql security definer as $$ begin
            insert into public.heard
            select n.ticket_id, n.metric from new_clocks n join old_clocks o using (ticket_id, metric, started_at)
            where n.breached_at is not null and o.breached_at is null;
            return null;
         end $$;",
    )
    .await;
    desk.run(SILENT).await;
    desk.run(
        "create trigger hear after update on public.sla_clocks
         referencing old table as old_clocks new table as new_clocks
         for each statement execute function public.hear()",
    )
    .await;
    let workers = join_all((0..5).map(|_| desk.database.connect("desk_authenticator"))).await;
    let recording = workers.iter().map(|worker| async move {
        let mut total = 0;
        loop {
            worker.execute("set role desk_worker", &[]).await.unwrap();
            let row = worker
                .query_one("select ops.record_breaches(50)", &[])
                .await
                .unwrap();
            match row.get::<_, i32>(0) {
                0 => return total,
                recorded => total += recorded,
            }
        }
    });
    let mut total: i32 = join_all(recording).await.iter().sum();
    // those that another one was at when everybody else was done
    let rest = desk.text("ops.record_breaches(1000)").await.unwrap();
    total += rest.parse::<i32>().unwrap();
    assert_eq!(total, 1200);
    let heard = "(select count(*) || ' ' || count(distinct (ticket_id, metric)) from public.heard)";
    assert_eq!(desk.text(heard).await.as_deref(), Some("1200 1200"));
}
