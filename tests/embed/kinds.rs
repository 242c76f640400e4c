//! Relationships of each cardinality, and the ways to name them.

use std::time::{Duration, Instant};

use serde_json::json;

use super::{assert_answers, server};

/// Longer than planning takes on a busy machine; what is beyond measure takes minutes.
const PLANNED: Duration = Duration::from_secs(5);

#[tokio::test]
async fn many_to_one_is_an_object_or_null() {
    let server = server().await;
    assert_answers(
        &server,
        [(
            "/part?select=id,maker(name,country)&id=in.(1,2,5)&order=id",
            json!([
                {"id": 1, "maker": {"name": "Alto", "country": "AT"}},
                {"id": 2, "maker": {"name": "Basso", "country": "DE"}},
                {"id": 5, "maker": null},
            ]),
        )],
    )
    .await;
}

#[tokio::test]
async fn one_to_many_is_a_list() {
    let server = server().await;
    assert_answers(
        &server,
        [(
            "/maker?select=name,part(id,price)&order=id&part.order=id",
            json!([
                {"name": "Alto", "part": [{"id": 1, "price": 30.00}, {"id": 4, "price": 0.50}]},
                {"name": "Basso", "part": [{"id": 2, "price": 2.50}, {"id": 3, "price": 1.25}]},
                {"name": "Coro", "part": []},
            ]),
        )],
    )
    .await;
}

#[tokio::test]
async fn one_to_one_is_an_object_from_both_sides() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/part?select=id,manual(pages),drawing(title)&id=lt.4&order=id",
                json!([
                    {"id": 1, "manual": {"pages": 120}, "drawing": null},
                    {"id": 2, "manual": null, "drawing": {"title": "Front"}},
                    {"id": 3, "manual": {"pages": 4}, "drawing": null},
                ]),
            ),
            (
                "/manual?select=pages,part(name)&order=part",
                json!([
                    {"pages": 120, "part": {"name": "Clock"}},
                    {"pages": 4, "part": {"name": "Spring"}},
                ]),
            ),
            (
                "/drawing?select=title,part(name)&order=id",
                json!([
                    {"title": "Front", "part": {"name": "Hand"}},
                    {"title": "Side", "part": {"name": "Coil"}},
                ]),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn many_to_many_goes_through_the_junction_from_both_sides() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/part?select=id,tag(word)&order=id&tag.order=word&id=lt.4",
                json!([
                    {"id": 1, "tag": [{"word": "brass"}]},
                    {"id": 2, "tag": [{"word": "brass"}, {"word": "small"}]},
                    {"id": 3, "tag": []},
                ]),
            ),
            (
                "/tag?select=word,part(id)&order=id&part.order=id",
                json!([
                    {"word": "brass", "part": [{"id": 1}, {"id": 2}]},
                    {"word": "small", "part": [{"id": 2}, {"id": 4}]},
                    {"word": "unused", "part": []},
                ]),
            ),
            // The junction itself is one to many, and can be embedded, too.
            (
                "/part?select=part_tag(tag(word))&id=eq.1",
                json!([{"part_tag": [{"tag": {"word": "brass"}}]}]),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn a_relation_refers_to_itself_both_ways() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/part?select=id,whole(id,whole(id))&id=in.(1,4)&order=id",
                json!([
                    {"id": 1, "whole": null},
                    {"id": 4, "whole": {"id": 3, "whole": {"id": 1}}},
                ]),
            ),
            (
                "/part?select=id,parts:part!whole(id,parts:part!whole(id))&id=eq.1&parts.order=id",
                json!([{"id": 1, "parts": [{"id": 2, "parts": []}, {"id": 3, "parts": [{"id": 4}]}]}]),
            ),
            (
                "/part?select=id,part(id)&id=eq.1&part.order=id.desc",
                json!([{"id": 1, "part": [{"id": 3}, {"id": 2}]}]),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn keys_of_several_columns_compare_all_of_them() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/stock?select=id,shelf(label)&order=id",
                json!([
                    {"id": 1, "shelf": {"label": "top"}},
                    {"id": 2, "shelf": {"label": "top"}},
                    {"id": 3, "shelf": {"label": "low"}},
                    {"id": 4, "shelf": null},
                ]),
            ),
            (
                "/shelf?select=label,stock(id)&order=label&stock.order=id",
                json!([
                    {"label": "low", "stock": [{"id": 3}]},
                    {"label": "top", "stock": [{"id": 1}, {"id": 2}]},
                ]),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn the_foreign_key_its_column_or_a_hint_say_which_one_is_meant() {
    let server = server().await;
    let both = json!([{"id": 1, "s": {"name": "Alto"}, "b": {"name": "Basso"}}]);
    assert_answers(
        &server,
        [
            ("/trade?id=eq.1&select=id,s:seller(name),b:buyer(name)", both.clone()),
            (
                "/trade?id=eq.1&select=id,s:trade_seller_fkey(name),b:trade_buyer_fkey(name)",
                both.clone(),
            ),
            ("/trade?id=eq.1&select=id,s:maker!seller(name),b:maker!buyer(name)", both.clone()),
            (
                "/trade?id=eq.1&select=id,s:maker!trade_seller_fkey(name),b:maker!trade_buyer_fkey(name)",
                both,
            ),
            (
                "/maker?id=eq.1&select=sold:trade!seller(id),bought:trade!trade_buyer_fkey(id)",
                json!([{"sold": [{"id": 1}], "bought": [{"id": 2}]}]),
            ),
            // The name in the answer is the one in the URL.
            ("/trade?id=eq.1&select=seller(name)", json!([{"seller": {"name": "Alto"}}])),
            ("/stock?id=eq.3&select=stock_shelf(label)", json!([{"stock_shelf": {"label": "low"}}])),
            (
                "/maker?id=eq.1&select=rivals:tag!rival(word),friends:tag!friend(word)",
                json!([{"rivals": [{"word": "brass"}], "friends": [{"word": "small"}]}]),
            ),
        ],
    )
    .await;
}

#[tokio::test]
async fn levels_nest_and_select_as_the_top_does() {
    let server = server().await;
    assert_answers(
        &server,
        [
            (
                "/maker?id=eq.2&select=parts:part(n:name,cost:price::text,manual(data-%3E%3Elang),stock(amount,shelf(*)))\
                 &parts.id=eq.3",
                json!([{"parts": [{
                    "n": "Spring",
                    "cost": "1.25",
                    "manual": {"lang": "de"},
                    "stock": [{"amount": 1, "shelf": null}],
                }]}]),
            ),
            (
                "/shelf?label=eq.low&select=stock(*,part(*))",
                json!([{"stock": [{
                    "id": 3, "part": {"id": 2, "name": "Hand", "price": 2.50, "maker": 2, "whole": 1},
                    "room": 1, "place": 2, "amount": 8,
                }]}]),
            ),
        ],
    )
    .await;
}

/// As many as the planner may join, at every level.
fn spreading(number: usize) -> String {
    if number == 1 {
        return "id".to_owned();
    }
    let one = |n| format!("w{n}:whole!inner({})", spreading(number - 1));
    (0..number).map(one).collect::<Vec<_>>().join(",")
}

/// A short URL must not become a statement that nobody can plan.
#[tokio::test]
async fn too_many_resources_are_refused_before_they_reach_the_database() {
    let server = &server().await;
    let get = |url: String| async move {
        let start = Instant::now();
        let reply = server.get(&url).send().await;
        (reply, start.elapsed())
    };
    let beside = |join: &str, number: usize| {
        let all: Vec<String> = (0..number)
            .map(|n| format!("m{n}:maker{join}(id)"))
            .collect();
        all.join(",")
    };
    let nested = |levels: usize, join: &str, inside: &str| {
        format!(
            "{}{inside}{}",
            format!("whole{join}(").repeat(levels),
            ")".repeat(levels)
        )
    };
    // Every level asks twice whether there is one below.
    let doubling = |levels: usize| {
        let asked = |level| {
            let path = "whole.".repeat(level);
            format!("&{path}or=(id.eq.0,whole.is.null,whole.not.is.null)")
        };
        let asked: String = (0..levels).map(asked).collect();
        format!("/part?select={}{asked}", nested(levels, "", "id"))
    };
    for url in [
        format!("/part?id=eq.4&select={}", beside("", 200)),
        format!("/part?id=eq.4&select={}", beside("!inner", 100)),
        format!("/part?id=eq.4&select={}", nested(18, "!inner", "id")),
        format!(
            "/part?id=eq.4&select={}",
            nested(5, "!inner", &beside("!inner", 25))
        ),
        format!("/part?id=eq.4&select={}", spreading(4)),
        format!(
            "/part?id=eq.4&select=id,maker()&order={}",
            vec!["maker(name)"; 190].join(",")
        ),
        format!(
            "/part?id=eq.4&select=id,{}",
            vec!["...maker(name)"; 190].join(",")
        ),
        doubling(5),
    ] {
        let (reply, elapsed) = get(url.clone()).await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        assert!(elapsed < PLANNED, "{elapsed:?}: {url}");
    }
    for url in [
        format!("/part?id=eq.4&select={}", beside("", 201)),
        format!("/part?id=eq.4&select={}", beside("!inner", 101)),
        format!("/part?id=eq.4&select={}", nested(20, "!inner", "id")),
        format!(
            "/part?id=eq.4&select={}",
            nested(49, "!inner", &beside("!inner", 50))
        ),
        doubling(45),
    ] {
        let (reply, elapsed) = get(url.clone()).await;
        let refused = reply.refused(400, "PGRST100");
        assert_eq!(refused["message"], "Too many resources are embedded");
        assert_eq!(refused["hint"], "Ask in several requests");
        assert!(elapsed < PLANNED, "{elapsed:?}");
    }
}

#[tokio::test]
async fn a_hundred_levels_are_refused_and_forty_are_not() {
    let server = server().await;
    let nested = |levels: usize| {
        let open = "whole(id,".repeat(levels);
        format!("/part?id=eq.4&select={open}id{}", ")".repeat(levels))
    };
    assert_eq!(server.get(&nested(40)).send().await.status, 200);
    server
        .get(&nested(100))
        .send()
        .await
        .refused(400, "PGRST100");
}
