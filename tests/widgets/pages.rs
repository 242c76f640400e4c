//! Tables that come in pages, arguments of widgets, and what is refused.

use serde_json::{Value, json};

use super::{Scene, everything};
use crate::brute_force::{Sight, client_analysis, overdue_tickets};
use crate::harness::desk::{agent, client};

const PAGED: [&str; 2] = ["client_analysis", "overdue_tickets"];

async fn page(scene: &Scene, url: &str) -> (Vec<Value>, String, usize) {
    let call = scene.server.get(url).token(&agent());
    let reply = call.header("prefer", "count=exact").send().await;
    assert!(reply.status.is_success(), "{url}: {}", reply.text());
    let range = reply.header("content-range").unwrap().to_owned();
    let rows = reply.json().as_array().unwrap().clone();
    (rows, range, reply.body.len())
}

#[tokio::test]
async fn tables_come_in_pages_of_twenty_with_an_exact_total() {
    let scene = Scene::new().await;
    let selection = everything();
    let sight = Sight::new(&scene.base, &selection);
    let totals = [
        client_analysis(&sight, "").len(),
        overdue_tickets(&sight).len(),
    ];
    for (widget, total) in PAGED.iter().zip(totals) {
        let (first, range, bytes) = page(&scene, &format!("/rpc/{widget}")).await;
        assert_eq!(first.len(), 20, "{widget}");
        assert_eq!(range, format!("0-19/{total}"), "{widget}");
        assert!(bytes < 10_000, "{widget}: {bytes} bytes");
        let (second, range, _) = page(&scene, &format!("/rpc/{widget}?offset=20")).await;
        assert_eq!(range, format!("20-39/{total}"), "{widget}");
        let (both, range, _) = page(&scene, &format!("/rpc/{widget}?limit=40")).await;
        assert_eq!(range, format!("0-39/{total}"), "{widget}");
        let key = |row: &Value| (row["id"].clone(), row["number"].clone());
        let parts: Vec<_> = first.iter().chain(&second).map(key).collect();
        let whole: Vec<_> = both.iter().map(key).collect();
        assert_eq!(parts, whole, "{widget}");
    }
}

#[tokio::test]
async fn clients_are_searched_by_any_part_of_their_name() {
    let scene = Scene::new().await;
    for (search, names) in [
        ("100%25", &["100% Sure"] as &[_]),
        ("%25", &["100% Sure"]),
        ("_", &["Under_score \\ Slash"]),
        ("%5C", &["Under_score \\ Slash"]),
        ("m%C3%BCller", &["MÜLLER Müller"]),
        ("fjord%20FOODS", &["Fjord Foods"]),
        ("nobody", &[]),
        // a text that looks like an operator is a text
        ("eq.nobody", &[]),
        ("not.in.(1)", &[]),
        ("'%20or%20'1'='1", &[]),
    ] {
        let url = format!("/rpc/client_analysis?search={search}&order=client_name");
        let (rows, range, _) = page(&scene, &url).await;
        let got: Vec<&str> = rows
            .iter()
            .map(|row| row["client_name"].as_str().unwrap())
            .collect();
        assert_eq!(got, names, "{search}");
        assert!(range.ends_with(&format!("/{}", names.len())), "{range}");
    }
}

#[tokio::test]
async fn a_page_of_clients_is_sorted_and_filtered_by_any_column() {
    let scene = Scene::new().await;
    let (rows, range, _) = page(
        &scene,
        "/rpc/client_analysis?priority=eq.high&client_plan=eq.starter&total_tickets=gte.5\
         &order=total_spent.desc,id&limit=3&select=id,client_plan,total_spent,total_tickets",
    )
    .await;
    assert_eq!(rows.len(), 3, "{range}");
    let spent: Vec<f64> = rows
        .iter()
        .map(|row| row["total_spent"].as_f64().unwrap())
        .collect();
    assert!(spent.is_sorted_by(|a, b| a >= b), "{rows:?}");
    for row in &rows {
        assert_eq!(row["client_plan"], "starter");
        assert!(row["total_tickets"].as_i64().unwrap() >= 5);
    }
}

/// A refund is a row beside the payment, which stays completed; what is pending or failed never counts.
#[tokio::test]
async fn money_is_what_was_paid_less_what_went_back() {
    let scene = Scene::new().await;
    for (search, spent, paid, refunded) in [
        ("sure", "0.30", "0.30", "0.00"),
        ("under", "0.00", "0.00", "0.00"),
        ("müller", "-12.34", "0.00", "-12.34"),
        ("paid and gone", "0.00", "299.00", "-299.00"),
    ] {
        // the payments are all of the client's, whatever the filters
        for filter in ["", "&created_at=eq.1999-12-31"] {
            let search = crate::brute_force::encode(search);
            let money = "select=total_spent::text,total_paid::text,total_refunded::text";
            let url = format!("/rpc/client_analysis?search={search}{filter}&{money}");
            let (rows, ..) = page(&scene, &url).await;
            assert_eq!(
                rows[0],
                json!({ "total_spent": spent, "total_paid": paid, "total_refunded": refunded }),
                "{url}"
            );
        }
    }
}

#[tokio::test]
async fn an_unknown_grain_is_refused_with_those_that_there_are() {
    let scene = Scene::new().await;
    for grain in ["decade", "MONTH", "", "1%20day", "eq.day"] {
        let url = format!("/rpc/tickets_over_time?grain={grain}");
        let reply = scene.server.get(&url).token(&agent()).send().await;
        assert_eq!(reply.status, 400, "{url}: {}", reply.text());
        let error = reply.json();
        assert_eq!(error["code"], "22023", "{url}");
        assert_eq!(
            error["message"],
            format!(
                "\"{}\" is not a valid value for \"grain\"",
                grain.replace("%20", " ")
            )
        );
        assert_eq!(
            error["details"],
            "Its values are: day, week, month, quarter"
        );
        assert_eq!(
            error["hint"],
            "Write grain=day, grain=week, grain=month or grain=quarter"
        );
    }
    let by_default = json!({ "grain": null });
    let call = scene.server.post("/rpc/tickets_over_time").token(&agent());
    let months = call.json(&by_default).send().await.ok();
    let call = scene.server.get("/rpc/tickets_over_time").token(&agent());
    assert_eq!(months, call.send().await.ok());
}

#[tokio::test]
async fn a_chart_of_endless_buckets_is_refused() {
    let scene = Scene::new().await;
    for (query, buckets) in [
        (
            "grain=day&created_at=gte.0001-01-01&created_at=lte.9999-12-31",
            None,
        ),
        ("grain=day&created_at=gte.2014-01-01", None),
        (
            "grain=day&created_at=gte.2000-01-01&created_at=lt.2010-12-14",
            Some(4000),
        ),
        (
            "grain=day&created_at=gte.2000-01-01&created_at=lt.2010-12-15",
            None,
        ),
        (
            "grain=quarter&created_at=gte.1000-01-01&created_at=lt.2000-01-01",
            Some(4000),
        ),
        (
            "grain=quarter&created_at=gte.1000-01-01&created_at=lte.2000-01-01",
            None,
        ),
    ] {
        let url = format!("/rpc/tickets_over_time?{query}");
        let reply = scene.server.get(&url).token(&agent()).send().await;
        if let Some(buckets) = buckets {
            assert_eq!(reply.ok().as_array().unwrap().len(), buckets, "{url}");
        } else {
            let error = reply.refused(400, "22023");
            let message = error["message"].as_str().unwrap();
            assert!(
                message.contains("there are more than 4000 buckets"),
                "{message}"
            );
            assert!(
                error["hint"]
                    .as_str()
                    .unwrap()
                    .starts_with("Choose a coarser grain")
            );
        }
    }
}

#[tokio::test]
async fn nothing_is_selected_by_an_impossible_period_and_the_answer_is_200() {
    let scene = Scene::new().await;
    for query in [
        "created_at=gte.2025-06-02&created_at=lt.2025-06-01",
        "created_at=eq.2025-06-01&created_at=eq.2025-06-02",
        "created_at=is.null&created_at=not.is.null",
    ] {
        let rows = scene
            .get(&agent(), "/rpc/tickets_over_time", &everything(), query)
            .await;
        assert_eq!(rows, json!([]), "{query}");
        for (widget, column) in [
            ("tickets_by_type", "tickets"),
            ("tickets_by_priority", "tickets"),
            ("resolution_stats", "overdue_tickets"),
            ("resolution_by_type", "resolved"),
            ("resolution_histogram", "tickets"),
            ("client_analysis", "total_tickets"),
        ] {
            let path = format!("/rpc/{widget}");
            let rows = scene.get(&agent(), &path, &everything(), query).await;
            let rows = rows.as_array().unwrap();
            assert!(!rows.is_empty(), "{widget} keeps its axis");
            assert!(rows.iter().all(|row| row[column] == 0), "{widget}: {query}");
            let share = if widget == "client_analysis" {
                "share_of_tickets"
            } else {
                "percent"
            };
            let shares: Vec<_> = rows.iter().filter_map(|row| row.get(share)).collect();
            assert!(
                shares.iter().all(|share| share.is_null()),
                "{widget}: never 0"
            );
        }
    }
}

/// The month's last bucket, without filters, is what is open now.
#[tokio::test]
async fn the_backlog_ends_where_the_dashboard_is() {
    let scene = Scene::new().await;
    let dashboard = scene
        .get(&agent(), "/rpc/dashboard_overview", &everything(), "")
        .await;
    let months = scene
        .get(&agent(), "/rpc/tickets_over_time", &everything(), "")
        .await;
    let list = async |query| scene.list(&agent(), &everything(), query).await.len();
    let never_created = list("created_at=is.null&status=not.in.(resolved,closed)").await;
    let resolved_at_infinity = list("resolved_at=gt.9999-12-31").await;
    let last = months.as_array().unwrap().last().unwrap();
    let open_at_end = usize::try_from(last["open_at_end"].as_u64().unwrap()).unwrap();
    assert_eq!(
        dashboard[0]["open_tickets"],
        open_at_end + never_created - resolved_at_infinity
    );
}

#[tokio::test]
async fn clients_and_the_public_are_refused_and_learn_nothing() {
    let scene = Scene::new().await;
    for widget in [
        "tickets_over_time",
        "tickets_by_type",
        "tickets_by_priority",
        "client_analysis",
        "resolution_stats",
        "resolution_by_type",
        "resolution_histogram",
        "overdue_tickets",
    ] {
        let url = format!("/rpc/{widget}?client_id=eq.1");
        let reply = scene.server.get(&url).token(&client(1)).send().await;
        let error = reply.refused(403, "42501");
        assert_eq!(error["details"], Value::Null, "{error}");
        scene.server.get(&url).send().await.refused(401, "42501");
    }
}
