//! limit, offset, Range, count: the page, its status and its Content-Range.

use serde_json::json;

use crate::harness::fixture::Fixture;
use crate::harness::http::Call;

const COUNT: (&str, &str) = ("prefer", "count=exact");

fn with(call: Call, headers: &[(&str, &str)]) -> Call {
    headers
        .iter()
        .fold(call, |call, (name, value)| call.header(name, value))
}

#[tokio::test]
async fn a_page_says_where_it_stands() {
    let server = Fixture::shared().await.serve().await;
    let everything: &[i64] = &[1, 2, 3, 4, 5, 6];
    for (query, headers, status, ids, content_range) in [
        // without a count everything is 200
        ("", &[] as &[_], 200, everything, "0-5/*"),
        ("&limit=2", &[], 200, &[1, 2], "0-1/*"),
        ("&limit=2&offset=3", &[], 200, &[4, 5], "3-4/*"),
        ("&offset=4", &[], 200, &[5, 6], "4-5/*"),
        ("&offset=6", &[], 200, &[], "*/*"),
        ("&offset=100", &[], 200, &[], "*/*"),
        ("&limit=0", &[], 200, &[], "*/*"),
        ("&limit=100", &[], 200, everything, "0-5/*"),
        ("&offset=-4", &[], 200, everything, "0-5/*"),
        ("&id=eq.3", &[], 200, &[3], "0-0/*"),
        ("&id=eq.99", &[], 200, &[], "*/*"),
        ("&limit=nonsense", &[], 200, everything, "0-5/*"),
        // by the header
        ("", &[("range", "0-1")], 200, &[1, 2], "0-1/*"),
        ("", &[("range", "2-")], 200, &[3, 4, 5, 6], "2-5/*"),
        ("", &[("range", "4-100")], 200, &[5, 6], "4-5/*"),
        ("", &[("range", "nonsense")], 200, everything, "0-5/*"),
        ("&limit=3", &[("range", "0-1")], 200, &[1, 2], "0-1/*"),
        (
            "",
            &[("range-unit", "items"), ("range", "0-0")],
            200,
            &[1],
            "0-0/*",
        ),
        // with a count
        ("", &[COUNT], 200, everything, "0-5/6"),
        ("&limit=2", &[COUNT], 206, &[1, 2], "0-1/6"),
        ("&limit=2&offset=4", &[COUNT], 206, &[5, 6], "4-5/6"),
        ("&limit=6", &[COUNT], 200, everything, "0-5/6"),
        ("&limit=0", &[COUNT], 206, &[], "*/6"),
        ("&offset=6", &[COUNT], 206, &[], "*/6"),
        ("&id=gt.4", &[COUNT], 200, &[5, 6], "0-1/2"),
        ("&id=gt.3&limit=1", &[COUNT], 206, &[4], "0-0/3"),
        ("&id=eq.99", &[COUNT], 200, &[], "*/0"),
        ("", &[COUNT, ("range", "1-2")], 206, &[2, 3], "1-2/6"),
        (
            "&or=(id.eq.1,id.eq.2)&limit=1",
            &[COUNT],
            206,
            &[1],
            "0-0/2",
        ),
        ("", &[("prefer", "count=none")], 200, everything, "0-5/*"),
    ] {
        let url = format!("/item?select=id&order=id{query}");
        let told = format!("{url} {headers:?}");
        let reply = with(server.get(&url), headers).send().await;
        assert_eq!(reply.status, status, "{told}: {}", reply.text());
        assert_eq!(reply.header("content-range"), Some(content_range), "{told}");
        let rows: Vec<i64> = reply
            .json()
            .as_array()
            .unwrap()
            .iter()
            .map(|row| row["id"].as_i64().unwrap())
            .collect();
        assert_eq!(rows, ids, "{told}");
        let counted = headers.contains(&COUNT).then_some("count=exact");
        assert_eq!(reply.header("preference-applied"), counted, "{told}");
    }
}

#[tokio::test]
async fn a_page_behind_the_end_is_416_if_the_end_is_known() {
    let server = Fixture::shared().await.serve().await;
    for (query, headers, details, content_range) in [
        (
            "offset=100",
            &[COUNT] as &[_],
            "An offset of 100 was requested, but there are only 6 rows.",
            Some("*/6"),
        ),
        (
            "offset=1&id=eq.99",
            &[COUNT],
            "An offset of 1 was requested, but there are only 0 rows.",
            Some("*/0"),
        ),
        (
            "",
            &[COUNT, ("range", "100-199")],
            "An offset of 100 was requested, but there are only 6 rows.",
            Some("*/6"),
        ),
        (
            "limit=-1",
            &[],
            "Limit should be greater than or equal to zero.",
            None,
        ),
        (
            "limit=0&offset=5",
            &[],
            "Limit should be greater than or equal to zero.",
            None,
        ),
        (
            "",
            &[("range", "1-0")],
            "The lower boundary must be lower than or equal to the upper boundary in the Range header.",
            None,
        ),
    ] {
        let told = format!("{query} {headers:?}");
        let reply = with(server.get(&format!("/item?{query}")), headers)
            .send()
            .await;
        assert_eq!(reply.status, 416, "{told}");
        assert_eq!(
            reply.json(),
            json!({
                "code": "PGRST103",
                "details": details,
                "hint": null,
                "message": "Requested range not satisfiable",
            }),
            "{told}"
        );
        assert_eq!(reply.header("content-range"), content_range, "{told}");
    }
}

#[tokio::test]
async fn no_answer_has_more_rows_than_the_setting_allows() {
    let fixture = Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.db_max_rows = Some(2))
        .await;
    for (query, status, content_range) in [
        ("", 206, "0-1/6"),
        ("&limit=100", 206, "0-1/6"),
        ("&limit=1", 206, "0-0/6"),
        ("&offset=5", 206, "5-5/6"),
    ] {
        let reply = server
            .get(&format!("/item?select=id&order=id{query}"))
            .header("prefer", "count=exact")
            .send()
            .await;
        assert_eq!(reply.status, status, "{query}");
        assert_eq!(
            reply.header("content-range"),
            Some(content_range),
            "{query}"
        );
    }
    let rows = server.get("/rpc/numbers?most=50").send().await.ok();
    assert_eq!(rows, json!([1, 2]));
}

#[tokio::test]
async fn the_count_sees_only_the_rows_that_the_caller_sees() {
    let fixture = Fixture::shared().await;
    let server = fixture.serve().await;
    for (name, content_range) in [("ann", "0-1/2"), ("bob", "0-0/1"), ("eve", "*/0")] {
        let reply = server
            .get("/owned?select=id")
            .token(&fixture.user(json!({ "name": name })))
            .header("prefer", "count=exact")
            .send()
            .await;
        assert_eq!(reply.status, 200, "{name}");
        assert_eq!(reply.header("content-range"), Some(content_range), "{name}");
    }
}
