//! What cannot be embedded, and what to write instead.

use serde_json::{Value, json};

use super::server;

#[tokio::test]
async fn no_relationship_names_the_nearest_ones() {
    let server = server().await;
    for (url, message, details, hint) in [
        (
            "/part?select=makerr(name)",
            "Could not find a relationship between 'part' and 'makerr' in the schema cache",
            "Searched for a foreign key relationship between 'part' and 'makerr' in the schema 'api', but no matches were found.",
            json!("Perhaps you meant 'maker' instead of 'makerr'."),
        ),
        (
            "/part?select=maker!nowhere(name)",
            "Could not find a relationship between 'part' and 'maker' in the schema cache",
            "Searched for a foreign key relationship between 'part' and 'maker' using the hint 'nowhere' in the schema 'api', but no matches were found.",
            Value::Null,
        ),
        (
            "/part?select=hidden(secret)",
            "Could not find a relationship between 'part' and 'hidden' in the schema cache",
            "Searched for a foreign key relationship between 'part' and 'hidden' in the schema 'api', but no matches were found.",
            Value::Null,
        ),
        (
            "/maker?select=part(shelf(label))",
            "Could not find a relationship between 'part' and 'shelf' in the schema cache",
            "Searched for a foreign key relationship between 'part' and 'shelf' in the schema 'api', but no matches were found.",
            Value::Null,
        ),
    ] {
        let refused = server.get(url).send().await.refused(400, "PGRST200");
        assert_eq!(refused["message"], message, "{url}");
        assert_eq!(refused["details"], details, "{url}");
        assert_eq!(refused["hint"], hint, "{url}");
    }
}

#[tokio::test]
async fn several_relationships_are_listed_with_what_tells_them_apart() {
    let server = server().await;
    let refused = server.get("/trade?select=maker(name)").send().await;
    let refused = refused.refused(300, "PGRST201");
    assert_eq!(
        refused["message"],
        "Could not embed because more than one relationship was found for 'trade' and 'maker'"
    );
    assert_eq!(
        refused["details"],
        json!([
            {
                "cardinality": "many-to-one",
                "embedding": "trade with maker",
                "relationship": "trade_buyer_fkey using trade(buyer) and maker(id)",
            },
            {
                "cardinality": "many-to-one",
                "embedding": "trade with maker",
                "relationship": "trade_seller_fkey using trade(seller) and maker(id)",
            },
        ])
    );
    assert_eq!(
        refused["hint"],
        "Try changing 'maker' to one of the following: 'maker!trade_buyer_fkey', \
         'maker!trade_seller_fkey'. Find the desired relationship in the 'details' key."
    );
    let refused = server.get("/maker?select=tag(word)").send().await;
    let refused = refused.refused(300, "PGRST201");
    assert_eq!(
        refused["details"],
        json!([
            {
                "cardinality": "many-to-many",
                "embedding": "maker with tag",
                "relationship": "friend using friend_maker_fkey(maker) and friend_tag_fkey(tag)",
            },
            {
                "cardinality": "many-to-many",
                "embedding": "maker with tag",
                "relationship": "rival using rival_maker_fkey(maker) and rival_tag_fkey(tag)",
            },
        ])
    );
    assert_eq!(
        refused["hint"],
        "Try changing 'tag' to one of the following: 'tag!friend', 'tag!rival'. Find the desired \
         relationship in the 'details' key."
    );
}

/// A table whose primary key is its own joins nothing.
#[tokio::test]
async fn a_junction_needs_both_keys_in_its_primary_key() {
    let server = server().await;
    let through = "/part?select=maker!sighting(name)";
    server.get(through).send().await.refused(400, "PGRST200");
    // Therefore there is only one way from a part to its maker.
    assert_eq!(
        server.get("/part?select=maker(name)").send().await.status,
        200
    );
}

#[tokio::test]
async fn what_is_not_embedded_cannot_be_spoken_of() {
    let server = server().await;
    for url in [
        "/part?select=id&maker.name=eq.x",
        "/part?select=id&maker.order=name",
        "/part?select=id&maker.limit=1",
        "/part?select=id&maker.or=(id.eq.1,id.eq.2)",
        "/part?select=id&order=maker(name)",
        "/maker?select=id,part(id)&part.maker.id=eq.1",
        "/maker?select=id,part(id)&part.order=maker(id)",
        "/rpc/parts?select=id&maker.name=eq.x",
    ] {
        let refused = server.get(url).send().await.refused(400, "PGRST108");
        assert_eq!(
            refused["message"], "'maker' is not an embedded resource in this request",
            "{url}"
        );
        assert_eq!(
            refused["hint"], "Verify that 'maker' is included in the 'select' query parameter.",
            "{url}"
        );
    }
}

#[tokio::test]
async fn unknown_columns_and_aggregates_are_errors_below_as_above() {
    let server = server().await;
    for url in [
        "/part?select=maker(nothing)",
        "/part?select=maker(name)&maker.nothing=eq.1",
        "/part?select=maker(name)&maker.order=nothing",
        "/part?select=maker(name)&order=maker(nothing)",
        "/part?select=...maker(nothing)",
    ] {
        server.get(url).send().await.refused(400, "42703");
    }
    for url in [
        "/maker?select=part(count())",
        "/maker?select=part(price.sum())",
    ] {
        server.get(url).send().await.refused(400, "PGRST123");
    }
}

/// Both ends are of one schema, as in PostgREST.
#[tokio::test]
async fn other_schemas_are_out_of_reach() {
    let fixture = crate::harness::fixture::Fixture::shared().await;
    let server = fixture
        .serve_with(|config| config.db_schemas = vec!["other".to_owned(), "api".to_owned()])
        .await;
    let here = server.get("/item?select=id,part(id)").send().await;
    here.refused(400, "PGRST200");
    let there = server
        .get("/part?select=id,maker(id)&limit=1")
        .header("accept-profile", "api");
    assert_eq!(there.send().await.status, 200);
}
