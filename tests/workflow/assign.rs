//! Who gets a ticket.

use futures_util::future::join_all;
use serde_json::{Value, json};

use super::desk::{CLOSED, Desk, NEW, OPEN, RESOLVED, agent, manager};
use crate::harness::desk::execute;
use crate::policies::scope::set_visibility;

#[tokio::test]
async fn a_ticket_goes_from_one_to_another_and_to_nobody() {
    let desk = Desk::new().await;
    let assign = |member: Value| json!({ "ticket": NEW, "team_member": member });
    for member in [json!(5), json!(9), Value::Null, json!(4)] {
        let reply = desk
            .call(&agent(3), "assign_ticket", &assign(member.clone()))
            .await;
        assert_eq!(reply.ok()["assigned_to"], member);
    }
    // Whoever got it first opened it, and when that was stays.
    let ticket = desk.ticket(NEW).await;
    assert_eq!(ticket["status"], "open");
    assert_ne!(ticket["first_assigned_at"], Value::Null);
    assert_ne!(ticket["first_assigned_at"], ticket["created_at"]);
    let first = ticket["first_assigned_at"].clone();
    desk.call(&agent(3), "assign_ticket", &assign(json!(6)))
        .await
        .ok();
    assert_eq!(desk.ticket(NEW).await["first_assigned_at"], first);

    let error = desk
        .call(&agent(3), "assign_ticket", &assign(json!(999)))
        .await;
    let error = error.refused(409, "23503");
    assert_eq!(error["message"], "team member 999 does not exist");
    for id in [RESOLVED, CLOSED] {
        let arguments = json!({ "ticket": id, "team_member": 5 });
        desk.call(&agent(3), "assign_ticket", &arguments)
            .await
            .refused(409, "PT409");
        assert_eq!(desk.ticket(id).await["assigned_to"], 3);
    }
}

#[tokio::test]
async fn a_ticket_is_handed_to_whom_one_does_not_see() {
    let desk = Desk::new().await;
    for visibility in ["queue", "team"] {
        set_visibility(&desk.admin, visibility).await;
        let arguments = json!({ "ticket": OPEN, "team_member": 14 });
        let ticket = desk.call(&agent(3), "assign_ticket", &arguments).await.ok();
        assert_eq!(ticket["assigned_to"], 14);
        // and is out of sight from then on
        desk.call(&agent(3), "assign_ticket", &arguments)
            .await
            .refused(404, "PT404");
        let back = json!({ "ticket": OPEN, "team_member": 3 });
        desk.call(&manager(), "assign_ticket", &back).await.ok();
    }
}

/// A team of four and nobody else; work is what is open.
const TEAM: &str = "
    update public.team_members set status = 'inactive';
    insert into public.team_members (id, username, email, department, status, skills, languages) values
        (901, 'a', 'a@x.example', 'technical', 'active', '{api}', '{en}'),
        (902, 'b', 'b@x.example', 'technical', 'active', '{}', '{en,de}'),
        (903, 'c', 'c@x.example', 'technical', null, '{}', '{en}'),
        (904, 'd', 'd@x.example', 'finance', 'active', '{api}', '{de}');
    delete from public.client_contacts where client_id = 1;
    update public.tickets set ticket_type_id = 3, tags = '{}' where id between 9100001 and 9100006;
    insert into public.tickets (client_id, ticket_type_id, title, status, assigned_to)
    select 2, 1, 'Work', status, member
    from (values (901, 'open', 3), (902, 'pending', 2), (903, 'in_progress', 1), (903, 'resolved', 9))
        as w (member, status, tickets), generate_series(1, tickets)";

async fn chosen(desk: &Desk, change: &str) -> Value {
    let script = format!("update public.tickets set assigned_to = null where id = {NEW}; {change}");
    execute(&desk.admin, &script).await;
    let reply = desk
        .call(&agent(901), "auto_assign", &json!({ "ticket": NEW }))
        .await;
    reply.ok()["assigned_to"].clone()
}

#[tokio::test]
async fn whoever_fits_best_and_has_the_least_work_gets_it() {
    let desk = Desk::new().await;
    execute(&desk.admin, TEAM).await;
    // The least work of the department: solved tickets are none, no status is active.
    assert_eq!(chosen(&desk, "").await, 903);
    // A skill among the tags outweighs work.
    let tagged = format!("update public.tickets set tags = '{{x,api}}' where id = {NEW}");
    assert_eq!(chosen(&desk, &tagged).await, 901);
    // A language of the client's outweighs a skill; the department outweighs all.
    let german = "insert into public.client_contacts
        (client_id, first_name, last_name, email, preferred_language)
        values (1, 'x', 'x', 'x@x.example', 'de')";
    assert_eq!(chosen(&desk, german).await, 902);
    // Where the agent sees only the own tickets, others' work still counts.
    execute(
        &desk.admin,
        "delete from public.client_contacts where client_id = 1",
    )
    .await;
    set_visibility(&desk.admin, "queue").await;
    let untagged = format!("update public.tickets set tags = '{{}}' where id = {NEW}");
    assert_eq!(chosen(&desk, &untagged).await, 903);
    set_visibility(&desk.admin, "all").await;
    // Without anybody of the department it is somebody else's.
    let gone = "update public.team_members set status = 'inactive' where department = 'technical'";
    assert_eq!(chosen(&desk, gone).await, 904);

    // What somebody has is not given away; and without anybody there is nobody.
    let arguments = json!({ "ticket": NEW });
    let error = desk.call(&agent(901), "auto_assign", &arguments).await;
    let error = error.refused(409, "PT409");
    assert_eq!(error["message"], format!("ticket {NEW} is taken"));
    let closed = json!({ "ticket": CLOSED });
    execute(
        &desk.admin,
        "update public.tickets set assigned_to = null where status = 'closed'",
    )
    .await;
    let error = desk.call(&agent(901), "auto_assign", &closed).await;
    let error = error.refused(409, "PT409");
    assert_eq!(error["message"], format!("ticket {CLOSED} is closed"));
    let script = format!(
        "update public.team_members set status = 'inactive';
         update public.tickets set assigned_to = null where id = {NEW}"
    );
    execute(&desk.admin, &script).await;
    let error = desk.call(&agent(901), "auto_assign", &arguments).await;
    let error = error.refused(409, "PT409");
    assert_eq!(error["message"], "there is nobody to give it to");
}

#[tokio::test]
async fn tickets_that_are_given_out_at_once_are_spread() {
    let desk = Desk::new().await;
    let even = "
        delete from public.ticket_assignees;
        update public.tickets set assigned_to = null where assigned_to is not null;
        update public.team_members set status = 'inactive';
        update public.team_members set status = 'active', department = 'support', skills = '{}' where id in (3, 4, 5);
        update public.tickets set status = 'open', assigned_to = null, ticket_type_id = 1, tags = '{}'
        where id between 9100001 and 9100006";
    execute(&desk.admin, even).await;
    let token = manager();
    let tickets: Vec<Value> = (NEW..NEW + 6).map(|id| json!({ "ticket": id })).collect();
    let calls = tickets
        .iter()
        .map(|ticket| desk.call(&token, "auto_assign", ticket));
    let mut members: Vec<i64> = join_all(calls)
        .await
        .iter()
        .map(|reply| reply.ok()["assigned_to"].as_i64().unwrap())
        .collect();
    members.sort_unstable();
    assert_eq!(members, [3, 3, 4, 4, 5, 5]);
}
