//! Feedback that should not be: too early, twice, impossible, back-dated, somebody else's.

use serde_json::json;

use super::Attack;
use crate::harness::desk::client;
use crate::harness::server::token;

const POST: (&str, &str) = ("POST", "/ticket_feedback");
const DENIED: (&str, &str) = ("permission denied for table ticket_feedback", "");
const RATING: &str = "a whole number from 1 (bad) to 5 (good)";

#[tokio::test]
async fn feedback_is_for_own_tickets_that_are_resolved() {
    let attack = Attack::new().await;
    let call = attack.server.post("/ticket_feedback").token(&client(1));
    let honest = json!({ "ticket_id": 8_000_031, "rating": 5, "feedback_text": "Thanks" });
    attack.accepted(call, &honest, 201).await;

    for ticket in [8_000_011, 8_000_021, 8_000_051, 8_000_061] {
        let message = format!("ticket {ticket} is not resolved yet");
        let told = (message.as_str(), "resolved and closed");
        let body = json!({ "ticket_id": ticket, "rating": 5 });
        attack
            .told(POST, &client(1), &body, (409, "PT409"), told)
            .await;
    }
    let mut answers = Vec::new();
    for ticket in [8_000_012, 8_000_032, 8_000_042, 8_900_000, 0] {
        for rating in [json!(5), json!(0), json!(null)] {
            let body = json!({ "ticket_id": ticket, "rating": rating });
            let error = attack
                .refused(POST, &client(1), &body, (403, "42501"))
                .await;
            answers.push(
                error
                    .to_string()
                    .replace(&format!("ticket {ticket}\""), "ticket N\""),
            );
        }
    }
    answers.dedup();
    assert_eq!(answers.len(), 1, "{answers:?}");
    assert!(answers[0].contains("you have no ticket N"), "{answers:?}");
}

#[tokio::test]
async fn each_impossible_rating_has_an_answer_of_its_own() {
    let attack = Attack::new().await;
    for (rating, code, message, hint) in [
        (json!(0), "23514", "rating 0 does not exist", RATING),
        (json!(6), "23514", "rating 6 does not exist", RATING),
        (json!(-5), "23514", "rating -5 does not exist", RATING),
        (json!(null), "23502", "rating is missing", RATING),
        (
            json!(4.5),
            "22P02",
            "invalid input syntax for type integer: \"4.5\"",
            "",
        ),
        (
            json!("good"),
            "22P02",
            "invalid input syntax for type integer: \"good\"",
            "",
        ),
        (
            json!(true),
            "22P02",
            "invalid input syntax for type integer: \"true\"",
            "",
        ),
        (
            json!([5]),
            "22P02",
            "invalid input syntax for type integer: \"[5]\"",
            "",
        ),
        (
            json!(99_999_999_999_i64),
            "22003",
            "value \"99999999999\" is out of range for type integer",
            "",
        ),
    ] {
        let body = json!({ "ticket_id": 8_000_031, "rating": rating });
        attack
            .told(POST, &client(1), &body, (400, code), (message, hint))
            .await;
    }
    let body = json!({ "ticket_id": 8_000_031, "feedback_text": "No rating" });
    attack
        .told(
            POST,
            &client(1),
            &body,
            (400, "23502"),
            ("rating is missing", RATING),
        )
        .await;
    let body = json!({ "rating": 5 });
    attack
        .told(
            POST,
            &client(1),
            &body,
            (400, "23502"),
            ("ticket_id is missing", "which"),
        )
        .await;
}

/// As the demo is set up. Without the setting "5" is five, as PostgREST has it.
#[tokio::test]
async fn a_rating_in_quotes_is_refused_where_types_are_strict() {
    let attack = Attack::with(|config| config.strict_json_types = true).await;
    for (rating, message, hint) in [
        (
            json!("5"),
            "Column \"rating\" takes a whole number, not the string \"5\"",
            "Write 5, not \"5\"",
        ),
        (
            json!(4.5),
            "Column \"rating\" takes a whole number, not the number 4.5",
            "Write a whole number, such as 5",
        ),
    ] {
        let body = json!({ "ticket_id": 8_000_031, "rating": rating });
        let told = (message, hint);
        attack
            .told(POST, &client(1), &body, (400, "RD106"), told)
            .await;
    }
}

#[tokio::test]
async fn a_second_feedback_is_refused() {
    let attack = Attack::new().await;
    for (url, prefer) in [
        ("/ticket_feedback", "return=minimal"),
        (
            "/ticket_feedback?on_conflict=ticket_id",
            "resolution=ignore-duplicates",
        ),
    ] {
        let body = json!({ "ticket_id": 8_000_042, "rating": 5 });
        let call = attack.server.post(url).token(&client(2)).json(&body);
        let error = call
            .header("prefer", prefer)
            .send()
            .await
            .refused(409, "23505");
        assert_eq!(error["message"], "ticket 8000042 has feedback already");
        let hint = error["hint"].as_str().unwrap();
        assert!(
            hint.contains("PATCH /ticket_feedback?ticket_id=eq.8000042"),
            "{hint}"
        );
        attack.assert_unchanged(url).await;
    }
    let both = json!([
        { "ticket_id": 8_000_031, "rating": 1 },
        { "ticket_id": 8_000_031, "rating": 5 }
    ]);
    attack
        .refused(POST, &client(1), &both, (409, "23505"))
        .await;
    // merging would move it
    let body = json!({ "ticket_id": 8_000_042, "rating": 5 });
    let call = attack
        .server
        .post("/ticket_feedback?on_conflict=ticket_id")
        .token(&client(2));
    let call = call
        .json(&body)
        .header("prefer", "resolution=merge-duplicates");
    call.send().await.refused(403, "42501");
    attack.assert_unchanged("merge-duplicates").await;
}

/// The trigger sees neither of two at once; the constraint does.
#[tokio::test]
async fn of_two_at_once_one_is_kept() {
    let attack = Attack::new().await;
    for round in 0..5 {
        let give = |rating: i32| {
            let body = json!({ "ticket_id": 8_000_031, "rating": rating });
            let call = attack.server.post("/ticket_feedback").token(&client(1));
            call.json(&body).send()
        };
        let (one, other) = tokio::join!(give(1), give(5));
        let mut statuses = [one.status.as_u16(), other.status.as_u16()];
        statuses.sort_unstable();
        assert_eq!(
            statuses,
            [201, 409],
            "{round}: {} {}",
            one.text(),
            other.text()
        );
        let delete = "delete from ticket_feedback where ticket_id = 8000031";
        assert_eq!(attack.admin.execute(delete, &[]).await.unwrap(), 1);
    }
}

#[tokio::test]
async fn feedback_is_neither_back_dated_nor_moved_nor_taken_back() {
    let attack = Attack::new().await;
    for (field, value) in [
        ("created_at", json!("2020-01-01T00:00:00Z")),
        ("updated_at", json!("2020-01-01T00:00:00Z")),
        ("metadata", json!({})),
        ("id", json!(9_000_001)),
    ] {
        let mut body = json!({ "ticket_id": 8_000_031, "rating": 5 });
        body[field] = value.clone();
        attack
            .told(POST, &client(1), &body, (403, "42501"), DENIED)
            .await;
        let patch = ("PATCH", "/ticket_feedback?id=eq.9000001");
        attack
            .told(
                patch,
                &client(2),
                &json!({ (field): value }),
                (403, "42501"),
                DENIED,
            )
            .await;
    }
    let patch = ("PATCH", "/ticket_feedback?id=eq.9000001");
    let moved = json!({ "ticket_id": 8_000_032 });
    attack
        .told(patch, &client(2), &moved, (403, "42501"), DENIED)
        .await;
    let delete = ("DELETE", "/ticket_feedback?id=eq.9000001");
    attack
        .told(delete, &client(2), &json!({}), (403, "42501"), DENIED)
        .await;
}

#[tokio::test]
async fn anothers_feedback_is_out_of_reach() {
    let attack = Attack::new().await;
    let body = json!({ "rating": 5 });
    for url in [
        "/ticket_feedback?id=eq.9000001",
        "/ticket_feedback?ticket_id=eq.8000042",
        "/ticket_feedback?feedback_text=like.secret*",
        "/ticket_feedback?id=eq.9999999",
    ] {
        attack
            .reaches_nothing(("PATCH", url), &client(1), &body)
            .await;
    }
    let call = attack
        .server
        .call("PATCH", "/ticket_feedback?id=eq.9000001");
    let changed = attack.accepted(call.token(&client(2)), &body, 200).await;
    assert_eq!(changed.json()[0]["rating"], 5);
}

#[tokio::test]
async fn feedback_is_changed_for_seven_days_and_within_bounds() {
    let attack = Attack::new().await;
    let patch = ("PATCH", "/ticket_feedback?id=eq.9000001");
    for (rating, code, message) in [
        (json!(0), "23514", "rating 0 does not exist"),
        (json!(6), "23514", "rating 6 does not exist"),
        (json!(null), "23502", "rating is missing"),
    ] {
        let body = json!({ "rating": rating });
        attack
            .told(patch, &client(2), &body, (400, code), (message, RATING))
            .await;
    }
    // of last year
    let own = attack.admin.query_one(
        "select f.id from ticket_feedback f join tickets t on t.id = f.ticket_id
        where t.client_id = 1 and f.created_at < now() - interval '8 days' limit 1",
        &[],
    );
    let id: i32 = own.await.unwrap().get(0);
    let url = format!("/ticket_feedback?id=eq.{id}");
    let told = ("feedback can be changed for seven days", "POST /tickets");
    let body = json!({ "rating": 1 });
    attack
        .told(("PATCH", &url), &client(1), &body, (403, "PT403"), told)
        .await;
}

#[tokio::test]
async fn staff_write_none_in_a_clients_name() {
    let attack = Attack::new().await;
    for role in ["desk_agent", "desk_manager", "desk_admin"] {
        let staff = token(role, json!({ "team_member_id": 3, "client_id": 1 }));
        let body = json!({ "ticket_id": 8_000_031, "rating": 5 });
        attack
            .told(POST, &staff, &body, (403, "42501"), DENIED)
            .await;
        let url = "/ticket_feedback?id=eq.9000001";
        let call = attack
            .server
            .call("PATCH", url)
            .token(&staff)
            .json(&json!({ "rating": 5 }));
        call.send().await.refused(403, "42501");
        let call = attack.server.call("DELETE", url).token(&staff);
        call.send().await.refused(403, "42501");
        attack.assert_unchanged(role).await;
    }
    let anonymous = attack.server.post("/ticket_feedback");
    let anonymous = anonymous.json(&json!({ "ticket_id": 8_000_031, "rating": 5 }));
    anonymous.send().await.refused_plainly(401, "42501");
}
