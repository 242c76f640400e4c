//! Hundreds of random combinations of filters.

use serde_json::Value;

use super::{Scene, assert_agrees, everything};
use crate::brute_force::{Base, Generator, Selection, overview, team};
use crate::harness::desk::{agent, client};

const COMBINATIONS: usize = 320;

/// Checks both widgets and the list for one selection; gives how many tickets it has.
async fn check(scene: &Scene, selection: &Selection, by_post: bool) -> usize {
    let (token, base) = (agent(), &scene.base);
    let tickets = selection.tickets(base);
    let expected = Value::Array(vec![overview(base, &tickets)]);
    let path = "/rpc/dashboard_overview";
    let got = if by_post {
        scene.post(&token, path, selection).await
    } else {
        scene.get(&token, path, selection, "").await
    };
    assert_agrees(path, selection, &expected, &got);

    let expected = Value::Array(team(base, &tickets, |id| selection.lists_member(id)));
    let path = "/rpc/team_performance";
    let got = scene.get(&token, path, selection, "order=rank").await;
    assert_agrees(path, selection, &expected, &got);

    let expected: Vec<i64> = tickets.iter().map(|ticket| ticket.id.into()).collect();
    let got = scene.list(&token, selection, "").await;
    assert_eq!(
        expected,
        got,
        "/rpc/ticket_list?{} in {}",
        selection.query(),
        selection.zone
    );
    tickets.len()
}

#[tokio::test]
async fn every_number_is_that_of_brute_force() {
    let scene = Scene::new().await;
    let all = check(&scene, &everything(), false).await;
    assert_eq!(all, scene.base.tickets.len());
    let mut generator = Generator::new(1);
    let mut telling = 0;
    for number in 0..COMBINATIONS {
        let selection = generator.selection();
        let some = check(&scene, &selection, number % 3 == 0).await;
        telling += usize::from(some > 0 && some < all);
    }
    assert!(telling > COMBINATIONS / 2, "only {telling} select some");
}

/// One condition of each operator of each filter, in each zone, so that no pair is left to chance.
#[tokio::test]
async fn each_condition_alone_is_that_of_brute_force() {
    let scene = Scene::new().await;
    let mut generator = Generator::new(2);
    let names = [
        "created_at",
        "resolved_at",
        "assigned_to",
        "client_id",
        "priority",
        "status",
        "source_channel",
        "tags",
    ];
    for name in names {
        let number = if name.ends_with("_at") { 40 } else { 15 };
        for _ in 0..number {
            let selection = Selection {
                conditions: vec![generator.condition(name)],
                ..generator.selection()
            };
            check(&scene, &selection, false).await;
        }
    }
}

#[tokio::test]
async fn a_clients_list_is_brute_force_over_the_own_tickets() {
    let scene = Scene::new().await;
    let mut generator = Generator::new(3);
    let mut telling = 0;
    for number in 0..60 {
        let selection = generator.selection();
        let id = 1 + number % 9;
        let got = scene.list(&client(id), &selection, "").await;
        let expected = own(&scene.base, &selection, id);
        assert_eq!(
            expected,
            got,
            "client {id}: ?{} in {}",
            selection.query(),
            selection.zone
        );
        telling += usize::from(!got.is_empty());
    }
    assert!(telling > 20, "only {telling} select some");
}

fn own(base: &Base, selection: &Selection, id: i32) -> Vec<i64> {
    let tickets = selection.tickets(base);
    let own = tickets.iter().filter(|ticket| ticket.client_id == id);
    own.map(|ticket| ticket.id.into()).collect()
}
