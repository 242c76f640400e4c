//! Workload, ages, hours of the week and throughput against brute force.

use serde_json::{Value, json};

use super::{Scene, assert_agrees, everything};
use crate::brute_force::{
    Generator, Selection, Sight, agent_throughput, backlog_aging, heatmap, micros, workload,
};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{agent, desk, execute};

/// The local day, as the database has it.
pub(super) async fn today(scene: &Scene, zone: &str) -> String {
    let admin = scene.database.connect("postgres").await;
    let sql = "select (now() at time zone $1)::date::text";
    admin.query_one(sql, &[&zone]).await.unwrap().get(0)
}

/// What only clocks change between two looks.
fn without_seconds(expected: &mut Value, got: &Value) {
    let rows = expected.as_array_mut().unwrap().iter_mut();
    for (expected, got) in rows.zip(got.as_array().unwrap()) {
        let hours = |row: &Value| row["oldest_open_hours"].as_f64();
        if let Some((there, here)) = hours(got).zip(hours(expected))
            && (there - here).abs() < 0.5
        {
            expected["oldest_open_hours"] = json!(there);
        }
    }
}

/// All four.
pub(super) async fn check(scene: &Scene, token: &str, sight: &Sight<'_>) {
    let selection = sight.selection;
    let today = today(scene, selection.zone).await;

    let path = "/rpc/workload";
    let got = scene.get(token, path, selection, "").await;
    let mut expected = Value::Array(workload(sight, &today));
    without_seconds(&mut expected, &got);
    assert_agrees(path, selection, &expected, &got);

    let path = "/rpc/backlog_aging";
    let mut got = scene.get(token, path, selection, "").await;
    for row in got.as_array_mut().unwrap() {
        if let Some(text) = row["oldest_opened_at"].as_str() {
            row["oldest_opened_at"] = json!(micros(text));
        }
    }
    let expected = Value::Array(backlog_aging(sight, &today));
    assert_agrees(path, selection, &expected, &got);

    let path = "/rpc/agent_throughput";
    let got = scene.get(token, path, selection, "").await;
    let expected = Value::Array(agent_throughput(sight, &today));
    assert_agrees(path, selection, &expected, &got);

    let path = "/rpc/heatmap";
    let got = scene.get(token, path, selection, "").await;
    let expected = Value::Array(heatmap(sight));
    assert_agrees(path, selection, &expected, &got);
}

/// A desk on which something happens these days, and some is in the roll-ups and some is not.
pub(super) async fn lively() -> Scene {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    execute(
        &admin,
        "select analytics.fold();
         insert into public.tickets (client_id, assigned_to, ticket_type_id, status, priority, title, created_at, resolved_at)
         select 1 + n % 50, nullif(n % 16, 0), 1 + n % 14,
            case when n % 3 = 0 then 'resolved' when n % 5 = 0 then 'pending' else 'in_progress' end,
            (array['low', 'medium', 'high', 'urgent'])[1 + n % 4], 'Of late',
            now() - n * interval '7 hours',
            case when n % 3 = 0 then now() - n * interval '5 hours' end
         from generate_series(1, 400) as n;
         insert into public.tickets (client_id, assigned_to, ticket_type_id, status, title)
         select 1, n, 1, 'open', 'A moment ago' from generate_series(1, 3) as n;
         -- clocks that go wrong
         insert into public.tickets (client_id, assigned_to, ticket_type_id, status, title, created_at, resolved_at)
         select 1, n, 1, case when n = 3 then 'resolved' else 'open' end, 'Still to come',
            now() + n * interval '2 days', case when n = 3 then now() + interval '9 days' end
         from generate_series(1, 4) as n",
    )
    .await;
    execute(&admin, include_str!("untidier.sql")).await;
    Scene::of(database).await
}

#[tokio::test]
async fn every_number_of_work_is_that_of_brute_force() {
    let scene = lively().await;
    let mut generator = Generator::new(31);
    let random: Vec<Selection> = (0..150).map(|_| generator.selection()).collect();
    for selection in std::iter::once(everything()).chain(random) {
        check(&scene, &agent(), &Sight::new(&scene.base, &selection)).await;
    }
}

#[tokio::test]
async fn the_lively_desk_has_something_of_everything() {
    let scene = lively().await;
    let selection = everything();
    let sight = Sight::new(&scene.base, &selection);
    let today = today(&scene, "UTC").await;
    let ages = backlog_aging(&sight, &today);
    assert_eq!(ages.len(), 9);
    assert!(ages.iter().all(|row| row["open_tickets"] != 0), "{ages:?}");
    let work = workload(&sight, &today);
    for column in [
        "pending",
        "overdue_now",
        "oldest_open_hours",
        "days_to_clear",
    ] {
        let telling = work.iter().filter(|row| row[column].as_f64() > Some(0.0));
        assert!(telling.count() > 5, "{column}");
    }
}

/// Cells of hours answer where they are hours of the request's zone, and nowhere else.
#[tokio::test]
async fn hours_are_right_whatever_the_zone_of_the_roll_ups() {
    let scene = lively().await;
    let admin = scene.database.connect("postgres").await;
    for zone in ["Europe/Berlin", "America/Havana", "Australia/Lord_Howe"] {
        execute(&admin, &format!("call analytics.rebuild('{zone}')")).await;
        let mut generator = Generator::new(32);
        for _ in 0..25 {
            let selection = Selection {
                conditions: vec![generator.condition("created_at")],
                ..generator.selection()
            };
            let sight = Sight::new(&scene.base, &selection);
            let path = "/rpc/heatmap";
            let got = scene.get(&agent(), path, &selection, "").await;
            assert_agrees(path, &selection, &Value::Array(heatmap(&sight)), &got);
        }
    }
}

/// Whole hours from UTC, but for the hour in which clocks are turned by half of one, or at an odd minute.
#[tokio::test]
async fn hours_of_utc_are_those_of_a_zone_or_not() {
    let database: TestDb = desk().await;
    let admin = database.connect("postgres").await;
    for (zone, first, last, expected) in [
        ("UTC", "2025-01-01", "2025-12-31", true),
        ("Europe/Berlin", "2025-01-01", "2025-12-31", true),
        ("Asia/Kathmandu", "2025-06-01", "2025-06-02", false),
        // half an hour of summer time
        ("Australia/Lord_Howe", "2025-01-01", "2025-01-31", true),
        ("Australia/Lord_Howe", "2025-04-05", "2025-04-05", false),
        // at one minute past midnight
        ("Antarctica/Casey", "2020-10-03", "2020-10-03", false),
        // local mean time
        ("Europe/Berlin", "1890-01-01", "1890-01-01", false),
    ] {
        let sql = format!("set timezone = '{zone}'");
        execute(&admin, &sql).await;
        let sql = format!("select analytics.has_whole_hours('{first}', '{last}')");
        let got: bool = admin.query_one(&sql, &[]).await.unwrap().get(0);
        assert_eq!(got, expected, "{zone} from {first} to {last}");
    }
}

/// Open by its status, although it was resolved or closed: the index of open work has it not.
#[tokio::test]
async fn the_oldest_may_be_one_that_was_resolved_and_is_open_all_the_same() {
    let scene = lively().await;
    let admin = scene.database.connect("postgres").await;
    execute(
        &admin,
        "insert into public.tickets (client_id, assigned_to, ticket_type_id, status, title, created_at, closed_at)
         values (1, 2, 1, 'open', 'Closed, it says', '2019-01-01', '2019-02-01')",
    )
    .await;
    let scene = Scene::of(scene.database).await;
    let selection = everything();
    check(&scene, &agent(), &Sight::new(&scene.base, &selection)).await;
    let rows = scene.get(&agent(), "/rpc/workload", &selection, "").await;
    assert!(
        rows[1]["oldest_open_hours"].as_f64() > Some(50_000.0),
        "{rows}"
    );
}
