//! Feedback: once, rated, on an own ticket that is resolved or closed, changed within seven days.

use serde_json::json;

use super::{
    ANOTHERS, CLOSED, IN_PROGRESS, MISSING, OPEN, PENDING, RESOLVED, Scene, WITHOUT_STATUS,
};
use crate::harness::desk::execute;
use crate::harness::identity::Identity;

const DENIED: (&str, &str, &str) = ("42501", "permission denied for table ticket_feedback", "");

fn client() -> Identity {
    Identity::client(1)
}

fn rate(id: i32, rating: &str) -> String {
    format!("insert into ticket_feedback (ticket_id, rating) values ({id}, {rating})")
}

#[tokio::test]
async fn a_client_rates_an_own_ticket_once_it_is_resolved() {
    let scene = Scene::new().await;
    for id in [RESOLVED, CLOSED] {
        for rating in ["1", "3", "5"] {
            let give = rate(id, rating);
            let seen = scene
                .text(
                    &client(),
                    &format!("{give} returning rating || ' ' || (created_at = now())"),
                )
                .await;
            assert_eq!(seen.unwrap(), format!("{rating} true"));
        }
    }
    for id in [OPEN, IN_PROGRESS, WITHOUT_STATUS, PENDING] {
        let text = format!("ticket {id} is not resolved yet");
        let refusal = ("PT409", text.as_str(), "resolved and closed tickets");
        scene.refused(&client(), &rate(id, "5"), refusal).await;
    }
}

#[tokio::test]
async fn a_rating_is_a_whole_number_from_one_to_five() {
    let scene = Scene::new().await;
    for rating in ["0", "6", "-1", "2147483647"] {
        let text = format!("rating {rating} does not exist");
        let refusal = ("23514", text.as_str(), "from 1 (bad) to 5 (good)");
        scene
            .refused(&client(), &rate(RESOLVED, rating), refusal)
            .await;
    }
    let missing = ("23502", "rating is missing", "from 1 (bad) to 5 (good)");
    scene
        .refused(&client(), &rate(RESOLVED, "null"), missing)
        .await;
    let text =
        format!("insert into ticket_feedback (ticket_id, feedback_text) values ({RESOLVED}, 'x')");
    scene.refused(&client(), &text, missing).await;
    for (rating, code, message) in [
        (
            "'4.5'",
            "22P02",
            "invalid input syntax for type integer: \"4.5\"",
        ),
        ("99999999999", "22003", "integer out of range"),
    ] {
        scene
            .refused(&client(), &rate(RESOLVED, rating), (code, message, ""))
            .await;
    }
}

#[tokio::test]
async fn a_ticket_is_rated_once() {
    let scene = Scene::new().await;
    execute(&scene.admin, &rate(RESOLVED, "4")).await;
    let text = format!("ticket {RESOLVED} has feedback already");
    let hint = format!("PATCH /ticket_feedback?ticket_id=eq.{RESOLVED}");
    scene
        .refused(&client(), &rate(RESOLVED, "5"), ("23505", &text, &hint))
        .await;
    let twice = format!(
        "insert into ticket_feedback (ticket_id, rating) values ({CLOSED}, 1), ({CLOSED}, 2)"
    );
    let text = format!("ticket {CLOSED} has feedback already");
    scene
        .refused(&client(), &twice, ("23505", &text, "PATCH"))
        .await;
}

#[tokio::test]
async fn anothers_ticket_and_one_that_does_not_exist_are_the_same() {
    let scene = Scene::new().await;
    for id in [ANOTHERS, MISSING, 8_000_012, 0] {
        let text = format!("you have no ticket {id}");
        let refusal = ("42501", text.as_str(), "GET /tickets?select=id,title");
        scene.refused(&client(), &rate(id, "5"), refusal).await;
        // nor do wrong ratings tell them apart
        scene.refused(&client(), &rate(id, "7"), refusal).await;
    }
    let unlinked = Identity::with("desk_client", json!({}));
    let text = format!("you have no ticket {RESOLVED}");
    scene
        .refused(&unlinked, &rate(RESOLVED, "5"), ("42501", &text, "GET"))
        .await;
    let missing = "insert into ticket_feedback (rating) values (5)";
    let refusal = ("23502", "ticket_id is missing", "which ticket");
    scene.refused(&client(), missing, refusal).await;
}

#[tokio::test]
async fn feedback_is_neither_back_dated_nor_moved_nor_taken_back() {
    let scene = Scene::new().await;
    execute(&scene.admin, &rate(RESOLVED, "4")).await;
    for statement in [
        "insert into ticket_feedback (ticket_id, rating, created_at) values (8000041, 5, '2020-01-01')",
        "insert into ticket_feedback (ticket_id, rating, updated_at) values (8000041, 5, now())",
        "insert into ticket_feedback (id, ticket_id, rating) values (1, 8000041, 5)",
        "update ticket_feedback set ticket_id = 8000041 where ticket_id = 8000031",
        "update ticket_feedback set created_at = now()",
        "delete from ticket_feedback where ticket_id = 8000031",
        "truncate ticket_feedback",
    ] {
        scene.refused(&client(), statement, DENIED).await;
    }
}

#[tokio::test]
async fn staff_give_no_feedback_and_change_none() {
    let scene = Scene::new().await;
    execute(&scene.admin, &rate(CLOSED, "1")).await;
    for role in ["desk_agent", "desk_manager", "desk_admin"] {
        for claims in [
            json!({ "team_member_id": 1 }),
            json!({ "team_member_id": 1, "client_id": 1 }),
        ] {
            let staff = Identity::with(role, claims);
            for statement in [
                &rate(RESOLVED, "5"),
                "update ticket_feedback set rating = 5",
                "delete from ticket_feedback",
            ] {
                scene.refused(&staff, statement, DENIED).await;
            }
        }
    }
}

#[tokio::test]
async fn feedback_may_be_changed_for_seven_days() {
    let scene = Scene::new().await;
    execute(&scene.admin, &rate(RESOLVED, "4")).await;
    let change = format!(
        "update ticket_feedback set rating = 2, feedback_text = 'No' where ticket_id = {RESOLVED}
        returning rating || feedback_text"
    );
    assert_eq!(scene.text(&client(), &change).await.unwrap(), "2No");
    for rating in ["0", "6"] {
        let wrong =
            format!("update ticket_feedback set rating = {rating} where ticket_id = {RESOLVED}");
        let text = format!("rating {rating} does not exist");
        scene
            .refused(&client(), &wrong, ("23514", &text, "from 1"))
            .await;
    }
    let none = format!("update ticket_feedback set rating = null where ticket_id = {RESOLVED}");
    scene
        .refused(&client(), &none, ("23502", "rating is missing", "from 1"))
        .await;

    for (age, is_late) in [
        ("6 days 23 hours", false),
        ("7 days 1 minute", true),
        ("1 year", true),
    ] {
        execute(
            &scene.admin,
            &format!("update ticket_feedback set created_at = now() - interval '{age}' where ticket_id = {RESOLVED}"),
        )
        .await;
        if is_late {
            let refusal = (
                "PT403",
                "feedback can be changed for seven days",
                "POST /tickets",
            );
            scene.refused(&client(), &change, refusal).await;
        } else {
            scene.done(&client(), &change).await;
        }
    }
    // of an unknown time
    execute(&scene.admin, "update ticket_feedback set created_at = null").await;
    let refusal = (
        "PT403",
        "feedback can be changed for seven days",
        "POST /tickets",
    );
    scene.refused(&client(), &change, refusal).await;
}

#[tokio::test]
async fn anothers_feedback_is_out_of_reach() {
    let scene = Scene::new().await;
    execute(&scene.admin, &rate(ANOTHERS, "4")).await;
    let change =
        format!("update ticket_feedback set rating = 1 where ticket_id = {ANOTHERS} returning id");
    assert!(scene.done(&client(), &change).await.is_empty());
    let owner = Identity::client(2);
    assert_eq!(scene.done(&owner, &change).await.len(), 1);
}

/// History may have feedback without a rating.
#[tokio::test]
async fn loads_and_trusted_scripts_write_what_they_know() {
    let scene = Scene::new().await;
    let history = format!(
        "insert into ticket_feedback (ticket_id, rating, created_at) values ({OPEN}, null, '2020-01-01')"
    );
    scene
        .done(&Identity::with("desk_service", json!({})), &history)
        .await;
    execute(&scene.admin, &history).await;
}
