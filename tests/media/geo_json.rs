//! `application/geo+json`, where PostGIS is.

use serde_json::json;

use super::{get, own, serve, serve_with, shared};
use crate::harness::desk::execute;

const GEO: &str = "application/geo+json";

#[tokio::test]
async fn without_postgis_it_is_one_more_type_that_cannot_be_made() {
    let server = serve(shared().await).await;
    get(&server, "/line", GEO).await.refused(406, "PGRST107");
}

/// Passes without a word where the extension cannot be installed.
#[tokio::test]
async fn rows_with_a_geometry_are_a_collection_of_features() {
    let fixture = own().await;
    let admin = fixture.admin().await;
    let query = "select count(*) from pg_available_extensions where name = 'postgis'";
    let found: i64 = admin.query_one(query, &[]).await.unwrap().get(0);
    if found == 0 {
        return;
    }
    let script = "
        create schema geo;
        create extension postgis schema geo;
        create table media.shop (id int primary key, name text, at geo.geometry(point, 4326));
        insert into media.shop values (1, 'a', 'SRID=4326;POINT(1 2)');
        create function media.shops() returns setof media.shop language sql stable as
            $$ select * from media.shop $$;
        grant usage on schema geo to public;
        grant select on media.shop to public;
        grant insert on media.shop to public";
    execute(&admin, script).await;
    // Found wherever it was installed.
    let server = serve_with(&fixture, |config| config.db_extra_search_path.clear()).await;
    let feature = json!({
        "type": "Feature",
        "geometry": {"type": "Point", "coordinates": [1, 2]},
        "properties": {"id": 1, "name": "a"},
    });
    let collection = |features| json!({"type": "FeatureCollection", "features": features});
    for (url, features) in [
        ("/shop?id=eq.1", json!([feature])),
        ("/rpc/shops?id=eq.1", json!([feature])),
        ("/shop?id=eq.7", json!([])),
        (
            "/shop?select=at,id&id=eq.1",
            json!([{
                "type": "Feature",
                "geometry": {"type": "Point", "coordinates": [1, 2]},
                "properties": {"id": 1},
            }]),
        ),
    ] {
        let reply = get(&server, url, GEO).await;
        assert_eq!(reply.ok(), collection(features), "{url}");
        let content_type = "application/geo+json; charset=utf-8";
        assert_eq!(reply.header("content-type"), Some(content_type), "{url}");
    }
    let error = get(&server, "/shop?select=id", GEO).await;
    error.refused(400, "22023");

    let call = server.post("/shop").header("accept", GEO);
    let call = call.header("prefer", "return=representation");
    let row = json!({"id": 1, "name": "a", "at": "SRID=4326;POINT(1 2)"});
    execute(&admin, "delete from media.shop").await;
    let reply = call.json(&row).send().await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    assert_eq!(reply.json(), collection(json!([feature])));
}
