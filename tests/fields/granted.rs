//! `Prefer: columns=granted`: `*` is what the caller may read.

use serde_json::{Value, json};

use super::Fields;
use crate::harness::desk::execute;
use crate::harness::http::{Call, Reply};

const GRANTED: &str = "columns=granted";

impl Fields {
    /// As the user, who may not read every column.
    fn as_user(&self, method: &'static str, url: &str, prefer: &str) -> Call {
        let url = url.replace('>', "%3E").replace(' ', "%20");
        let call = self.server.call(method, &url);
        let call = call.token(&self.fixture.user(json!({})));
        call.header("prefer", prefer)
    }

    async fn granted(&self, url: &str) -> Reply {
        self.as_user("GET", url, GRANTED).send().await
    }

    async fn assert_granted(&self, cases: &[(&str, Value)]) {
        for (url, expected) in cases {
            let reply = self.granted(url).await;
            assert_eq!(reply.status, 200, "{url}: {}", reply.text());
            assert_eq!(reply.json(), *expected, "{url}");
            assert_eq!(reply.header("preference-applied"), Some(GRANTED), "{url}");
        }
    }
}

#[tokio::test]
async fn a_star_is_what_the_role_may_read() {
    let fields = Fields::new().await;
    let ann = json!([{"id": 1, "name": "Ann", "shade": "#0000FF", "team": 1}]);
    fields
        .assert_granted(&[
            ("/staff?id=eq.1", ann.clone()),
            ("/staff?id=eq.1&select=*", ann),
            (
                "/staff?id=eq.1&select=",
                json!([{"id": 1, "name": "Ann", "shade": "#0000FF", "team": 1}]),
            ),
            (
                "/staff?id=eq.1&select=number:id,*",
                json!([{"number": 1, "id": 1, "name": "Ann", "shade": "#0000FF", "team": 1}]),
            ),
            ("/staff?id=eq.1&select=name", json!([{"name": "Ann"}])),
            ("/team?id=eq.1", json!([{"id": 1, "title": "red"}])),
            ("/payroll?id=eq.1", json!([{"id": 1}])),
            // Who may read everything sees everything, with domains as they are shown.
            (
                "/paint?id=eq.1&select=*",
                json!([{
                    "id": 1, "name": "Blue horses", "shade": "#0000FF", "gloss": 1,
                    "facts": {"a": {"b": 1}}, "words": "'blue':1 'hors':2",
                }]),
            ),
        ])
        .await;
    let anonymous = fields
        .server
        .get("/staff?id=eq.2")
        .header("prefer", GRANTED);
    assert_eq!(
        anonymous.send().await.ok(),
        json!([{"id": 2, "name": "Bob", "salary": 200, "shade": "#000000", "team": 2}])
    );
    let head = fields.as_user("HEAD", "/staff", GRANTED).send().await;
    assert_eq!(head.status, 200);
    let csv = fields
        .as_user("GET", "/team", GRANTED)
        .header("accept", "text/csv");
    assert_eq!(csv.send().await.text(), "id,title\n1,red\n2,blue");
}

#[tokio::test]
async fn so_it_is_in_what_is_embedded() {
    let fields = Fields::new().await;
    let team = json!({"id": 1, "title": "red"});
    fields
        .assert_granted(&[
            (
                "/staff?id=eq.1&select=id,team(*)",
                json!([{"id": 1, "team": team}]),
            ),
            (
                "/staff?id=eq.1&select=*,team(*)",
                json!([{"id": 1, "name": "Ann", "shade": "#0000FF", "team": 1, "team": team}]),
            ),
            (
                "/team?id=eq.2&select=title,staff(*)",
                json!([{
                    "title": "blue",
                    "staff": [{"id": 2, "name": "Bob", "shade": "#000000", "team": 2}],
                }]),
            ),
            (
                "/staff?id=eq.1&select=number:id,...team(*)",
                json!([{"number": 1, "id": 1, "title": "red"}]),
            ),
            (
                "/team?id=eq.1&select=title,...staff(*)",
                json!([{
                    "title": "red", "id": [1], "name": ["Ann"], "shade": ["#0000FF"], "team": [1],
                }]),
            ),
        ])
        .await;
}

#[tokio::test]
async fn nothing_else_becomes_readable() {
    let fields = Fields::new().await;
    for url in [
        "/staff?select=salary",
        "/staff?select=*,salary",
        "/staff?salary=gt.1",
        "/staff?order=salary",
        "/staff?or=(id.eq.1,salary.gt.1)",
        "/staff?select=*,initial",
        "/team?select=id,staff(*)&staff.salary=gt.1",
        "/team?select=id,staff(*)&staff.order=salary",
        "/staff?select=id,team(*)&order=team(budget)",
        "/staff?select=id,team(budget)",
        "/staff?select=*&team.budget=gt.1&select=*,team!inner(*)",
        // Of these nothing may be read, and what a view reads as its caller it reads as ever.
        "/hidden",
        "/owned?select=*,hidden",
        "/own_rights",
        "/rpc/staff_as_caller",
    ] {
        let reply = fields.granted(url).await;
        assert!(
            matches!(reply.status.as_u16(), 400 | 403),
            "{url}: {}",
            reply.text()
        );
        assert!(!reply.text().contains("200"), "{url}: {}", reply.text());
    }
    let refused = fields.granted("/hidden").await.refused(403, "42501");
    assert_eq!(refused["message"], "permission denied for table hidden");
    // Without the preference the answer is PostgREST's.
    let plain = fields.as_user("GET", "/staff", "count=exact").send().await;
    plain.refused(403, "42501");
    fields.granted("/nowhere").await.refused(404, "PGRST205");
}

#[tokio::test]
async fn what_a_function_returns_is_its_own_to_say() {
    let fields = Fields::new().await;
    let bob = json!({"id": 2, "name": "Bob", "salary": 200, "shade": "#000000", "team": 2});
    fields
        .assert_granted(&[
            ("/rpc/all_staff?id=eq.2", json!([bob])),
            (
                "/rpc/all_staff?id=eq.2&select=salary,team(*)",
                json!([{"salary": 200, "team": {"id": 2, "title": "blue"}}]),
            ),
        ])
        .await;
    // Neither takes one that is embedded, but it must be given a whole row.
    let computed = "/team?id=eq.1&select=title,boss(*)";
    fields.granted(computed).await.refused(403, "42501");
    let user = fields.fixture.role("user");
    let grant = format!("grant select on api.team to \"{user}\"");
    execute(&fields.fixture.admin().await, &grant).await;
    let ann = json!({"id": 1, "name": "Ann", "salary": 100, "shade": "#0000FF", "team": 1});
    let reply = fields.granted(computed).await;
    assert_eq!(reply.json(), json!([{"title": "red", "boss": ann}]));
    // A relation's own rows among them are narrowed where they are read from it.
    let reply = fields
        .granted("/rpc/all_staff?id=eq.2&select=id,team(title,staff(*))")
        .await;
    assert_eq!(
        reply.json(),
        json!([{"id": 2, "team": {
            "title": "blue",
            "staff": [{"id": 2, "name": "Bob", "shade": "#000000", "team": 2}],
        }}])
    );
}

#[tokio::test]
async fn changed_rows_come_back_as_far_as_they_may_be_read() {
    let fields = Fields::new().await;
    let send = |method, url: &'static str, prefer: &'static str, body: Value| {
        fields.as_user(method, url, prefer).json(&body).send()
    };
    let full = "return=representation, columns=granted";
    let row = json!({"id": 7, "name": "Cid", "salary": 300, "team": 1});
    let reply = send("POST", "/staff", full, row).await;
    assert_eq!(reply.status, 201, "{}", reply.text());
    let cid = json!([{"id": 7, "name": "Cid", "shade": "#0000FF", "team": 1}]);
    assert_eq!(reply.json(), cid);
    assert_eq!(reply.header("preference-applied"), Some(full));

    let raise = json!({"salary": 400});
    let reply = send(
        "PATCH",
        "/staff?id=eq.7&select=*,team(*)",
        full,
        raise.clone(),
    )
    .await;
    let expected = json!([{
        "id": 7, "name": "Cid", "shade": "#0000FF", "team": 1, "team": {"id": 1, "title": "red"},
    }]);
    assert_eq!(reply.json(), expected);

    // It does not make a filter readable, and where nothing comes back it says nothing.
    send("PATCH", "/staff?salary=gt.0", full, raise.clone())
        .await
        .refused(403, "42501");
    let reply = send("PATCH", "/staff?id=eq.7", GRANTED, raise.clone()).await;
    assert_eq!(reply.status, 204);
    assert_eq!(reply.header("preference-applied"), None);
    send("PATCH", "/staff?id=eq.7", "return=representation", raise)
        .await
        .refused(403, "42501");

    let reply = send("DELETE", "/staff?id=eq.7", full, json!({})).await;
    assert_eq!(reply.json(), cid);
}

#[tokio::test]
async fn a_grant_counts_from_the_next_request_on() {
    let fields = Fields::new().await;
    let admin = fields.fixture.admin().await;
    let user = fields.fixture.role("user");
    let names = async || {
        let rows = fields.granted("/staff?id=eq.1").await.ok();
        let row = rows[0].as_object().expect("a row");
        row.keys().cloned().collect::<Vec<_>>().join(",")
    };
    assert_eq!(names().await, "id,name,shade,team");
    execute(
        &admin,
        &format!("revoke select (name, shade) on api.staff from \"{user}\""),
    )
    .await;
    assert_eq!(names().await, "id,team");
    execute(&admin, &format!("grant select on api.staff to \"{user}\"")).await;
    assert_eq!(names().await, "id,name,salary,shade,team");
    // The schema cache does not know it yet.
    execute(&admin, "alter table api.staff add column email text").await;
    assert_eq!(names().await, "id,name,salary,shade,team,email");
    execute(
        &admin,
        &format!("revoke select on api.staff from \"{user}\""),
    )
    .await;
    fields.granted("/staff?id=eq.1").await.refused(403, "42501");
}

#[tokio::test]
async fn a_right_that_is_lost_meanwhile_is_lost() {
    let fields = Fields::new().await;
    fields.granted("/staff?id=eq.1").await.ok();
    // The look at the rights needs no lock on the table, the statement behind it does.
    let admin = fields.fixture.admin().await;
    execute(
        &admin,
        "begin; lock table api.staff in access exclusive mode",
    )
    .await;
    let user = fields.fixture.role("user");
    let lose = async {
        let waiting = "wait_event_type = 'Lock' and query like '%\"staff\"%'";
        fields.fixture.wait_for(waiting, 1).await;
        let revoke = format!("revoke select (shade) on api.staff from \"{user}\"; commit");
        execute(&admin, &revoke).await;
    };
    let (reply, ()) = tokio::join!(fields.granted("/staff?id=eq.1"), lose);
    reply.refused(403, "42501");
    let rows = fields.granted("/staff?id=eq.1").await.ok();
    assert_eq!(rows, json!([{"id": 1, "name": "Ann", "team": 1}]));
}

#[tokio::test]
async fn it_is_the_role_that_a_pre_request_function_makes_of_the_caller() {
    let fields = Fields::new().await;
    let function = Some("api.switch_role".to_owned());
    let server = fields
        .fixture
        .serve_with(|config| config.db_pre_request = function);
    let server = server.await;
    let user = fields.fixture.role("user");
    let as_user = |call: Call, prefer| call.header("x-role", &user).header("prefer", prefer);
    let reply = as_user(server.get("/team?id=eq.1"), GRANTED).send().await;
    assert_eq!(reply.ok(), json!([{"id": 1, "title": "red"}]));

    // It is called for the look, too, but leaves nothing behind there.
    let full = "return=representation, columns=granted";
    let post = as_user(server.post("/staff"), full);
    let reply = post.json(&json!({"id": 8, "name": "Eve"})).send().await;
    let eve = json!([{"id": 8, "name": "Eve", "shade": "#0000FF", "team": null}]);
    assert_eq!(reply.json(), eve);
    let visits = "select count(*) from api.visit";
    let visits = fields.fixture.admin().await.query_one(visits, &[]).await;
    assert_eq!(visits.expect("a count").get::<_, i64>(0), 1);
}

#[tokio::test]
async fn strict_handling_knows_it() {
    let fields = Fields::new().await;
    let strict = "handling=strict, columns=granted";
    let reply = fields.as_user("GET", "/team?id=eq.1", strict).send().await;
    assert_eq!(reply.ok(), json!([{"id": 1, "title": "red"}]));
    assert_eq!(reply.header("preference-applied"), Some(strict));
    let unknown = "handling=strict, columns=all";
    let reply = fields.as_user("GET", "/team?id=eq.1", unknown).send().await;
    reply.refused(400, "PGRST122");
}

#[tokio::test]
async fn it_works_without_prepared_statements_too() {
    let fields = Fields::new().await;
    let server = fields
        .fixture
        .serve_with(|config| config.db_prepared_statements = false)
        .await;
    for _ in 0..3 {
        let call = server.get("/team?id=eq.1").header("prefer", GRANTED);
        let call = call.token(&fields.fixture.user(json!({})));
        assert_eq!(call.send().await.ok(), json!([{"id": 1, "title": "red"}]));
    }
}
