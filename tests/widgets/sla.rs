//! Promises, answers and tickets that come back, against brute force over clocks and messages.

use serde_json::{Value, json};

use super::{Scene, assert_agrees, everything};
use crate::brute_force::{Generator, METRICS, Promises, Selection, Sight};
use crate::harness::desk::{agent, execute};

/// A desk on which clocks run, stand, were met and were not, and clients wait more than once.
async fn busy() -> Scene {
    let scene = Scene::new().await;
    let admin = scene.database.connect("postgres").await;
    execute(
        &admin,
        "insert into public.ticket_messages (ticket_id, from_client, message_text, created_at)
         select id, n % 2 = 0, 'Again', coalesce(first_response_at, created_at) + n * interval '7 hours'
         from public.tickets, generate_series(1, 4) as n
         where id % 7 = 0 and isfinite(created_at) and isfinite(coalesce(first_response_at, created_at));
         insert into public.tickets (client_id, ticket_type_id, title, priority, status)
         select 1 + n % 50, 1 + n % 14, 'New', (array['urgent', 'high', 'medium', 'low'])[1 + n % 4],
            case when n % 3 = 0 then 'pending' else 'open' end
         from generate_series(1, 60) as n;
         update public.tickets set reopen_count = 1 + id % 2 where id % 11 = 0",
    )
    .await;
    Scene::of(scene.database).await
}

#[tokio::test]
async fn promises_and_answers_are_those_of_brute_force() {
    let mut scene = busy().await;
    let admin = scene.database.connect("postgres").await;
    let mut generator = Generator::new(19);
    // before and after the roll-ups were folded, then with changes that they do not have yet
    for (meanwhile, selections) in [("", 40), ("select analytics.fold()", 10), (CHANGES, 20)] {
        execute(&admin, meanwhile).await;
        scene = Scene::of(scene.database).await;
        let random = (0..selections).map(|_| generator.selection()).collect();
        assert_counted(&scene, random).await;
        let wrong = admin.query("select * from analytics.verify()", &[]).await;
        assert!(wrong.unwrap().is_empty(), "after: {meanwhile}");
    }
    let promises = Promises::load(&admin).await;
    let all = promises.sla_compliance(&Sight::new(&scene.base, &everything()));
    for metric in METRICS {
        for state in ["met", "breached", "running"] {
            let column = format!("{metric}_{state}");
            let total: u64 = all.iter().map(|row| row[&column].as_u64().unwrap()).sum();
            assert!(total > 0, "no {column}");
        }
    }
}

/// What becomes of promises: kept, broken while nobody looks, and on tickets that move.
const CHANGES: &str = "
    update public.sla_clocks set due_at = now() - interval '1 minute'
    where stopped_at is null and breached_at is null and ticket_id % 3 = 0;
    select ops.record_breaches(10);
    update public.tickets set assigned_to = 1 + id % 15, ticket_type_id = 1 + id % 14 where id % 5 = 0;
    update public.tickets set priority = 'urgent' where id % 13 = 0;
    update public.tickets set created_at = created_at - interval '40 days' where id % 17 = 0;
    update public.tickets set status = 'resolved', resolved_at = now() where id % 9 = 0 and resolved_at is null and closed_at is null;
    update public.tickets set status = 'open', resolved_at = null where id % 23 = 0;
    insert into public.ticket_messages (ticket_id, message_text) select id, 'Answered' from public.tickets where id % 6 = 0;
    delete from public.tickets where id % 19 = 0 and merged_into is null
        and not exists (select from public.tickets as m where m.merged_into = tickets.id)";

async fn assert_counted(scene: &Scene, selections: Vec<Selection>) {
    let promises = Promises::load(&scene.database.connect("postgres").await).await;
    for selection in std::iter::once(everything()).chain(selections) {
        let sight = Sight::new(&scene.base, &selection);
        for (name, expected) in [
            ("sla_compliance", promises.sla_compliance(&sight)),
            (
                "first_response_stats",
                promises.first_response_stats(&sight),
            ),
            ("next_response_stats", promises.next_response_stats(&sight)),
            ("reopen_stats", promises.reopen_stats(&sight)),
        ] {
            let path = format!("/rpc/{name}");
            let got = scene.get(&agent(), &path, &selection, "").await;
            assert_agrees(&path, &selection, &Value::Array(expected), &got);
        }
    }
}

#[tokio::test]
async fn the_list_has_the_tickets_behind_each_promise() {
    let scene = busy().await;
    let rows = scene
        .get(&agent(), "/rpc/sla_compliance", &everything(), "")
        .await;
    for row in rows.as_array().unwrap() {
        let priority = match row["ticket_priority"].as_str().unwrap() {
            "none" => "is.null".to_owned(),
            priority => format!("eq.{priority}"),
        };
        for metric in METRICS {
            for state in ["met", "breached", "running"] {
                let url = format!(
                    "/rpc/ticket_list?priority={priority}&select=id,sla_clocks!inner(metric)\
                     &sla_clocks.metric=eq.{metric}&sla_clocks.clock_state=eq.{state}"
                );
                let listed = scene.server.get(&url).token(&agent()).send().await.ok();
                let clocks = listed.as_array().unwrap().iter();
                let clocks: usize = clocks
                    .map(|row| row["sla_clocks"].as_array().unwrap().len())
                    .sum();
                assert_eq!(json!(clocks), row[format!("{metric}_{state}")], "{url}");
            }
        }
    }
}
