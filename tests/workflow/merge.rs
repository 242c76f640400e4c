//! Tickets that go on in another one.

use serde_json::{Value, json};

use super::desk::{ANOTHERS, CLOSED, Desk, MISSING, NEW, OPEN, PENDING, RESOLVED, agent, manager};
use crate::harness::desk::{client, execute};
use crate::harness::server::token;
use crate::policies::scope::set_visibility;

async fn merge(desk: &Desk, token: &str, ticket: i32, into: i32) -> crate::harness::http::Reply {
    let arguments = json!({ "ticket": ticket, "into_ticket": into });
    desk.call(token, "merge_tickets", &arguments).await
}

#[tokio::test]
async fn a_merged_ticket_is_closed_and_goes_on_in_the_other() {
    let desk = Desk::new().await;
    let script = format!(
        "insert into public.ticket_assignees (ticket_id, team_member_id) values ({NEW}, 6);
         insert into public.ticket_messages (ticket_id, from_client, message_text, is_internal, created_at)
         values ({NEW}, true, 'one', false, '2025-11-01Z'), ({PENDING}, true, 'two', false, '2025-11-02Z'),
             ({NEW}, false, 'note', true, '2025-11-03Z'), ({OPEN}, true, 'four', false, '2025-11-04Z')"
    );
    execute(&desk.admin, &script).await;
    for _ in 0..2 {
        let target = merge(&desk, &agent(3), NEW, PENDING).await.ok();
        assert_eq!(target["id"], PENDING);
    }
    let merged = desk.ticket(NEW).await;
    assert_eq!(
        (&merged["status"], &merged["merged_into"]),
        (&json!("closed"), &json!(PENDING))
    );
    // closed, and never resolved
    assert_eq!(merged["resolved_at"], Value::Null);
    assert_ne!(merged["closed_at"], Value::Null);
    merge(&desk, &agent(3), PENDING, OPEN).await.ok();

    // The whole thread, to each as far as they see it.
    for (token, said) in [
        (agent(3), ["one", "two", "note", "four"].as_slice()),
        (client(1), ["one", "two", "four"].as_slice()),
        (client(2), [].as_slice()),
    ] {
        let url = format!("/rpc/ticket_thread?ticket={OPEN}&select=message_text");
        let thread = desk.server.get(&url).token(&token).send().await.ok();
        let thread: Vec<&str> = thread
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["message_text"].as_str().unwrap())
            .collect();
        assert_eq!(thread, said);
    }
    // Who helped helps on.
    let helpers = "select array_agg(team_member_id order by team_member_id)
        from public.ticket_assignees where ticket_id = $1";
    let row = desk.admin.query_one(helpers, &[&OPEN]).await.unwrap();
    assert_eq!(row.get::<_, Vec<i32>>(0), [6]);
}

#[tokio::test]
async fn a_merged_ticket_takes_no_word_and_no_status_of_its_own() {
    let desk = Desk::new().await;
    merge(&desk, &agent(3), NEW, OPEN).await.ok();
    let word = json!({ "ticket_id": NEW, "message_text": "Hello?" });
    let error = desk.post_message(&client(1), &word).await;
    let error = error.refused(409, "PT409");
    assert_eq!(
        error["hint"],
        format!("Write there: {{\"ticket_id\": {OPEN}, …}}.")
    );
    // Nor of staff; nor is it rated.
    let error = desk.post_message(&agent(3), &word).await;
    error.refused(409, "PT409");
    let rating = json!({ "ticket_id": NEW, "rating": 5 });
    let call = desk.server.post("/ticket_feedback").token(&client(1));
    call.json(&rating).send().await.refused(409, "PT409");
    // Mail on it belongs to the one that goes on.
    let question = json!({ "ticket_id": OPEN, "message_text": "Since when?", "is_question": true });
    desk.say(&agent(3), &question).await;
    let mail = json!({ "ticket_id": NEW, "message_text": "Since May.", "from_client": true });
    desk.say(&token("desk_service", json!({})), &mail).await;
    assert_eq!(desk.said(OPEN).await[1].0, "Since May.");
    assert_eq!(desk.status(OPEN).await, "open");
    let error = desk
        .call(&agent(3), "reopen_ticket", &json!({ "ticket": NEW }))
        .await;
    let error = error.refused(409, "PT409");
    assert_eq!(
        error["message"],
        format!("ticket {NEW} goes on in ticket {OPEN}")
    );
    // Taken back, it is a closed ticket as any other.
    let url = format!("/tickets?id=eq.{NEW}");
    desk.patch(&agent(3), &url, &json!({ "merged_into": null }))
        .await
        .ok();
    desk.call(&agent(3), "reopen_ticket", &json!({ "ticket": NEW }))
        .await
        .ok();
    assert_eq!(desk.status(NEW).await, "open");
}

#[tokio::test]
async fn what_cannot_be_merged_is_told_apart() {
    let desk = Desk::new().await;
    merge(&desk, &agent(3), RESOLVED, OPEN).await.ok();
    for (ticket, into, status, code, message) in [
        (
            OPEN,
            ANOTHERS,
            409,
            "PT409",
            format!("tickets {OPEN} and {ANOTHERS} are of different clients"),
        ),
        (
            OPEN,
            OPEN,
            400,
            "23514",
            format!("ticket {OPEN} cannot be merged into itself"),
        ),
        (
            OPEN,
            RESOLVED,
            409,
            "PT409",
            format!("ticket {RESOLVED} goes on in ticket {OPEN}"),
        ),
        (
            RESOLVED,
            PENDING,
            409,
            "PT409",
            format!("ticket {RESOLVED} goes on in ticket {OPEN}"),
        ),
        (
            OPEN,
            CLOSED,
            409,
            "PT409",
            format!("ticket {CLOSED} is closed"),
        ),
        (
            OPEN,
            MISSING,
            404,
            "PT404",
            format!("there is no ticket {MISSING} that you see"),
        ),
    ] {
        let error = merge(&desk, &manager(), ticket, into)
            .await
            .refused(status, code);
        assert_eq!(error["message"], message);
        // The same by the plain column.
        let url = format!("/tickets?id=eq.{ticket}");
        let error = desk
            .patch(&manager(), &url, &json!({ "merged_into": into }))
            .await;
        assert_eq!(error.refused(status, code)["message"], message);
    }
    set_visibility(&desk.admin, "queue").await;
    execute(
        &desk.admin,
        &format!("update public.tickets set assigned_to = 4 where id = {PENDING}"),
    )
    .await;
    merge(&desk, &agent(3), OPEN, PENDING)
        .await
        .refused(404, "PT404");
    assert_eq!(desk.ticket(OPEN).await["merged_into"], Value::Null);
}

#[tokio::test]
async fn two_who_merge_each_way_at_once_make_no_circle() {
    let desk = Desk::new().await;
    for _ in 0..5 {
        let (one, other) = (agent(3), manager());
        let (there, back) = tokio::join!(
            merge(&desk, &one, OPEN, PENDING),
            merge(&desk, &other, PENDING, OPEN)
        );
        let statuses = [there.status.as_u16(), back.status.as_u16()];
        assert!(
            statuses == [200, 409] || statuses == [409, 200],
            "{statuses:?}"
        );
        let undo = format!(
            "update public.tickets set merged_into = null, status = 'open' where id in ({OPEN}, {PENDING})"
        );
        execute(&desk.admin, &undo).await;
    }
}
