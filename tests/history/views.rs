//! The shapes that 002 and 004 ask for, against the tables that they come from.

use serde_json::{Value, json};

use super::{TICKET, account_of, ada, history, rows, staff};
use crate::harness::desk::{client, execute};

/// Client 1 asked, Priya answered and solved it in an hour and a half, with a note and a helper.
const STORY: &str = "
    update tickets set created_at = '2025-05-01T08:00:00Z', status = 'resolved', assigned_to = 3,
        resolved_at = '2025-05-01T10:30:00Z' where id = 9200001;
    insert into ticket_messages (id, ticket_id, from_team_member_id, message_text, is_internal)
    values (9200001, 9200001, 3, 'Try again', false), (9200002, 9200001, 3, 'Toner', true);
    insert into ticket_feedback (ticket_id, rating, feedback_text, created_at)
    values (9200001, 5, 'Quick', '2025-05-02T00:00:00Z');
    insert into ticket_assignees (ticket_id, team_member_id) values (9200001, 4), (9200001, 5);
    delete from ticket_assignees where ticket_id = 9200001 and team_member_id = 5;
    update ticket_events set created_at = '2025-05-01T09:00:00Z'
    where ticket_id = 9200001 and type = 'assignment-added' and visibility = 'public'";

#[tokio::test]
async fn a_document_holds_the_whole_ticket() {
    let (_database, server, admin) = history().await;
    execute(&admin, STORY).await;
    let [priya, jonah] = [
        account_of(&admin, "team_member_id = 3").await,
        account_of(&admin, "team_member_id = 4").await,
    ];
    let url = format!("/ticket_documents?id=eq.{TICKET}");
    let row = server
        .get(&url)
        .token(&staff("desk_agent", 7))
        .send()
        .await
        .ok()[0]
        .clone();
    for (key, expected) in [
        ("title", json!("Printer")),
        ("description", json!("")),
        ("status", json!("resolved")),
        ("priority", json!("low")),
        ("tags", json!([])),
        ("custom_fields", json!({ "browser": "Firefox", "floor": 2 })),
        ("created_at", json!("2025-05-01T08:00:00+00:00")),
        ("created_by", Value::Null),
        ("customer_email", json!("support@amber-logistics.example")),
        ("source_channel", Value::Null),
        (
            "feedback",
            json!({ "rating": 5, "comment": "Quick", "submitted_at": "2025-05-02T00:00:00+00:00" }),
        ),
        (
            "assigned_to",
            json!([
                { "id": priya, "first_name": "Priya", "last_name": "Raman" },
                { "id": jonah, "first_name": "Jonah", "last_name": "Whitfield" }
            ]),
        ),
    ] {
        assert_eq!(row[key], expected, "{key}");
    }
    let notes = row["internal_notes"]["notes"].as_array().unwrap();
    assert_eq!(notes.len(), 1);
    assert_eq!(notes[0]["content"], "Toner");
    assert_eq!(notes[0]["created_by"], json!(priya));
    assert!(row["updated_at"].is_string());

    // a client: no notes, and nobody who helps
    let row = server.get(&url).token(&client(1)).send().await.ok()[0].clone();
    assert_eq!(row["internal_notes"], json!({ "notes": [] }));
    assert_eq!(
        row["assigned_to"],
        json!([{ "id": priya, "first_name": "Priya", "last_name": "Raman" }])
    );
    assert_eq!(
        server.get(&url).token(&client(2)).send().await.ok(),
        json!([])
    );
}

#[tokio::test]
async fn a_document_names_the_contact_who_asked() {
    let (_database, server, admin) = history().await;
    let body = json!({ "ticket_type_id": 2, "title": "Invoice" });
    let call = server
        .post("/tickets")
        .token(&ada(&admin).await)
        .json(&body);
    assert_eq!(call.send().await.status, 201);
    let url = "/ticket_documents?select=customer_email&title=eq.Invoice";
    let row = server.get(url).token(&client(1)).send().await.ok();
    assert_eq!(row, json!([{ "customer_email": super::ADA }]));
}

#[tokio::test]
async fn a_worker_is_a_team_member_with_what_they_solved() {
    let (_database, server, admin) = history().await;
    execute(&admin, STORY).await;
    let account = account_of(&admin, "team_member_id = 3").await;
    let url = format!("/workers?id=eq.{account}");
    let row = server
        .get(&url)
        .token(&staff("desk_agent", 7))
        .send()
        .await
        .ok()[0]
        .clone();
    for (key, expected) in [
        ("email", json!("priya.raman@rowdesk.example")),
        ("first_name", json!("Priya")),
        ("last_name", json!("Raman")),
        ("role", json!("agent")),
        ("skills", json!(["api", "integrations"])),
        ("languages", json!(["en", "hi"])),
        ("timezone", json!("Asia/Kolkata")),
    ] {
        assert_eq!(row[key], expected, "{key}");
    }
    let solved = row["ticket_history"].as_array().unwrap();
    let ours = solved
        .iter()
        .find(|one| one["ticket_id"] == TICKET)
        .unwrap();
    assert_eq!(
        *ours,
        json!({
            "ticket_id": TICKET, "title": "Printer", "resolved_at": "2025-05-01T10:30:00+00:00",
            "resolution_time": "01:30:00",
            "feedback": { "rating": 5, "comment": "Quick", "submitted_at": "2025-05-02T00:00:00+00:00" }
        })
    );
    // all of them, against the tables
    let query = "select
            (select count(*) from tickets where assigned_to = 3 and resolved_at is not null) as solved,
            array(select t.id from tickets t left join ticket_statuses s on s.code = t.status where assigned_to = 3
                and coalesce(category, 'open') not in ('solved', 'closed') order by t.id) as assigned,
            (select count(rating) from tickets where assigned_to = 3) as rated";
    let real = &rows(&admin, query).await[0];
    assert_eq!(json!(solved.len()), real["solved"]);
    assert_eq!(row["assigned_tickets"], real["assigned"]);
    assert_eq!(row["metrics"]["resolved"], real["solved"]);
    assert_eq!(row["metrics"]["rated"], real["rated"]);
    let roles = server
        .get("/workers?select=role&role=eq.admin")
        .token(&staff("desk_agent", 7));
    assert_eq!(roles.send().await.ok(), json!([{ "role": "admin" }]));
    server
        .get("/workers")
        .token(&client(1))
        .send()
        .await
        .refused(403, "42501");
}

#[tokio::test]
async fn a_customer_is_a_contact_with_the_feedback_that_was_given() {
    let (_database, server, admin) = history().await;
    execute(
        &admin,
        "insert into client_contacts (id, client_id, first_name, last_name, email)
        values (9200001, 1, 'Zoe', 'Zander', 'zoe@amber.example');
        delete from ticket_feedback where ticket_id in (select id from tickets where client_id = 1);
        update tickets set created_by = (select id from auth.accounts where email = 'ada.albers1@amber-logistics.example')
        where id in (select min(id) from tickets where client_id = 1);
        insert into ticket_feedback (ticket_id, rating, feedback_text, created_at)
        select min(id), 2, 'Hm', timestamptz '2025-05-02T00:00:00Z' from tickets where client_id = 1
        union all select 9200001, 5, 'Quick', timestamptz '2025-05-03T00:00:00Z'",
    )
    .await;
    let first = rows(
        &admin,
        "select min(id) as id from tickets where client_id = 1",
    )
    .await;
    let account = account_of(&admin, "email like 'ada.albers1@amber%'").await;
    let hm = json!({ "rating": 2, "comment": "Hm", "submitted_at": "2025-05-02T00:00:00+00:00",
        "ticket_id": first[0]["id"] });
    // opened by nobody knows whom
    let quick = json!({ "rating": 5, "comment": "Quick", "submitted_at": "2025-05-03T00:00:00+00:00",
        "ticket_id": TICKET });
    let url = "/customers?client_id=eq.1&order=contact_id";
    for token in [staff("desk_agent", 7), client(1)] {
        let found = server.get(url).token(&token).send().await.ok();
        let found = found.as_array().unwrap();
        let ada = &found[0];
        assert_eq!(ada["id"], json!(account));
        assert_eq!(ada["first_name"], "Ada");
        assert_eq!(ada["email"], super::ADA);
        assert_eq!(ada["feedback_history"], json!({ "feedback": [hm, quick] }));
        let zoe = found.last().unwrap();
        assert_eq!(zoe["id"], Value::Null);
        assert_eq!(zoe["feedback_history"], json!({ "feedback": [quick] }));
    }
    assert_eq!(
        server.get(url).token(&client(2)).send().await.ok(),
        json!([])
    );
}

#[tokio::test]
async fn activities_are_the_events_that_have_one_of_five_types() {
    let (_database, server, admin) = history().await;
    execute(&admin, STORY).await;
    execute(
        &admin,
        "update tickets set priority = 'high', title = 'x' where id = 9200001",
    )
    .await;
    let url = format!(
        "/ticket_activities?ticket_id=eq.{TICKET}&select=activity_type,is_internal,content"
    );
    let of = async |token: &str| -> Vec<String> {
        let rows = server.get(&url).token(token).send().await.ok();
        let mut lines: Vec<_> = rows
            .as_array()
            .unwrap()
            .iter()
            .map(Value::to_string)
            .collect();
        lines.sort_unstable();
        lines
    };
    let line = |kind: &str, internal: bool, content: Value| {
        json!({ "activity_type": kind, "is_internal": internal, "content": content }).to_string()
    };
    let mut public = vec![
        line("status_change", false, Value::Null),
        line("priority_change", false, Value::Null),
        line("agent_assignment", false, Value::Null),
        line("comment", false, json!("Try again")),
    ];
    public.sort_unstable();
    assert_eq!(of(&client(1)).await, public);
    let mut all = public;
    all.push(line("comment", true, json!("Toner")));
    all.extend((0..3).map(|_| line("agent_assignment", true, Value::Null)));
    all.sort_unstable();
    assert_eq!(of(&staff("desk_agent", 7)).await, all);
}
