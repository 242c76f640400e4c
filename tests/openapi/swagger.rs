//! OpenAPI 2.0: what PostgREST says of tables, columns and functions.

use serde_json::{Value, json};

use super::{of_anonymous, of_user, serve, zoo};

#[tokio::test]
async fn comments_are_title_summary_and_description() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let document = of_anonymous(&server).await;
    assert_eq!(document["info"]["title"], "Zoo API");
    assert_eq!(
        document["info"]["description"],
        "Animals and\nthose who feed them."
    );
    let keeper = &document["paths"]["/keeper"]["get"];
    assert_eq!(keeper["summary"], "Keepers");
    assert_eq!(keeper["description"], "They feed\nthe animals.");
    let view = &document["paths"]["/calm_animal"]["get"];
    assert_eq!(view["summary"], "One line.");
    assert_eq!(view.get("description"), None);
    let feed = &document["paths"]["/rpc/feed"]["post"];
    assert_eq!(feed["summary"], "Feeds one");
    assert_eq!(feed["tags"], json!(["(rpc) feed"]));
}

#[tokio::test]
async fn a_schema_without_a_comment_has_the_title_that_tools_know() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let reply = server.get("/").header("accept-profile", "api").send().await;
    assert_eq!(reply.header("content-profile"), Some("api"));
    let document = reply.ok();
    assert_eq!(document["info"]["title"], "PostgREST API");
    assert!(document["paths"].get("/item").is_some());
    assert_eq!(document["paths"].get("/keeper"), None);
}

#[tokio::test]
async fn columns_are_described_by_type_key_and_default() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let document = of_user(&server, &fixture).await;
    let keeper = &document["definitions"]["keeper"];
    assert_eq!(keeper["required"], json!(["id", "name"]));
    let animal = &document["definitions"]["animal"];
    assert_eq!(animal["required"], json!(["id", "born", "weights"]));
    for (column, expected) in [
        (
            &keeper["properties"]["id"],
            json!({
                "type": "integer", "format": "int32",
                "description": "Their number\n\nNote:\nThis is a Primary Key.<pk/>",
            }),
        ),
        (
            &keeper["properties"]["name"],
            json!({ "type": "string", "format": "character varying", "maxLength": 20 }),
        ),
        (
            &keeper["properties"]["code"],
            json!({
                "type": "string", "format": "character varying", "maxLength": 8, "default": "none",
            }),
        ),
        (
            &animal["properties"]["keeper_id"],
            json!({
                "type": "integer", "format": "int32",
                "description": "Note:\nThis is a Foreign Key to `keeper.id`.\
                                <fk table='keeper' column='id'/>",
            }),
        ),
        (
            &animal["properties"]["mood"],
            json!({
                "type": "string", "format": "zoo.mood", "enum": ["calm", "wild"],
                "default": "calm",
            }),
        ),
        (
            &animal["properties"]["born"],
            json!({ "type": "string", "format": "date", "default": "2020-02-02" }),
        ),
        (
            &animal["properties"]["fur"],
            json!({ "type": "array", "format": "text[]", "items": { "type": "string" } }),
        ),
        (&animal["properties"]["notes"], json!({ "format": "jsonb" })),
        (
            &animal["properties"]["is_tame"],
            json!({ "type": "boolean", "format": "boolean", "default": false }),
        ),
    ] {
        assert_eq!(*column, expected);
    }
}

#[tokio::test]
async fn methods_are_those_that_the_relation_takes() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let document = of_anonymous(&server).await;
    let methods = |path: &str| -> Vec<String> {
        let item = document["paths"][path].as_object().unwrap();
        item.keys().cloned().collect()
    };
    assert_eq!(methods("/calm_animal"), ["get", "post", "patch", "delete"]);
    assert_eq!(methods("/animal_count"), ["get"]);
    assert_eq!(methods("/rpc/feed"), ["post"]);
    assert_eq!(methods("/rpc/weigh"), ["get", "post"]);
    assert_eq!(document["paths"].get("/rpc/unnamed"), None);
}

#[tokio::test]
async fn arguments_are_parameters_of_get_and_members_of_the_body() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let document = of_anonymous(&server).await;
    assert_eq!(
        document["paths"]["/rpc/feed"]["post"]["parameters"][0]["schema"],
        json!({
            "type": "object",
            "description": "Feeds one\n\nHay, if nothing is said.",
            "required": ["animal"],
            "properties": {
                "animal": { "type": "integer", "format": "int64" },
                "food": { "type": "string", "format": "text" },
                "amount": { "type": "integer", "format": "int32" },
            },
        })
    );
    // Of overloads the longest.
    let weigh = &document["paths"]["/rpc/weigh"]["get"]["parameters"];
    assert_eq!(
        *weigh,
        json!([
            { "name": "id", "in": "query", "required": true, "type": "integer", "format": "int32" },
            { "name": "at", "in": "query", "required": true, "type": "string", "format": "date" },
        ])
    );
}

#[tokio::test]
async fn filters_of_a_relation_are_parameters_of_the_document() {
    let fixture = zoo().await;
    let server = serve(&fixture, |_| {}).await;
    let document = of_anonymous(&server).await;
    let parameters = document["paths"]["/keeper"]["get"]["parameters"]
        .as_array()
        .unwrap();
    for reference in parameters {
        let reference = reference["$ref"].as_str().unwrap();
        let pointer = reference.strip_prefix('#').unwrap();
        assert_ne!(document.pointer(pointer), None, "{reference}");
    }
    assert_eq!(
        document["parameters"]["rowFilter.keeper.id"],
        json!({
            "name": "id", "in": "query", "required": false, "type": "string",
            "description": "Their number",
        })
    );
}

#[tokio::test]
async fn tokens_are_spoken_of_where_the_setting_says_so() {
    let fixture = zoo().await;
    let silent = of_anonymous(&serve(&fixture, |_| {}).await).await;
    assert_eq!(silent.get("security"), None);
    assert_eq!(silent.get("securityDefinitions"), None);
    let server = serve(&fixture, |config| config.openapi_security_active = true).await;
    let document: Value = of_anonymous(&server).await;
    assert_eq!(document["security"], json!([{ "JWT": [] }]));
    assert_eq!(document["securityDefinitions"]["JWT"]["in"], "header");
}
