//! The support desk through real tokens.

use serde_json::{Value, json};

use crate::harness::desk::{agent, client, desk, execute, serve};

#[tokio::test]
async fn an_agents_list_has_the_names_beside_the_numbers() {
    let database = desk().await;
    let server = serve(&database).await;
    let url = "/tickets?select=id,client_id,clients(client_name),ticket_types(type_name),team_members!assigned_to(username)\
               &order=created_at.desc,id&limit=25";
    let rows = server.get(url).token(&agent()).send().await.ok();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 25);
    let admin = database.connect("postgres").await;
    for row in rows {
        let id = i32::try_from(row["id"].as_i64().unwrap()).unwrap();
        let expected = admin
            .query_one(
                "select c.client_name::text, y.type_name::text, m.username::text
                 from public.tickets t
                 join public.clients c on c.id = t.client_id
                 join public.ticket_types y on y.id = t.ticket_type_id
                 left join public.team_members m on m.id = t.assigned_to
                 where t.id = $1",
                &[&id],
            )
            .await
            .unwrap();
        assert_eq!(row["clients"]["client_name"], expected.get::<_, String>(0));
        assert_eq!(
            row["ticket_types"]["type_name"],
            expected.get::<_, String>(1)
        );
        let username = row["team_members"]["username"].as_str();
        assert_eq!(username, expected.get::<_, Option<&str>>(2));
    }
}

#[tokio::test]
async fn only_clients_with_open_tickets_are_listed_and_counted() {
    let database = desk().await;
    let server = serve(&database).await;
    let url = "/clients?select=id,tickets!inner(status)&tickets.status=eq.open&order=id&limit=4";
    let call = server
        .get(url)
        .token(&agent())
        .header("prefer", "count=exact");
    let reply = call.send().await;
    assert!(reply.status.is_success(), "{}", reply.text());
    let admin = database.connect("postgres").await;
    let query = "select client_id, count(*) from public.tickets where status = 'open' group by 1 order by 1";
    let open = admin.query(query, &[]).await.unwrap();
    assert_eq!(
        reply.header("content-range"),
        Some(format!("0-3/{}", open.len()).as_str())
    );
    let clients = reply.json();
    for (client, row) in clients.as_array().unwrap().iter().zip(&open) {
        assert_eq!(client["id"], row.get::<_, i32>(0));
        let tickets = client["tickets"].as_array().unwrap();
        assert_eq!(i64::try_from(tickets.len()).unwrap(), row.get::<_, i64>(1));
        assert!(tickets.iter().all(|ticket| ticket["status"] == "open"));
    }
}

#[tokio::test]
async fn a_client_sees_no_internal_note_and_no_other_client_through_an_embed() {
    let database = desk().await;
    let admin = database.connect("postgres").await;
    let ticket = admin
        .query_one(
            "select min(id) from public.tickets where client_id = 1",
            &[],
        )
        .await
        .unwrap();
    let ticket: i32 = ticket.get(0);
    execute(
        &admin,
        &format!(
            "insert into public.ticket_messages (ticket_id, message_text, is_internal)
             values ({ticket}, 'the secret note', true), ({ticket}, 'the public word', false)"
        ),
    )
    .await;
    let server = serve(&database).await;
    let token = client(1);
    let get = |url: String, token: String| {
        let call = server
            .get(&url)
            .token(&token)
            .header("prefer", "count=exact");
        call.send()
    };
    let texts = |rows: &Value| rows[0]["ticket_messages"].to_string();

    let url =
        format!("/tickets?id=eq.{ticket}&select=id,ticket_messages(message_text,is_internal)");
    let own = get(url.clone(), token.clone()).await.ok();
    assert!(texts(&own).contains("the public word"), "{own}");
    assert!(!texts(&own).contains("the secret note"), "{own}");
    let staff = get(url, agent()).await.ok();
    assert!(texts(&staff).contains("the secret note"), "{staff}");

    for filter in [
        "ticket_messages.is_internal=is.true",
        "ticket_messages.message_text=like.*secret*",
    ] {
        let url = format!("/tickets?id=eq.{ticket}&select=id,ticket_messages!inner(id)&{filter}");
        let reply = get(url, token.clone()).await;
        assert_eq!(reply.ok(), json!([]), "{filter}");
        assert_eq!(reply.header("content-range"), Some("*/0"), "{filter}");
        let url = format!(
            "/tickets?id=eq.{ticket}&select=id,ticket_messages()&ticket_messages=is.null&{filter}"
        );
        assert_eq!(
            get(url, token.clone()).await.ok(),
            json!([{"id": ticket}]),
            "{filter}"
        );
    }

    let url = "/clients?select=id,tickets(client_id)".to_owned();
    let clients = get(url, token.clone()).await.ok();
    let clients = clients.as_array().unwrap();
    assert_eq!(clients.len(), 1);
    let tickets = clients[0]["tickets"].as_array().unwrap();
    assert!(
        !tickets.is_empty() && tickets.iter().all(|t| t["client_id"] == 1),
        "{tickets:?}"
    );
}

#[tokio::test]
async fn a_client_reads_only_the_granted_columns_of_a_team_member() {
    let database = desk().await;
    let server = serve(&database).await;
    let get = |url: &str| server.get(url).token(&client(1)).send();
    let named =
        "/tickets?assigned_to=not.is.null&limit=1&select=id,team_members!assigned_to(display_name)";
    let rows = get(named).await.ok();
    assert!(
        rows[0]["team_members"]["display_name"].is_string(),
        "{rows}"
    );
    for url in [
        "/tickets?select=id,team_members!assigned_to(*)",
        "/tickets?select=id,team_members!assigned_to(email)",
        "/tickets?select=id,team_members!assigned_to(id)&team_members.email=like.a*",
        "/tickets?select=id,team_members!assigned_to(id)&order=team_members(email)",
        "/tickets?select=id,team_members!assigned_to!inner(id)&team_members.role=eq.admin",
    ] {
        get(url).await.refused(403, "42501");
    }
}

#[tokio::test]
async fn the_drill_down_of_a_widget_embeds() {
    let database = desk().await;
    let server = serve(&database).await;
    let url = "/rpc/ticket_list?priority=eq.high&select=id,clients(client_name)&order=id&limit=3";
    let rows = server.get(url).token(&agent()).send().await.ok();
    let rows = rows.as_array().unwrap();
    assert_eq!(rows.len(), 3);
    assert!(
        rows.iter()
            .all(|row| row["clients"]["client_name"].is_string()),
        "{rows:?}"
    );

    // A name that is no filter is one of the result where the select embeds it.
    let unrated =
        "/rpc/ticket_list?select=id,ticket_feedback()&ticket_feedback=is.null&rating=not.is.null";
    assert_eq!(
        server.get(unrated).token(&agent()).send().await.ok(),
        json!([])
    );
    let unknown = "/rpc/ticket_list?select=id&ticket_feedback=is.null";
    server
        .get(unknown)
        .token(&agent())
        .send()
        .await
        .refused(400, "RD101");
}

/// 25 rows look up 25 clients: the join does not come before the page is cut.
#[tokio::test]
async fn a_page_looks_up_only_its_own_rows() {
    let database = desk().await;
    let server = serve(&database).await;
    let scans = "select coalesce(sum(idx_tup_fetch + seq_tup_read), 0)::bigint
                 from pg_stat_user_tables where relname = 'ticket_feedback'";
    let admin = database.connect("postgres").await;
    let read = || async {
        admin
            .execute("select pg_stat_clear_snapshot()", &[])
            .await
            .unwrap();
        admin.query_one(scans, &[]).await.unwrap().get::<_, i64>(0)
    };
    let before = read().await;
    // No index has this order: every ticket is sorted.
    let url = "/tickets?select=id,ticket_feedback(rating)&order=title,id&limit=25";
    let rows = server.get(url).token(&agent()).send().await.ok();
    assert_eq!(rows.as_array().unwrap().len(), 25);
    drop(server);
    let deadline = std::time::Instant::now() + std::time::Duration::from_secs(5);
    let mut fetched = 0;
    while std::time::Instant::now() < deadline && fetched == 0 {
        tokio::time::sleep(std::time::Duration::from_millis(100)).await;
        fetched = read().await - before;
    }
    assert!(
        fetched <= 100,
        "{fetched} rows of ticket_feedback were read"
    );
}
