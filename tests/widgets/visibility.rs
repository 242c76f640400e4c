//! Widgets count what the caller may see, and nothing else.

use serde_json::{Value, json};

use super::{Scene, assert_agrees, charts, everything, work};
use crate::brute_force::{Base, Generator, Grain, Selection, Sight, Ticket, overview, team};
use crate::harness::desk::agent;
use crate::harness::server::token;

async fn set_visibility(scene: &Scene, value: &str) {
    let admin = scene.database.connect("postgres").await;
    let sql = "update ops.settings set value = $1 where name = 'agent_visibility'";
    assert_eq!(admin.execute(sql, &[&value]).await.unwrap(), 1);
}

/// Who may see a ticket, by eye.
fn sees(base: &Base, setting: &str, me: i32, ticket: &Ticket) -> bool {
    let department = |id: i32| base.members.iter().find(|m| m.id == id);
    let Some(mine) = department(me).map(|m| &m.department) else {
        return false;
    };
    let by_rule = match (setting, ticket.assigned_to) {
        ("queue", Some(somebody)) => somebody == me,
        ("team", Some(somebody)) => department(somebody).is_some_and(|m| m.department == *mine),
        (_, None) => true,
        (other, _) => unreachable!("{other}"),
    };
    by_rule || base.collaborators.contains(&(ticket.id, me))
}

/// Every widget and the list, where only some tickets are visible.
async fn check(scene: &Scene, token: &str, selection: &Selection, visible: Vec<&Ticket>) {
    let base = &scene.base;
    let sight = Sight {
        base,
        selection,
        visible,
    };
    charts::check(scene, token, &sight, Grain::Month, "").await;
    work::check(scene, token, &sight).await;
    let tickets = &sight.tickets();
    let path = "/rpc/dashboard_overview";
    let got = scene.get(token, path, selection, "").await;
    assert_agrees(path, selection, &json!([overview(base, tickets)]), &got);
    let path = "/rpc/team_performance";
    let got = scene.get(token, path, selection, "order=rank").await;
    let expected = Value::Array(team(base, tickets, |id| selection.lists_member(id)));
    assert_agrees(path, selection, &expected, &got);
    let ids: Vec<i64> = tickets.iter().map(|ticket| ticket.id.into()).collect();
    assert_eq!(
        scene.list(token, selection, "").await,
        ids,
        "{}",
        selection.query()
    );
}

#[tokio::test]
async fn an_agent_counts_what_the_agent_sees() {
    let scene = Scene::new().await;
    let base = &scene.base;
    for setting in ["queue", "team"] {
        set_visibility(&scene, setting).await;
        let mut generator = Generator::new(6);
        for me in [1, 5, 11, 14, 17] {
            let token = token("desk_agent", json!({ "team_member_id": me }));
            let random = (0..6).map(|_| generator.selection());
            for selection in std::iter::once(everything()).chain(random) {
                let all = base.tickets.iter();
                let visible = all.filter(|ticket| sees(base, setting, me, ticket));
                check(&scene, &token, &selection, visible.collect()).await;
            }
        }
    }
}

#[tokio::test]
async fn managers_and_admins_count_everything_whatever_agents_see() {
    let scene = Scene::new().await;
    set_visibility(&scene, "queue").await;
    let all = everything().tickets(&scene.base);
    for role in ["desk_manager", "desk_admin"] {
        let token = token(role, json!({ "team_member_id": 2 }));
        check(&scene, &token, &everything(), all.clone()).await;
    }
    let agents = scene.list(&agent(), &everything(), "").await;
    assert!(agents.len() < all.len(), "the setting holds for agents");
}

#[tokio::test]
async fn an_agent_who_is_nobody_counts_nothing_where_it_depends_on_who_asks() {
    let scene = Scene::new().await;
    for claims in [json!({}), json!({ "team_member_id": 999 })] {
        let token = token("desk_agent", claims);
        for setting in ["queue", "team"] {
            set_visibility(&scene, setting).await;
            check(&scene, &token, &everything(), Vec::new()).await;
        }
    }
}
