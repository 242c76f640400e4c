//! Views show the keys of the tables that they show, hidden ones included.

use serde_json::json;

use super::{assert_answers, server};

#[tokio::test]
async fn a_view_has_the_relationships_of_its_columns() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/poem?select=title,poet(name)&order=id",
                json!([
                    {"title": "Dawn", "poet": {"name": "Lyra"}},
                    {"title": "Dusk", "poet": {"name": "Lyra"}},
                    {"title": "Noon", "poet": {"name": "Ode"}},
                ]),
            ),
            (
                "/poet?select=name,poem(title)&order=poet_id&poem.order=title.desc",
                json!([
                    {"name": "Lyra", "poem": [{"title": "Dusk"}, {"title": "Dawn"}]},
                    {"name": "Ode", "poem": [{"title": "Noon"}]},
                ]),
            ),
            (
                "/anthology?select=title,poet(name)&id=eq.3",
                json!([{"title": "Noon", "poet": {"name": "Ode"}}]),
            ),
            (
                "/counted?select=poems,poet(name)&poet=eq.1",
                json!([{"poems": 2, "poet": {"name": "Lyra"}}]),
            ),
            // Through a view of the junction, whose key is that of its table; to a table from a view.
            (
                "/part?select=id,poem(title)&id=lt.3&order=id&poem.order=title",
                json!([
                    {"id": 1, "poem": [{"title": "Dawn"}, {"title": "Noon"}]},
                    {"id": 2, "poem": [{"title": "Dawn"}]},
                ]),
            ),
            (
                "/poem?select=title,part!inner(name)&part.name=eq.Hand",
                json!([{"title": "Dawn", "part": [{"name": "Hand"}]}]),
            ),
            // A foreign key names the one of two, and a column under either of its names.
            (
                "/likes?select=who:poet!poet_again(name),whom:poet!admirer(name)",
                json!([{"who": {"name": "Lyra"}, "whom": {"name": "Ode"}}]),
            ),
            (
                "/poem?select=id,poet!inner()&order=poet(name).desc&limit=1",
                json!([{"id": 3}]),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn what_a_view_does_not_show_relates_nothing() {
    let server = server().await;
    for url in [
        "/title?select=title,poet(name)",
        "/poet?select=name,title(title)",
        // The hidden tables themselves, and columns as targets: those name tables only.
        "/poem?select=all_poems(id)",
        "/part?select=private_reading(poem)",
        "/poem?select=poem_poet_fkey(name)",
    ] {
        server.get(url).send().await.refused(400, "PGRST200");
    }
    let ambiguous = server.get("/likes?select=poet(name)").send().await;
    let ambiguous = ambiguous.refused(300, "PGRST201");
    let relationships: Vec<_> = ambiguous["details"]
        .as_array()
        .unwrap()
        .iter()
        .map(|d| &d["relationship"])
        .collect();
    assert_eq!(
        relationships,
        [
            "likes_admirer_fkey using likes(admirer) and poet(poet_id)",
            "likes_poet_fkey using likes(poet) and poet(poet_id)",
            "likes_poet_fkey using likes(poet_again) and poet(poet_id)",
        ]
    );
}
