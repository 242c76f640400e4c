//! The page that the last lines of a function's comment describe.

use serde_json::{Value, json};

use crate::harness::fixture::Fixture;

const COUNT: (&str, &str) = ("prefer", "count=exact");

fn numbers(rows: &Value) -> Vec<i64> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| row["n"].as_i64().unwrap()).collect()
}

#[tokio::test]
async fn order_and_limit_of_the_comment_hold_until_the_url_gives_others() {
    let server = Fixture::shared().await.serve().await;
    for (query, status, expected, content_range) in [
        ("", 206, &[30_i64, 29, 28, 27] as &[i64], "0-3/30"),
        ("?offset=28", 206, &[2, 1], "28-29/30"),
        ("?limit=2", 206, &[30, 29], "0-1/30"),
        ("?limit=1&order=n", 206, &[1], "0-0/30"),
        ("?order=n", 206, &[1, 2, 3, 4], "0-3/30"),
        ("?n=lt.4", 200, &[3, 2, 1], "0-2/3"),
        ("?n=gt.90", 200, &[], "*/0"),
        ("?word=eq.n7", 200, &[7], "0-0/1"),
    ] {
        let url = format!("/rpc/countdown{query}");
        for call in [server.get(&url), server.post(&url).json(&json!({}))] {
            let reply = call.header(COUNT.0, COUNT.1).send().await;
            assert_eq!(reply.status, status, "{url}: {}", reply.text());
            assert_eq!(numbers(&reply.json()), expected, "{url}");
            assert_eq!(reply.header("content-range"), Some(content_range), "{url}");
        }
        let head = server.head(&url).header(COUNT.0, COUNT.1).send().await;
        assert_eq!(head.header("content-range"), Some(content_range), "{url}");
    }
    let all = server.get("/rpc/countdown?limit=1000").send().await.ok();
    assert_eq!(all.as_array().unwrap().len(), 30);
}

#[tokio::test]
async fn a_range_header_without_an_end_takes_the_default_limit() {
    let server = Fixture::shared().await.serve().await;
    for (range, expected) in [("10-", vec![20, 19, 18, 17]), ("10-11", vec![20, 19])] {
        let call = server.get("/rpc/countdown").header("range", range);
        let reply = call.send().await;
        assert_eq!(numbers(&reply.json()), expected, "{range}");
    }
}

#[tokio::test]
async fn the_setting_for_all_answers_caps_the_default() {
    let fixture = Fixture::shared().await;
    for (max_rows, expected) in [(3, 3), (10, 4)] {
        let server = fixture
            .serve_with(|config| config.db_max_rows = Some(max_rows))
            .await;
        let rows = server.get("/rpc/countdown").send().await.ok();
        assert_eq!(rows.as_array().unwrap().len(), expected, "{max_rows}");
    }
}

/// What Postgres cannot look into is read once, and both counted and paged from that.
#[tokio::test]
async fn a_function_that_is_not_inlined_runs_once_for_page_and_count() {
    let fixture = Fixture::own().await;
    let server = fixture.serve().await;
    let call = server.post("/rpc/counted_runs").json(&json!({}));
    let reply = call.header(COUNT.0, COUNT.1).send().await;
    assert_eq!(reply.header("content-range"), Some("0-1/6"));
    let admin = fixture.admin().await;
    let row = admin
        .query_one("select last_value from api.runs", &[])
        .await
        .unwrap();
    assert_eq!(row.get::<_, i64>(0), 6);
}

#[tokio::test]
async fn an_order_that_cannot_be_read_is_told() {
    let server = Fixture::shared().await.serve().await;
    let error = server
        .get("/rpc/bad_page")
        .send()
        .await
        .refused(400, "PGRST100");
    assert_eq!(
        error["message"],
        r#""failed to parse order (n.downwards)" (line 1, column 3)"#
    );
    let given = server.get("/rpc/bad_page?order=n").send().await.ok();
    assert_eq!(given, json!([{ "n": 1 }]));
}

/// The total is what the function says, a thousand too many here, for it to be told apart from a count.
#[tokio::test]
async fn a_function_is_told_how_many_rows_are_wanted_and_another_tells_the_total() {
    let server = Fixture::shared().await.serve().await;
    for (query, numbers_expected, wanted, content_range) in [
        ("", &[30_i64, 29, 28, 27] as &[i64], Some(4), "0-3/1030"),
        ("?offset=3&limit=2", &[27, 26], Some(5), "3-4/1030"),
        ("?below=5&limit=2", &[5, 4], Some(2), "0-1/1005"),
        ("?order=n.desc&limit=1", &[30], Some(1), "0-0/1030"),
        ("?order=n&limit=2", &[1, 2], None, "0-1/1030"),
        ("?n=lt.4", &[3, 2, 1], None, "0-2/3"),
        ("?wanted=3&order=n", &[28, 29, 30], Some(3), "0-2/3"),
    ] {
        let url = format!("/rpc/highest{query}");
        let call = server.get(&url).header(COUNT.0, COUNT.1);
        let reply = call.send().await;
        assert!(reply.status.is_success(), "{url}: {}", reply.text());
        let rows = reply.json();
        assert_eq!(numbers(&rows), numbers_expected, "{url}");
        assert_eq!(rows[0]["given"].as_i64(), wanted, "{url}");
        assert_eq!(reply.header("content-range"), Some(content_range), "{url}");
    }
    // of arguments in a body, the total is counted
    let call = server.post("/rpc/highest").json(&json!({ "below": 5 }));
    let reply = call.header(COUNT.0, COUNT.1).send().await;
    assert_eq!(numbers(&reply.json()), [5, 4, 3, 2]);
    assert_eq!(reply.header("content-range"), Some("0-3/5"));
}
