//! Widgets and the list through HTTP, every number against brute force.

mod buckets;
mod charts;
mod combinations;
mod comparison;
mod dashboard;
mod documented;
mod drill_down;
mod drill_down_charts;
mod inlining;
mod members;
mod pages;
mod periods;
mod sla;
mod visibility;
mod work;
mod work_drill_down;

use serde_json::Value;

use crate::brute_force::{Base, Generator, Selection, differences};
use crate::harness::cluster::TestDb;
use crate::harness::desk::{desk, execute, serve};
use crate::harness::server::TestServer;

/// A desk with rows stranger still, served, and its base rows.
struct Scene {
    server: TestServer,
    base: Base,
    database: TestDb,
}

impl Scene {
    async fn new() -> Self {
        let database = desk().await;
        let admin = database.connect("postgres").await;
        execute(&admin, include_str!("untidier.sql")).await;
        Self::of(database).await
    }

    async fn of(database: TestDb) -> Self {
        Self {
            server: serve(&database).await,
            base: Base::load(&database.connect("postgres").await).await,
            database,
        }
    }

    /// GET as the holder of the token, in the selection's zone.
    async fn get(&self, token: &str, path: &str, selection: &Selection, more: &str) -> Value {
        let query = selection.query();
        let url = [query.as_str(), more]
            .into_iter()
            .filter(|part| !part.is_empty())
            .collect::<Vec<_>>()
            .join("&");
        let url = format!("{path}?{url}");
        let reply = self
            .server
            .get(&url)
            .token(token)
            .header("prefer", &format!("timezone={}", selection.zone))
            .send()
            .await;
        assert_eq!(reply.status, 200, "GET {url}: {}", reply.text());
        reply.json()
    }

    /// POST of the conditions as a JSON body.
    async fn post(&self, token: &str, path: &str, selection: &Selection) -> Value {
        let body = selection.body();
        let reply = self
            .server
            .post(path)
            .token(token)
            .header("prefer", &format!("timezone={}", selection.zone))
            .json(&body)
            .send()
            .await;
        assert_eq!(reply.status, 200, "POST {path} {body}: {}", reply.text());
        reply.json()
    }

    /// The ids that `ticket_list` gives.
    async fn list(&self, token: &str, selection: &Selection, more: &str) -> Vec<i64> {
        let more = format!("select=id&order=id&{more}");
        let rows = self
            .get(
                token,
                "/rpc/ticket_list",
                selection,
                more.trim_end_matches('&'),
            )
            .await;
        let rows = rows.as_array().unwrap().iter();
        rows.map(|row| row["id"].as_i64().unwrap()).collect()
    }
}

/// Whatever is in the database: the widgets and the list agree with brute force.
pub async fn assert_every_number_is_right(database: TestDb) -> TestDb {
    let scene = Scene::of(database).await;
    combinations::check(&scene, &everything(), false).await;
    let mut generator = Generator::new(7);
    for number in 0..30 {
        combinations::check(&scene, &generator.selection(), number % 3 == 0).await;
    }
    scene.database
}

/// No conditions at all.
fn everything() -> Selection {
    Selection {
        zone: "UTC",
        conditions: Vec::new(),
    }
}

#[track_caller]
fn assert_agrees(what: &str, selection: &Selection, expected: &Value, got: &Value) {
    let found = differences(expected, got);
    assert!(
        found.is_empty(),
        "{what}?{} in {}\n  {}\nexpected {expected}\ngot {got}",
        selection.query(),
        selection.zone,
        found.join("\n  ")
    );
}
