//! Every widget says the same before and after an erasure.

use std::collections::BTreeMap;

use serde_json::json;
use tokio_postgres::Client;

use crate::harness::desk::{desk, execute};
use crate::policies::table::texts;

const ERASED: i32 = 7;

/// What a URL's conditions become.
const FILTERS: &[(&str, &str)] = &[
    ("all", "null"),
    (
        "of the client",
        "jsonb_build_object('client_id', to_jsonb(filter.ids_eq('7')))",
    ),
    (
        "of others",
        "jsonb_build_object('client_id', to_jsonb(filter.ids_not_in('{7,8}')))",
    ),
    (
        "a period",
        "jsonb_build_object('created_at', to_jsonb(filter.period_and(filter.period_gte('2025-03-01'), filter.period_lte('2025-09-30'))))",
    ),
    (
        "urgent of two agents",
        "jsonb_build_object('priority', to_jsonb(filter.labels_in('{urgent,high}')), 'assigned_to', to_jsonb(filter.ids_in('{2,3}')))",
    ),
    (
        "tagged",
        "jsonb_build_object('tags', to_jsonb(filter.tags_ov('{vip,renewal}')))",
    ),
    (
        "not tagged",
        "jsonb_build_object('tags', to_jsonb(filter.tags_not_ov('{vip}')))",
    ),
    (
        "by channel",
        "jsonb_build_object('source_channel', to_jsonb(filter.labels_neq('email')))",
    ),
];

/// What is text and no figure.
const TEXTS: &str = "'{client_name,client,title}'";

/// The functions that take a filter and give figures; not the document of several, whose parts they are.
async fn widgets(desk: &Client) -> Vec<String> {
    texts(
        desk,
        "select p.oid::regproc::text from pg_proc as p
        where p.pronamespace = 'public'::regnamespace
            and p.proargtypes[0] = 'public.ticket_filter'::regtype
            and p.pronargs - p.pronargdefaults <= 1
            and p.proretset
        order by 1",
    )
    .await
}

/// Each widget's rows under each filter, as the admin whom the connection has become.
async fn figures(desk: &Client, widgets: &[String]) -> BTreeMap<String, Vec<String>> {
    let mut figures = BTreeMap::new();
    for widget in widgets {
        // it gives tickets: which ones, not what they say
        let shown = match widget.as_str() {
            "ticket_list" => {
                "jsonb_build_object('id', r.id, 'status', r.status, 'rating', r.rating)".to_owned()
            }
            _ => format!("to_jsonb(r) - {TEXTS}::text[]"),
        };
        for (name, filter) in FILTERS {
            // a constant, as the server makes it: what is not is worked out for every row
            let value = "select quote_nullable(jsonb_populate_record(null::public.ticket_filter, $filter)::text)";
            let filter = &texts(desk, &value.replace("$filter", filter)).await[0];
            let statement =
                format!("select ({shown})::text from public.{widget}({filter}) as r order by 1");
            figures.insert(format!("{widget}, {name}"), texts(desk, &statement).await);
        }
    }
    figures
}

/// In one transaction, so that `now()` is the same: some figures count the hours until now.
#[tokio::test]
async fn every_widget_gives_the_same_figures_before_and_after() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    let widgets = widgets(&desk).await;
    assert!(widgets.len() >= 11, "{widgets:?}");
    let claims = json!({ "role": "desk_admin", "team_member_id": 1 });
    execute(
        &desk,
        &format!("begin; set local role desk_admin; set local request.jwt.claims = '{claims}'"),
    )
    .await;
    let before = figures(&desk, &widgets).await;
    for (name, rows) in &before {
        // what the client has is part of it, and no filter selects nothing
        assert!(!rows.is_empty(), "{name}");
    }
    let all = &before["dashboard_overview, all"];
    for (name, _) in &FILTERS[1..] {
        assert_ne!(
            &before[&format!("dashboard_overview, {name}")],
            all,
            "{name}"
        );
    }
    let erased = texts(
        &desk,
        &format!("select client_name from public.erase_client({ERASED})"),
    )
    .await;
    assert_eq!(erased, ["Erased client 7"]);
    let after = figures(&desk, &widgets).await;
    for (name, rows) in &before {
        assert_eq!(&after[name], rows, "{name}");
    }
    // and the names do differ
    let named = "select client_name::text from public.client_analysis(null, 'Erased client 7')";
    assert_eq!(texts(&desk, named).await, ["Erased client 7"]);
}

/// What figures are made of, row by row: numbers, times and words of lists.
#[tokio::test]
async fn what_figures_are_made_of_stays() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    let state = format!(
        "select jsonb_build_array(
            (select jsonb_agg(to_jsonb(t) - '{{title,description,tags,custom_fields,metadata,created_by,updated_at}}'::text[] order by id)
                from public.tickets as t where client_id = {ERASED}),
            (select jsonb_agg(to_jsonb(m) - '{{message_text,metadata,created_by}}'::text[] order by m.id)
                from public.ticket_messages as m join public.tickets as t on t.id = m.ticket_id where client_id = {ERASED}),
            (select jsonb_agg(to_jsonb(f) - '{{feedback_text,metadata,updated_at}}'::text[] order by f.id)
                from public.ticket_feedback as f join public.tickets as t on t.id = f.ticket_id where client_id = {ERASED}),
            (select jsonb_agg(to_jsonb(p) - '{{metadata}}'::text[] order by id) from public.payments as p where client_id = {ERASED}),
            (select to_jsonb(c) - '{{client_name,email,metadata,erased_at,updated_at}}'::text[] from public.clients as c where id = {ERASED})
        )::text"
    );
    let before = texts(&desk, &state).await;
    assert!(before[0].len() > 1_000, "{}", before[0]);
    execute(
        &desk,
        &format!("begin; set local role desk_admin; select public.erase_client({ERASED}); commit"),
    )
    .await;
    assert_eq!(texts(&desk, &state).await, before);
}

/// A tag that others use is a word of the desk; one of the client's own may be a name.
#[tokio::test]
async fn tags_that_others_use_stay_in_their_order() {
    let database = desk().await;
    let desk = database.connect("postgres").await;
    execute(
        &desk,
        &format!(
            "insert into public.tickets (id, client_id, ticket_type_id, title, tags) values
                (9100001, {ERASED}, 1, 'x', '{{shared,meier,vip,shared}}'), (9100002, {ERASED}, 1, 'x', '{{meier}}'),
                (9100003, 8, 1, 'x', '{{shared}}');
            begin; set local role desk_admin; select public.erase_client({ERASED}); commit"
        ),
    )
    .await;
    let tags = "select tags::text from public.tickets where id in (9100001, 9100002) order by id";
    assert_eq!(texts(&desk, tags).await, ["{shared,vip,shared}", "{}"]);
}
