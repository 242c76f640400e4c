//! What a calendar may say, and that it is worked out whenever it changes.

use crate::harness::desk::{agent, serve};
use crate::harness::server::token;
use serde_json::json;

use super::desk::Desk;

#[tokio::test]
async fn hours_do_not_overlap_and_a_zone_exists() {
    let desk = Desk::new().await;
    let server = serve(&desk.database).await;
    let manager = token("desk_manager", json!({ "team_member_id": 10 }));
    let hours = |weekday: i32, opens: &str, closes: &str| json!({ "calendar_id": 1, "weekday": weekday, "opens": opens, "closes": closes });
    for (body, code) in [
        (hours(1, "11:00", "14:00"), "23P01"),
        (hours(6, "14:00", "14:00"), "23514"),
        (hours(8, "10:00", "14:00"), "23514"),
        (hours(6, "10:00:30", "14:00"), "23514"),
    ] {
        let reply = server
            .post("/business_hours")
            .token(&manager)
            .json(&body)
            .send()
            .await;
        assert_eq!(reply.json()["code"], code, "{body}");
    }
    for body in [
        hours(1, "12:00", "13:00"),
        hours(6, "22:00", "24:00"),
        hours(7, "00:00", "06:00"),
    ] {
        let reply = server
            .post("/business_hours")
            .token(&manager)
            .json(&body)
            .send()
            .await;
        assert_eq!(reply.status, 201, "{body}: {}", reply.text());
    }
    let zone = json!({ "timezone": "Berlin" });
    let reply = server
        .call("PATCH", "/business_calendars?id=eq.1")
        .token(&manager)
        .json(&zone)
        .send()
        .await;
    assert_eq!(
        reply.refused(400, "23514")["hint"],
        "Say the name of a place, such as Europe/Berlin, or UTC."
    );
    let reply = server
        .post("/business_hours")
        .token(&agent())
        .json(&hours(6, "08:00", "09:00"))
        .send()
        .await;
    reply.refused(403, "42501");
}

#[tokio::test]
async fn a_calendar_is_worked_out_when_it_changes() {
    let desk = Desk::new().await;
    // Monday, 17:00 in Berlin, two hours on
    let due = "to_char(ops.due_at(1, '2026-06-01 15:00Z', null, 7200, null), 'DD HH24:MI')";
    for (change, expected) in [
        ("", "02 08:00"),
        (
            "update public.business_hours set closes = '17:30' where closes = '18:00'",
            "02 08:30",
        ),
        (
            "insert into public.business_holidays values (1, '2026-06-02', 'x')",
            "03 08:30",
        ),
        (
            "delete from public.business_holidays where day = '2026-06-02'",
            "02 08:30",
        ),
        (
            "delete from public.business_hours where weekday = 2",
            "03 08:30",
        ),
        (
            "update public.business_calendars set timezone = 'UTC'",
            "01 17:00",
        ),
    ] {
        desk.run(change).await;
        assert_eq!(desk.text(due).await.as_deref(), Some(expected), "{change}");
    }
}

#[tokio::test]
async fn calendars_are_worked_out_for_another_year_when_it_is_time() {
    let desk = Desk::new().await;
    let extend = "ops.extend_calendars(10)";
    assert_eq!(desk.text(extend).await.as_deref(), Some("0"));
    desk.run("delete from ops.business_intervals where closes_at > now() + interval '4 years'")
        .await;
    assert_eq!(desk.text(extend).await.as_deref(), Some("1"));
    assert!(
        desk.holds(
            "(select max(closes_at) > now() + interval '5 years' from ops.business_intervals)"
        )
        .await
    );
    assert_eq!(desk.text(extend).await.as_deref(), Some("0"));
}
