//! Views of views, partitions, and keys between schemas.

use serde_json::json;

use super::{assert_user_reads, related};

#[tokio::test]
async fn views_show_keys_through_any_depth() {
    assert_user_reads([
        // three views deep, one with a CTE, one with a sub-select
        (
            "/deep?select=title,poet(name)&order=verse_id&limit=1",
            json!([{"title": "Dawn", "poet": {"name": "Lyra"}}]),
        ),
        (
            "/poet?select=name,deep(title)&order=poet_id&deep.order=title",
            json!([
                {"name": "Lyra", "deep": [{"title": "Dawn"}, {"title": "Dusk"}]},
                {"name": "Ode", "deep": [{"title": "Noon"}]},
            ]),
        ),
        // through a junction's view, from a chain to a table
        (
            "/deep?select=title,part(id)&verse_id=eq.1&part.order=id",
            json!([{"title": "Dawn", "part": [{"id": 1}, {"id": 2}]}]),
        ),
        (
            "/frozen?select=verse_id,poet(name)&order=verse_id.desc&limit=1",
            json!([{"verse_id": 3, "poet": {"name": "Ode"}}]),
        ),
        // a join shows the keys of each
        (
            "/poem_with_poet?select=title,poet(loud),part(id)&id=eq.3",
            json!([{"title": "Noon", "poet": {"loud": "ODE"}, "part": [{"id": 1}]}]),
        ),
    ])
    .await;
}

#[tokio::test]
async fn what_is_computed_or_of_a_union_is_no_key() {
    let fixture = related().await;
    let server = fixture.serve().await;
    for url in [
        "/shouted?select=title,poet(name)",
        "/poet?select=name,shouted(title)",
        "/either?select=title,poet(name)",
    ] {
        server.get(url).send().await.refused(400, "PGRST200");
    }
}

#[tokio::test]
async fn partitioned_tables_refer_and_are_referred_to_as_a_whole() {
    assert_user_reads([
        (
            "/booking?select=id,part(name),refund(id)&order=id",
            json!([
                {"id": 1, "part": {"name": "Clock"}, "refund": []},
                {"id": 2, "part": {"name": "Clock"}, "refund": [{"id": 7}]},
                {"id": 3, "part": {"name": "Hand"}, "refund": []},
            ]),
        ),
        (
            "/part?select=id,booking(day,refund(id))&id=eq.1&booking.order=day.desc",
            json!([{"id": 1, "booking": [
                {"day": "2025-05-01", "refund": [{"id": 7}]},
                {"day": "2024-05-01", "refund": []},
            ]}]),
        ),
        (
            "/refund?select=booking(part(name))",
            json!([{"booking": {"part": {"name": "Clock"}}}]),
        ),
        // A partition alone has only what a function gives it.
        (
            "/part?select=id,bookings_2025(id)&id=lt.3&order=id",
            json!([{"id": 1, "bookings_2025": [{"id": 2}]}, {"id": 2, "bookings_2025": [{"id": 3}]}]),
        ),
    ])
    .await;
    let fixture = related().await;
    let server = fixture.serve().await;
    let partition = server.get("/part?select=booking_2025(id)").send().await;
    partition.refused(400, "PGRST200");
}

#[tokio::test]
async fn a_key_between_schemas_needs_a_view_of_the_same_one() {
    assert_user_reads([
        (
            "/part?select=id,loan(days)&id=in.(1,4)&order=id&loan.order=days",
            json!([
                {"id": 1, "loan": [{"days": 10}, {"days": 20}]},
                {"id": 4, "loan": [{"days": 30}]},
            ]),
        ),
        (
            "/loan?select=days,part(name)&id=eq.3",
            json!([{"days": 30, "part": {"name": "Coil"}}]),
        ),
    ])
    .await;
    let fixture = related().await;
    let server = fixture
        .serve_with(|config| config.db_schemas = vec!["api".to_owned(), "other".to_owned()])
        .await;
    let other = server
        .get("/loan?select=part(name)")
        .header("accept-profile", "other");
    other.send().await.refused(400, "PGRST200");
}
