//! What is not in the API: other schemas, the system's functions, and everything without a token.

use serde_json::{Value, json};

use super::secrets::marked_desk;
use super::table::texts;
use crate::harness::desk::{agent, client, serve};
use crate::harness::server::token;

/// In schemas that are not exposed, whatever one writes before the name.
const RELATIONS: &[&str] = &[
    "settings",
    "ops.settings",
    "ops%2Esettings",
    "%22ops%22.%22settings%22",
    "audit",
    "ops.audit",
    "repeatable_files",
    "refinery_schema_history",
    "ticket_facts",
    "analytics.ticket_facts",
    "ticket_cells",
    "analytics.ticket_cells",
    "ticket_delta",
    "pg_authid",
    "pg_catalog.pg_authid",
    "pg_shadow",
    "pg_roles",
    "pg_class",
    "pg_stat_activity",
    "pg_settings",
    "pg_file_settings",
    "pg_hba_file_rules",
    "pg_stats",
    "pg_policies",
    "information_schema.tables",
    "tables",
    "ticket_filter",
    "tickets_pkey",
    "tickets_id_seq",
    "Tickets",
    "tickets;select",
    "tickets%00",
    "tickets%22%20union%20select",
];

const FUNCTIONS: &[&str] = &[
    "set_config",
    "current_setting",
    "pg_catalog.set_config",
    "pg_read_file",
    "pg_read_binary_file",
    "pg_ls_dir",
    "pg_sleep",
    "pg_terminate_backend",
    "query_to_xml",
    "table_to_xml",
    "database_to_xml",
    "lo_import",
    "lo_export",
    "dblink",
    "version",
    "now",
    "can_see",
    "client_id",
    "whole_number",
    "agent_visibility",
    "collaborated_tickets",
    "client_accounts",
    "claims.client_id",
    "selected",
    "refuse",
    "ids_eq",
    "reset_rights",
    "grant_ids",
    "check_ticket",
    "mark_reassigned",
    "audit_deletion",
    "refuse_erased",
    "stamp_erasure",
    "stamp_rating",
    "stamp_first_response",
    "pg_temp.now",
];

#[tokio::test]
async fn relations_of_other_schemas_do_not_exist() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let admin = token("desk_admin", json!({ "team_member_id": 1 }));
    for name in RELATIONS {
        for token in [&client(1), &admin] {
            let reply = server.get(&format!("/{name}")).token(token).send().await;
            assert_eq!(
                reply.reveals_nothing().status,
                404,
                "{name}: {}",
                reply.text()
            );
            let error = reply.json();
            assert_eq!(error["code"], "PGRST205", "{name}: {error}");
            let hint = error["hint"].as_str().unwrap_or("'public.");
            assert!(hint.contains("'public."), "{name}: {hint}");
        }
    }
}

#[tokio::test]
async fn functions_of_other_schemas_do_not_exist() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let admin = token("desk_admin", json!({ "team_member_id": 1 }));
    for name in FUNCTIONS {
        for token in [&client(1), &admin] {
            for url in [
                format!("/rpc/{name}"),
                format!("/rpc/{name}?setting_name=role&new_value=desk_admin&is_local=false"),
                format!("/rpc/{name}?claim=client_id"),
            ] {
                let reply = server.get(&url).token(token).send().await;
                reply.reveals_nothing().refused(404, "PGRST202");
            }
            let call = server.post(&format!("/rpc/{name}")).token(token);
            let reply = call.json(&json!({ "filename": "PG_VERSION" })).send().await;
            reply.reveals_nothing().refused(404, "PGRST202");
        }
    }
}

#[tokio::test]
async fn other_schemas_cannot_be_asked_for() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let admin = token("desk_admin", json!({ "team_member_id": 1 }));
    for schema in [
        "analytics",
        "ops",
        "auth",
        "claims",
        "filter",
        "pg_catalog",
        "information_schema",
        "pg_temp",
        "pg_toast",
        "PUBLIC",
        "public, ops",
        "\"public\"",
        "public\", ops, \"x",
        "nowhere",
    ] {
        for url in ["/settings", "/ticket_facts", "/tickets", "/rpc/set_config"] {
            let call = server
                .get(url)
                .token(&admin)
                .header("accept-profile", schema);
            let reply = call.send().await;
            let error = reply.reveals_nothing().refused(406, "PGRST106");
            let said = error["hint"].as_str().unwrap();
            assert_eq!(said, "Only the following schemas are exposed: public");
        }
        let call = server.post("/rpc/set_config").token(&admin);
        let reply = call
            .header("content-profile", schema)
            .json(&json!({}))
            .send()
            .await;
        reply.reveals_nothing().refused(406, "PGRST106");
    }
}

#[tokio::test]
async fn without_a_token_no_relation_answers() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let relations = texts(
        &database.connect("postgres").await,
        "select relname::text from pg_class
        where relnamespace = 'public'::regnamespace and relkind in ('r', 'p', 'v', 'm', 'f')",
    )
    .await;
    assert!(relations.len() >= 10);
    // a token may name the anonymous role, too, and claim whatever it likes
    let anonymous = token("desk_anon", json!({ "client_id": 1, "team_member_id": 1 }));
    for relation in &relations {
        for query in [
            "",
            "?select=id",
            "?limit=0",
            "?id=eq.1",
            "?select=nosuchcolumn",
        ] {
            let url = format!("/{relation}{query}");
            for call in [server.get(&url), server.get(&url).token(&anonymous)] {
                let reply = call.header("prefer", "count=exact").send().await;
                if reply.status == 400 {
                    // Postgres looks for the column first, and reads the value: an id may be a uuid
                    let code = if query == "?id=eq.1" && reply.text().contains("uuid") {
                        "22P02"
                    } else {
                        "42703"
                    };
                    reply.reveals_nothing().refused(400, code);
                } else {
                    reply.refused_plainly(401, "42501");
                }
                assert_eq!(reply.header("content-range"), None, "{url}");
            }
        }
        let reply = server.head(&format!("/{relation}")).send().await;
        assert_eq!(reply.status, 401, "HEAD /{relation}");
        assert!(
            reply.header("www-authenticate").is_some(),
            "HEAD /{relation}"
        );
    }
}

/// A caller whom the token links to nobody: signed in, and nothing to see.
#[tokio::test]
async fn a_client_linked_to_no_client_sees_no_rows_and_calls_no_widget() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    let unlinked = token("desk_client", json!({ "sub": "somebody" }));
    for url in [
        "/tickets",
        "/clients",
        "/client_contacts",
        "/payments",
        "/ticket_messages",
        "/ticket_feedback",
        "/rpc/ticket_list",
        "/rpc/ticket_list?client_id=is.null",
    ] {
        let call = server.get(url).token(&unlinked);
        call.header("prefer", "count=exact").send().await.is_empty();
    }
    for url in [
        "/rpc/dashboard_overview",
        "/rpc/team_performance",
        "/ticket_assignees",
    ] {
        let reply = server.get(url).token(&unlinked).send().await;
        reply.refused_plainly(403, "42501");
    }
}

/// Refusals come before the filter is looked at: no value of it changes the answer.
#[tokio::test]
async fn a_widget_refuses_clients_whatever_they_filter_by() {
    let database = marked_desk().await;
    let server = serve(&database).await;
    for widget in ["dashboard_overview", "team_performance"] {
        for query in [
            "",
            "?client_id=eq.1",
            "?client_id=eq.2",
            "?client_id=in.()",
            "?created_at=gte.2025-01-01&priority=in.(high,urgent)",
            "?limit=0",
            "?select=nosuchcolumn",
        ] {
            let url = format!("/rpc/{widget}{query}");
            let reply = server.get(&url).token(&client(1)).send().await;
            if reply.status == 400 {
                reply.reveals_nothing().refused(400, "42703");
            } else {
                reply.refused_plainly(403, "42501");
            }
            let body: Value = json!({ "client_id": "eq.1" });
            let call = server.post(&format!("/rpc/{widget}")).token(&client(1));
            call.json(&body).send().await.refused_plainly(403, "42501");
            // the same is an agent's right
            let status = server.get(&url).token(&agent()).send().await.status;
            assert_ne!(status, 403, "{url}");
        }
    }
}
