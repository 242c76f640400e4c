//! Whatever a row holds comes back as it was written, by every door.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Map, Value, json};

use super::Writer;

const ROWS: usize = 300;

/// JSON without the one character that Postgres' text cannot hold.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any_text().prop_map(Value::from),
    ];
    leaf.prop_recursive(4, 20, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            prop::collection::btree_map(any_text(), inner, 0..4)
                .prop_map(|map| Value::from(map.into_iter().collect::<Map<_, _>>())),
        ]
    })
}

fn any_text() -> impl Strategy<Value = String> {
    prop_oneof![
        "[^\u{0}]{0,12}",
        "[\"\\\\{},()'$:;\\-\n\t ]{0,8}",
        Just("NULL".to_owned()),
        Just("null".to_owned()),
        Just(String::new()),
    ]
}

prop_compose! {
    // A fraction that floats hold exactly: how the test reads others is not its subject.
    fn any_row()(
        name in any_text(),
        amount in prop::option::of(0..=i32::MAX / 2),
        eighths in prop::option::of(any::<i32>()),
        done in any::<Option<bool>>(),
        size in prop::option::of(prop_oneof![Just("small"), Just("large")]),
        data in any_json(),
        tags in prop::option::of(prop::collection::vec(any_text(), 0..4)),
    ) -> Value {
        json!({
            "name": name, "amount": amount, "ratio": eighths.map(|n| f64::from(n | 1) / 8.0), "done": done, "size": size, "data": data,
            "tags": tags,
        })
    }
}

fn rows() -> Vec<Value> {
    let mut runner = TestRunner::deterministic();
    let row = any_row();
    let one = |_| row.new_tree(&mut runner).expect("a row").current();
    (0..ROWS).map(one).collect()
}

#[tokio::test]
async fn rows_come_back_as_they_were_written() {
    let writer = Writer::new().await;
    let rows = rows();
    let columns = "select=name,amount,ratio,done,size,data,tags";
    let full = "return=representation";
    let reply = writer
        .send("POST", &format!("/thing?{columns}"), full, &json!(rows))
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json(), json!(rows), "all at once");
    let stored = writer.get(&format!("/thing?{columns}&order=id")).await;
    assert_eq!(stored, json!(rows), "as stored");
    // One by one, over each other.
    for row in rows.iter().take(60) {
        let url = format!("/thing?id=eq.1&{columns}");
        let reply = writer.send("PATCH", &url, full, row).await;
        assert_eq!(reply.ok(), json!([row]));
    }
}

#[tokio::test]
async fn texts_come_back_as_a_form_or_csv_wrote_them() {
    let writer = Writer::new().await;
    let names: Vec<String> = rows()
        .iter()
        .map(|row| row["name"].as_str().expect("text").to_owned())
        // In CSV this word is no text, and a lone empty line no row.
        .filter(|name| name != "NULL" && !name.is_empty())
        // Its line breaks are those of the file.
        .filter(|name| !name.contains('\r'))
        .collect();
    let quoted = |name: &String| format!("\"{}\"", name.replace('"', "\"\""));
    let lines: Vec<String> = names.iter().map(quoted).collect();
    let reply = writer
        .call("POST", "/thing?select=name", "return=representation")
        .body("text/csv", format!("name\n{}\n", lines.join("\n")))
        .send()
        .await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let written: Vec<Value> = names.iter().map(|name| json!({ "name": name })).collect();
    assert_eq!(reply.json(), json!(written));
    for name in names.iter().take(60) {
        let encoded =
            percent_encoding::utf8_percent_encode(name, percent_encoding::NON_ALPHANUMERIC);
        let reply = writer
            .call("POST", "/thing?select=name", "return=representation")
            .body(
                "application/x-www-form-urlencoded",
                format!("name={encoded}"),
            )
            .send()
            .await;
        assert_eq!(reply.status, 201, "{}", reply.text());
        assert_eq!(reply.json(), json!([{ "name": name }]));
    }
}
