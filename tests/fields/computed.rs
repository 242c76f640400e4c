//! Computed fields: functions of a relation's row.

use serde_json::json;

use super::Fields;

#[tokio::test]
async fn they_are_shown_compared_and_ordered_by() {
    let fields = Fields::new().await;
    fields
        .assert_each(&[
            (
                "/paint?select=label&id=eq.1",
                json!([{"label": "BLUE HORSES"}]),
            ),
            ("/paint?select=id&label=like.GREEN*", json!([{"id": 2}])),
            (
                "/paint?select=id&label=fts(english).horse&order=label.desc",
                json!([{"id": 2}, {"id": 1}]),
            ),
            (
                "/wall?select=label,paint(name:label)&id=eq.10",
                json!([{"label": "wall 10", "paint": {"name": "BLUE HORSES"}}]),
            ),
            (
                "/wall?paint.label=eq.BLUE HORSES&select=id,paint!inner()",
                json!([{"id": 10}]),
            ),
            (
                "/wall?select=id,paint(id)&order=paint(label).desc.nullslast",
                json!([
                    {"id": 11, "paint": {"id": 2}}, {"id": 10, "paint": {"id": 1}},
                    {"id": 12, "paint": null},
                ]),
            ),
        ])
        .await;
    let reply = fields.get("/bright?select=label").await;
    let error = reply.refused(400, "42703");
    assert_eq!(error["message"], "column bright.label does not exist");
}

#[tokio::test]
async fn results_of_functions_have_them_although_their_name_is_not_unique() {
    let fields = Fields::new().await;
    fields
        .assert_each(&[
            (
                "/rpc/paints?select=label,shade&label=like.BLUE*",
                json!([{"label": "BLUE HORSES", "shade": "#0000FF"}]),
            ),
            (
                "/rpc/paints?select=id&order=label&limit=1",
                json!([{"id": 1}]),
            ),
            (
                "/rpc/one_paint?select=label",
                json!({"label": "GREEN HORSE"}),
            ),
            (
                "/rpc/one_paint?select=*,label",
                json!({
                    "id": 2, "name": "Green horse", "shade": "#00FF00", "gloss": 2,
                    "facts": null, "words": "'green':1 'hors':2", "label": "GREEN HORSE",
                }),
            ),
        ])
        .await;
    for (url, column) in [
        ("/rpc/paints?select=nope", "paint.nope"),
        ("/rpc/paints?nope=eq.1", "paint.nope"),
        ("/rpc/paints?order=nope", "paint.nope"),
    ] {
        let error = fields.get(url).await.refused(400, "42703");
        let message = format!("column {column} does not exist");
        assert_eq!(error["message"], message, "{url}");
    }
}

#[tokio::test]
async fn changed_rows_come_back_with_them() {
    let fields = Fields::new().await;
    let row = json!({"id": 7, "name": "red", "shade": "#00000A"});
    let url = "/paint?select=id,label,shade";
    let reply = fields.send("POST", url, &row).await;
    assert_eq!(
        reply.json(),
        json!([{"id": 7, "label": "RED", "shade": "#00000A"}])
    );
    let name = json!({"name": "pink"});
    let url = "/paint?id=in.(2,7)&label=eq.RED&select=*,label&order=label";
    let reply = fields.send("PATCH", url, &name).await;
    assert_eq!(
        reply.json(),
        json!([{
            "id": 7, "name": "pink", "shade": "#00000A", "gloss": null, "facts": null,
            "words": "'pink':1", "label": "PINK",
        }])
    );
}
