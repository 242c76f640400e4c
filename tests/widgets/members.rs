//! Who is listed by `team_performance`, and who is best.

use serde_json::Value;

use super::{Scene, everything};
use crate::harness::desk::{agent, execute, serve};

async fn rows(scene: &Scene, filters: &str) -> Vec<Value> {
    let rows = scene
        .get(&agent(), "/rpc/team_performance", &everything(), filters)
        .await;
    rows.as_array().unwrap().clone()
}

fn ids(rows: &[Value]) -> Vec<i64> {
    let mut ids: Vec<i64> = rows
        .iter()
        .map(|row| row["team_member_id"].as_i64().unwrap())
        .collect();
    ids.sort_unstable();
    ids
}

#[tokio::test]
async fn all_members_are_listed_also_without_tickets() {
    let scene = Scene::new().await;
    let everybody: Vec<i64> = (1..=18).collect();
    let none = rows(&scene, "created_at=gte.2999-01-01").await;
    assert_eq!(ids(&none), everybody);
    for row in &none {
        assert_eq!(row["tickets_assigned"], 0, "{row}");
        assert_eq!(row["avg_rating"], Value::Null, "{row}");
        assert_eq!(row["is_top_performer"], false, "{row}");
    }
    assert_eq!(ids(&rows(&scene, "").await), everybody);
}

#[tokio::test]
async fn a_filter_on_the_assignee_narrows_the_members() {
    let scene = Scene::new().await;
    let but =
        |left_out: &[i64]| -> Vec<i64> { (1..=18).filter(|id| !left_out.contains(id)).collect() };
    for (filters, expected) in [
        ("assigned_to=eq.3", vec![3]),
        ("assigned_to=in.(3,7,99)", vec![3, 7]),
        ("assigned_to=in.()", vec![]),
        ("assigned_to=neq.3", but(&[3])),
        ("assigned_to=not.in.(3,7)", but(&[3, 7])),
        ("assigned_to=not.in.()", but(&[])),
        ("assigned_to=is.null", vec![]),
        ("assigned_to=not.is.null", but(&[])),
        ("assigned_to=in.(3,7)&assigned_to=neq.7", vec![3]),
    ] {
        assert_eq!(ids(&rows(&scene, filters).await), expected, "{filters}");
    }
}

#[tokio::test]
async fn the_top_performer_has_five_ratings_and_is_one() {
    let scene = Scene::new().await;
    let admin = scene.database.connect("postgres").await;
    execute(
        &admin,
        "truncate public.ticket_feedback;
         update public.tickets set assigned_to = 1, resolved_at = null, status = 'open';
         update public.tickets set assigned_to = 2, status = 'resolved' where id between 1 and 4;
         update public.tickets set assigned_to = 3, status = 'resolved' where id between 11 and 15;
         update public.tickets set assigned_to = 4, status = 'resolved' where id between 21 and 26;
         insert into public.ticket_feedback (ticket_id, rating)
         -- 2: four times 5; 3: five times 4; 4: five times 4 of six resolved; 1: five times 3
         select id, case assigned_to when 2 then 5 when 1 then 3 else 4 end
         from public.tickets
         where id in (1, 2, 3, 4, 11, 12, 13, 14, 15, 21, 22, 23, 24, 25, 31, 32, 33, 34, 35)",
    )
    .await;
    let server = serve(&scene.database).await;
    let rows = server
        .get("/rpc/team_performance?order=rank&limit=4")
        .token(&agent())
        .send()
        .await
        .ok();
    let seen: Vec<_> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| {
            (
                row["team_member_id"].as_i64().unwrap(),
                row["rank"].as_i64().unwrap(),
                row["is_top_performer"] == true,
            )
        })
        .collect();
    // 2 is rated best but too rarely; 4 and 3 are rated alike, 4 resolved more
    assert_eq!(
        seen,
        [(2, 1, false), (4, 2, true), (3, 3, false), (1, 4, false)]
    );
}

#[tokio::test]
async fn the_result_is_filtered_sorted_and_cut_by_any_of_its_columns() {
    let scene = Scene::new().await;
    let all = rows(&scene, "priority=eq.high").await;
    let some = rows(
        &scene,
        "priority=eq.high&member_status=eq.active&tickets_resolved=gte.5&or=(department.eq.support,rank.lte.3)\
         &order=tickets_resolved.desc,team_member_id&limit=4&offset=1",
    )
    .await;
    let mut expected: Vec<Value> = all
        .into_iter()
        .filter(|row| {
            row["member_status"] == "active"
                && row["tickets_resolved"].as_i64().unwrap() >= 5
                && (row["department"] == "support" || row["rank"].as_i64().unwrap() <= 3)
        })
        .collect();
    expected.sort_by_key(|row| {
        (
            -row["tickets_resolved"].as_i64().unwrap(),
            row["team_member_id"].as_i64().unwrap(),
        )
    });
    let expected: Vec<Value> = expected.into_iter().skip(1).take(4).collect();
    assert_eq!(some, expected);
    assert_eq!(some.len(), 4);
}
