//! Isolation by attack: two tenants, every relation, column, embed and function of the API by every door,
//! as everybody. Generated from the catalog, so that what comes one day is attacked as well.
//!
//! Two things are asked of each answer. Nothing of the hidden tenant may stand in it: neither its marks nor
//! its ids. And whoever has no business with that tenant gets the very same answer from a database in which
//! it never was: so counts, sums, plans of paging and words of errors are covered without naming them.

mod answer;
mod broken;
mod callers;
mod doors;
mod embeds;
mod findings;
mod functions;
mod worlds;

use callers::{Depth, SHARED, everybody};
use findings::{Doors, findings};
use worlds::Worlds;

use callers::Caller;

fn admin() -> Caller {
    let mut everybody = everybody();
    let place = everybody.iter().position(|one| one.name == "an admin");
    everybody.swap_remove(place.expect("an admin"))
}

/// A caller's share of the attack, in a pair of worlds of its own.
async fn attack(chosen: impl Fn(&Caller) -> bool) {
    let worlds = Worlds::new().await;
    let doors = Doors::of(&worlds, &admin()).await;
    let mut found = Vec::new();
    let mut asked = 0;
    for caller in everybody().iter().filter(|caller| chosen(caller)) {
        asked += doors.reading(caller, &|_| true).len();
        found.extend(findings(&worlds, &doors, caller, &|_| true, usize::MAX).await);
    }
    assert!(asked > 1_000, "{asked} questions are not everything");
    assert!(
        found.is_empty(),
        "{} findings:\n{}",
        found.len(),
        found.join("\n")
    );
}

#[tokio::test]
async fn a_client_learns_nothing_of_another_by_any_door() {
    attack(|caller| caller.depth == Depth::Everything).await;
}

#[tokio::test]
async fn whoever_is_linked_to_no_client_learns_nothing_of_any() {
    attack(|caller| caller.depth == Depth::Doors).await;
}

#[tokio::test]
async fn staff_learn_what_they_are_entitled_to_and_no_more() {
    attack(|caller| caller.depth == Depth::Marks).await;
}

/// Else the attack would be one on nothing.
#[tokio::test]
async fn every_relation_has_rows_of_the_hidden_tenant_or_is_shared_for_a_reason() {
    let worlds = Worlds::new().await;
    let doors = Doors::of(&worlds, &admin()).await;
    for relation in &doors.relations {
        let name = &relation.name;
        assert!(!relation.row.is_empty(), "{name} is empty");
        let reason = SHARED.iter().find(|(shared, _)| shared == name);
        assert_ne!(
            relation.has_hidden_row(),
            reason.is_some(),
            "{name}: tenant.sql adds rows, or callers.rs says why it is shared"
        );
    }
    // what the server itself says it has
    let described = worlds
        .both
        .server
        .get("/")
        .token(&admin().token.expect("a token"));
    let described = described.send().await.ok();
    let paths = described["paths"].as_object().expect("paths");
    for path in paths.keys().filter(|path| *path != "/") {
        let name = path.trim_start_matches("/rpc/").trim_start_matches('/');
        let known = doors.relations.iter().any(|one| one.name == name)
            || doors.functions.iter().any(|one| one.name == name);
        assert!(known, "{path} is described and not attacked");
    }
    assert!(paths.len() > 50, "{paths:?}");
    assert!(doors.edges.len() > 50, "{} embeds", doors.edges.len());
}
