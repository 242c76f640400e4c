//! Migrating: twice, at once, from half-applied states, and what it says when it cannot.

mod adoption;
mod drift;
mod failures;
mod runs;

use rowdesk::migrate::{MigrateError, Plan, Report, Source, plan, run};
use rowdesk::postgres::Connector;

use crate::harness::cluster::TestDb;

/// A small project that uses every kind of file.
const FILES: &[(&str, &str)] = &[
    (
        "database/bootstrap.sql",
        "-- owner: bakery_owner\n-- history: oven\n
        do $$ begin
            create role bakery_owner nologin;
        exception when duplicate_object or unique_violation then null; end $$;
        do $$ begin execute format('grant create on database %I to bakery_owner', current_database()); end $$;
        create schema if not exists oven authorization bakery_owner;",
    ),
    ("migrations/V001__breads.sql", "create schema shop; create table shop.breads (id serial primary key, name text);"),
    ("migrations/V002__prices.sql", "alter table shop.breads add column price numeric;\ninsert into shop.breads (name) values ('rye');"),
    (
        "sql/functions/shop.cheap.sql",
        "create or replace function shop.cheap() returns setof shop.offers language sql stable as $$ select * from shop.offers $$;",
    ),
    (
        "sql/functions/shop.is_cheap.sql",
        "create or replace function shop.is_cheap(p numeric) returns boolean language sql immutable return p < 3;",
    ),
    (
        "sql/views/shop.offers.sql",
        "drop view if exists shop.offers cascade;\ncreate view shop.offers as select b.* from shop.breads as b where shop.is_cheap(b.price);",
    ),
    (
        "sql/policies/shop.breads.sql",
        "-- requires: sql/functions/shop.is_cheap.sql\nalter table shop.breads enable row level security;
        drop policy if exists select_cheap on shop.breads;
        create policy select_cheap on shop.breads for select using (shop.is_cheap(price));",
    ),
];

fn source() -> Source {
    FILES.iter().copied().collect()
}

/// The project with some files replaced or added; an empty text removes the file.
fn source_with(changes: &[(&str, &str)]) -> Source {
    let unchanged = FILES
        .iter()
        .filter(|(path, _)| changes.iter().all(|(changed, _)| changed != path));
    unchanged
        .chain(changes)
        .filter(|(_, text)| !text.is_empty())
        .copied()
        .collect()
}

fn config(db: &TestDb) -> Connector {
    db.uri("postgres").parse().unwrap()
}

async fn migrate(db: &TestDb, source: &Source) -> Result<Report, MigrateError> {
    run(&config(db), source, |_| {}).await
}

async fn pending(db: &TestDb, source: &Source) -> Result<Plan, MigrateError> {
    plan(&config(db), source).await
}

async fn count(db: &TestDb, sql: &str) -> i64 {
    db.connect("postgres")
        .await
        .query_one(sql, &[])
        .await
        .unwrap()
        .get(0)
}
