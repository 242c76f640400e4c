//! The same query string on `ticket_list` lists the rows that a number counted.

use serde_json::Value;

use super::{Scene, everything};
use crate::brute_force::{Generator, Selection};
use crate::harness::desk::agent;

/// How the parts of a widget are listed: the column, and what is said beside the query string.
const PARTS: &[(&str, &str)] = &[
    // in.(new,open,…) would leave out the tickets without a status, which are open
    ("open_tickets", "status=not.in.(resolved,closed)"),
    ("tickets_resolved", "resolved_at=not.is.null"),
    ("rated_tickets", "rating=not.is.null"),
];

async fn count(scene: &Scene, selection: &Selection, more: &str) -> usize {
    scene.list(&agent(), selection, more).await.len()
}

fn number(value: &Value) -> usize {
    usize::try_from(value.as_i64().unwrap()).unwrap()
}

#[tokio::test]
async fn the_list_has_the_rows_that_the_overview_counts() {
    let scene = Scene::new().await;
    let mut generator = Generator::new(4);
    for _ in 0..25 {
        let selection = generator.selection();
        let rows = scene
            .get(&agent(), "/rpc/dashboard_overview", &selection, "")
            .await;
        let query = selection.query();
        assert_eq!(
            count(&scene, &selection, "").await,
            number(&rows[0]["total_tickets"]),
            "{query}"
        );
        for (column, more) in PARTS {
            let column = column.replace("tickets_resolved", "resolved_tickets");
            assert_eq!(
                count(&scene, &selection, more).await,
                number(&rows[0][&column]),
                "{column}: {query}&{more}"
            );
        }
        for (status, tickets) in rows[0]["by_status"].as_object().unwrap() {
            let more = match status.as_str() {
                "none" => "status=is.null".to_owned(),
                code => format!("status=in.({code})"),
            };
            assert_eq!(
                count(&scene, &selection, &more).await,
                number(tickets),
                "{query}&{more}"
            );
        }
    }
}

#[tokio::test]
async fn the_list_has_the_rows_that_a_team_members_line_counts() {
    let scene = Scene::new().await;
    let mut generator = Generator::new(5);
    for selection in std::iter::once(everything()).chain((0..6).map(|_| generator.selection())) {
        let rows = scene
            .get(&agent(), "/rpc/team_performance", &selection, "")
            .await;
        for row in rows.as_array().unwrap() {
            let mine = format!("assigned_to=eq.{}", row["team_member_id"]);
            let query = selection.query();
            assert_eq!(
                count(&scene, &selection, &mine).await,
                number(&row["tickets_assigned"]),
                "{query}&{mine}"
            );
            for (column, more) in PARTS {
                assert_eq!(
                    count(&scene, &selection, &format!("{mine}&{more}")).await,
                    number(&row[column]),
                    "{column}: {query}&{mine}&{more}"
                );
            }
        }
    }
}

#[tokio::test]
async fn the_list_is_sorted_cut_selected_and_counted_like_a_table() {
    let scene = Scene::new().await;
    let url = "/rpc/ticket_list?priority=eq.high&assigned_to=not.is.null&title=ilike.*a*\
               &select=number,opened:created_at&order=number.desc&limit=3&offset=2";
    let reply = scene
        .server
        .get(url)
        .token(&agent())
        .header("prefer", "count=exact")
        .send()
        .await;
    assert_eq!(reply.status, 206, "{}", reply.text());
    let mut numbers: Vec<i64> = Vec::new();
    let admin = scene.database.connect("postgres").await;
    for row in admin
        .query("select id, title from public.tickets", &[])
        .await
        .unwrap()
    {
        let (id, title): (i32, String) = (row.get(0), row.get(1));
        let ticket = scene.base.tickets.iter().find(|t| t.id == id).unwrap();
        if ticket.priority.as_deref() == Some("high")
            && ticket.assigned_to.is_some()
            && title.to_lowercase().contains('a')
        {
            numbers.push(i64::from(id) + 1000);
        }
    }
    numbers.sort_unstable_by(|a, b| b.cmp(a));
    let rows = reply.json();
    let got: Vec<i64> = rows
        .as_array()
        .unwrap()
        .iter()
        .map(|row| row["number"].as_i64().unwrap())
        .collect();
    assert_eq!(got, numbers[2..5]);
    assert_eq!(
        reply.header("content-range"),
        Some(format!("2-4/{}", numbers.len()).as_str())
    );
    let columns: Vec<&String> = rows[0].as_object().unwrap().keys().collect();
    assert_eq!(columns, ["number", "opened"]);
}
