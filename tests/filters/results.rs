//! What is not a filter keeps PostgREST's meaning: it works on the result.

use serde_json::Value;

use super::{get, served};

fn column<'a>(rows: &'a Value, name: &str) -> Vec<&'a Value> {
    let rows = rows.as_array().unwrap().iter();
    rows.map(|row| &row[name]).collect()
}

#[tokio::test]
async fn trees_of_conditions_work_on_output_columns() {
    let (_database, server) = served().await;
    let all = get(
        &server,
        "/rpc/team_performance?priority=eq.high&order=team_member_id",
    )
    .await
    .ok();
    let some = get(
        &server,
        "/rpc/team_performance?priority=eq.high&order=team_member_id\
         &or=(department.eq.finance,and(department.eq.support,not.or(rank.gt.8,username.like.a*)))",
    )
    .await
    .ok();
    let expected: Vec<&Value> = all
        .as_array()
        .unwrap()
        .iter()
        .filter(|row| {
            let starts_with_a = row["username"].as_str().unwrap().starts_with('a');
            row["department"] == "finance"
                || row["department"] == "support"
                    && row["rank"].as_i64().unwrap() <= 8
                    && !starts_with_a
        })
        .collect();
    assert_eq!(
        some.as_array().unwrap().iter().collect::<Vec<_>>(),
        expected
    );
    assert!(!expected.is_empty() && expected.len() < 15);
}

#[tokio::test]
async fn columns_are_selected_renamed_cast_and_counted() {
    let (_database, server) = served().await;
    let reply = get(
        &server,
        "/rpc/team_performance?select=who:username,tickets_assigned::text,open:by_status-%3Ein_progress\
         &order=tickets_assigned.desc&limit=1",
    )
    .await;
    let rows = reply.ok();
    let row = rows[0].as_object().unwrap();
    assert_eq!(
        row.keys().collect::<Vec<_>>(),
        ["who", "tickets_assigned", "open"]
    );
    assert!(row["tickets_assigned"].is_string(), "{rows}");
    assert!(row["open"].is_number(), "{rows}");
}

#[tokio::test]
async fn a_filter_and_a_column_of_the_result_do_not_disturb_each_other() {
    let (_database, server) = served().await;
    // ticket_list has a column for each filter: the filter wins, "is not" keeps what is missing
    let url = "/rpc/ticket_list?priority=neq.low&select=priority";
    let rows = get(&server, url).await.ok();
    let found = column(&rows, "priority");
    assert!(found.contains(&&Value::Null), "missing is not low");
    assert!(!found.iter().any(|value| *value == "low"));
    // the table keeps SQL's three-valued logic
    let rows = get(&server, "/tickets?priority=neq.low&select=priority")
        .await
        .ok();
    assert!(!column(&rows, "priority").contains(&&Value::Null));
    // trees speak of columns
    let rows = get(
        &server,
        "/rpc/ticket_list?priority=neq.low&or=(priority.is.null,status.eq.resolved)&select=priority,status",
    )
    .await
    .ok();
    for row in rows.as_array().unwrap() {
        assert!(
            row["priority"].is_null() || row["status"] == "resolved",
            "{row}"
        );
    }
}

#[tokio::test]
async fn what_the_widget_has_no_column_for_cannot_be_selected() {
    let (_database, server) = served().await;
    let reply = get(&server, "/rpc/team_performance?select=nonsense").await;
    assert_eq!(reply.refused(400, "42703")["code"], "42703");
    let reply = get(&server, "/rpc/team_performance?order=nonsense").await;
    assert_eq!(reply.refused(400, "42703")["code"], "42703");
}
