//! On our own desk.

use serde_json::Value;

use crate::harness::desk::desk;
use crate::process::program::{run, text};

fn explained(uri: &str, admin: &str, request: &str, more: &[&str]) -> Value {
    let mut arguments = vec!["explain", request, "--db-uri", uri, "--admin-db-uri", admin];
    arguments.extend(["--format", "json", "--why-empty"]);
    arguments.extend(more);
    let output = run(&arguments);
    let stdout = text(&output.stdout);
    assert_eq!(
        output.status.code(),
        Some(0),
        "{stdout}{}",
        text(&output.stderr)
    );
    serde_json::from_str(&stdout).expect("JSON")
}

#[tokio::test]
async fn policies_embeds_widgets_and_reasons_of_the_desk() {
    let database = desk().await;
    let (uri, admin) = (database.uri("desk_authenticator"), database.uri("postgres"));
    let client = ["--role", "desk_client", "--claim", "client_id=1"];

    let read = explained(
        &uri,
        &admin,
        "GET /tickets?select=id,ticket_messages(id)&limit=3",
        &client,
    );
    assert_eq!(super::names(&read, "tickets"), ["select_own"]);
    assert_eq!(super::names(&read, "ticket_messages"), ["select_own"]);
    let level = &read["why_empty"]["levels"][0];
    let counting = database.connect("postgres").await;
    let count = async |sql: &str| -> i64 { counting.query_one(sql, &[]).await.expect(sql).get(0) };
    assert_eq!(level["exist"], count("select count(*) from tickets").await);
    assert_eq!(
        level["visible"],
        count("select count(*) from tickets where client_id = 1").await
    );
    let messages = &read["why_empty"]["levels"][1];
    let own = "select count(*) from ticket_messages as m join tickets as t on t.id = m.ticket_id
               where t.client_id = 1 and not m.is_internal";
    assert_eq!(messages["visible"], count(own).await, "{messages:#}");
    assert_eq!(messages["policies"][0]["rows"], count(own).await);

    let unlinked = explained(&uri, &admin, "GET /tickets", &["--role", "desk_client"]);
    let says = unlinked["why_empty"]["says"].as_array().expect("sentences");
    let reason = says.last().and_then(Value::as_str).expect("a reason");
    assert!(
        reason.contains("policy select_own of public.tickets lets none of the rows pass: it asks claims.client_id(), which is null"),
        "{reason}"
    );

    let agent = [
        "--role",
        "desk_agent",
        "--claim",
        "team_member_id=1",
        "--analyze",
    ];
    let widget = explained(
        &uri,
        &admin,
        "GET /rpc/team_performance?priority=eq.high&order=avg_rating.desc",
        &agent,
    );
    assert_eq!(widget["answer"]["status"], 200);
    assert_eq!(
        widget["request"]["understood"]["filters"][0],
        "priority=eq.high"
    );
    assert_eq!(super::names(&widget, "team_members"), ["select_all_agent"]);
    // What a function that Postgres does not inline reads cannot be told, and that is told.
    assert!(widget["functions"].to_string().contains("analytics.sums"));

    let overdue = explained(&uri, &admin, "GET /rpc/overdue_tickets?limit=3", &agent);
    let names = super::names(&overdue, "tickets");
    assert!(names.contains(&"select_visible".to_owned()), "{names:?}");
}
