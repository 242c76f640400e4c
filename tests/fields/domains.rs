//! Domains with a representation of their own, read.

use serde_json::json;

use super::Fields;

#[tokio::test]
async fn a_domain_is_shown_by_its_cast_to_json() {
    let fields = Fields::new().await;
    fields
        .assert_each(&[
            (
                "/paint?select=id,shade&order=id&limit=2",
                json!([{"id": 1, "shade": "#0000FF"}, {"id": 2, "shade": "#00FF00"}]),
            ),
            (
                "/paint?select=s:shade,t:shade::text&id=eq.1",
                json!([{"s": "#0000FF", "t": "\"#0000FF\""}]),
            ),
            (
                "/paint?id=eq.2",
                json!([{
                    "id": 2, "name": "Green horse", "shade": "#00FF00", "gloss": 2,
                    "facts": null, "words": "'green':1 'hors':2",
                }]),
            ),
            (
                "/bright?select=*&id=eq.2",
                json!([{"id": 2, "shade": "#00FF00", "half": "#007F80"}]),
            ),
            ("/paint?select=gloss&id=eq.1", json!([{"gloss": 1}])),
            (
                "/paint?select=facts,a:facts->a&id=eq.1",
                json!([{"facts": {"a": {"b": 1}}, "a": {"b": 1}}]),
            ),
        ])
        .await;
    let csv = fields.server.get("/paint?select=id,shade&id=eq.1");
    let csv = csv.header("accept", "text/csv").send().await;
    assert_eq!(csv.text(), "id,shade\n1,\"\"\"#0000FF\"\"\"");
}

#[tokio::test]
async fn so_it_is_in_what_is_embedded_and_in_results_of_functions() {
    let fields = Fields::new().await;
    fields
        .assert_each(&[
            (
                "/wall?select=id,paint(shade)&id=eq.10",
                json!([{"id": 10, "paint": {"shade": "#0000FF"}}]),
            ),
            (
                "/wall?select=paint(*)&id=eq.11",
                json!([{"paint": {
                    "id": 2, "name": "Green horse", "shade": "#00FF00", "gloss": 2,
                    "facts": null, "words": "'green':1 'hors':2",
                }}]),
            ),
            (
                "/wall?select=...paint(shade)&id=eq.10",
                json!([{"shade": "#0000FF"}]),
            ),
            (
                "/wall?select=id,paint(shade)&order=paint(shade).desc,id&limit=2&paint=not.is.null",
                json!([
                    {"id": 11, "paint": {"shade": "#00FF00"}},
                    {"id": 10, "paint": {"shade": "#0000FF"}},
                ]),
            ),
            (
                "/wall?select=id,paint!inner(id)&paint.shade=eq.00FF00",
                json!([{"id": 11, "paint": {"id": 2}}]),
            ),
            (
                "/rpc/paints?select=shade&id=eq.2",
                json!([{"shade": "#00FF00"}]),
            ),
            (
                "/rpc/one_paint",
                json!({
                    "id": 2, "name": "Green horse", "shade": "#00FF00", "gloss": 2,
                    "facts": null, "words": "'green':1 'hors':2",
                }),
            ),
        ])
        .await;
}

#[tokio::test]
async fn filters_read_values_by_the_cast_from_text() {
    let fields = Fields::new().await;
    fields
        .assert_ids(&[
            ("/paint?shade=eq.%230000FF", &[1]),
            ("/paint?shade=eq.FF", &[1]),
            ("/paint?shade=not.eq.FF", &[2]),
            ("/paint?shade=gt.FF", &[2]),
            ("/paint?shade=in.(FF,00FF00)", &[1, 2]),
            ("/paint?shade=not.in.(FF)", &[2]),
            ("/paint?shade=in.()", &[]),
            ("/paint?shade=eq(any).{FF,%2300FF00}", &[1, 2]),
            ("/paint?shade=gte(all).{FF,00FF00}", &[2]),
            ("/paint?shade=is.null", &[3]),
            ("/paint?or=(shade.eq.FF,id.eq.3)", &[1, 3]),
            ("/rpc/paints?shade=eq.FF", &[1]),
            ("/bright?half=eq.7F80", &[2]),
            // These do not compare by the domain's text: 255 is FF.
            ("/paint?shade=isdistinct.255", &[2, 3]),
            ("/paint?gloss=eq.1", &[1]),
            ("/paint?facts->a->>b=eq.1", &[1]),
        ])
        .await;
    for (url, status, code) in [
        ("/paint?shade=eq.nothex", 400, "22P02"),
        ("/paint?shade=in.(FF,nothex)", 400, "22P02"),
        ("/paint?shade=eq.FFFFFFF", 400, "23514"),
        ("/paint?shade=ilike.*F", 404, "42883"),
    ] {
        fields.get(url).await.refused(status, code);
    }
}

#[tokio::test]
async fn who_may_not_call_the_cast_sees_no_stored_value() {
    let fields = Fields::new().await;
    for url in ["/person", "/person?select=code", "/person?select=*"] {
        fields.get(url).await.refused(401, "42501");
    }
    let person = fields.server.get("/person?select=code");
    let user = fields.fixture.user(json!({}));
    assert_eq!(
        person.token(&user).send().await.ok(),
        json!([{"code": "s…"}])
    );
}
