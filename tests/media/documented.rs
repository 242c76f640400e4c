//! The example of `docs/media-types.md`, as it stands there.

use super::{get, own, serve};
use crate::harness::desk::execute;

const PAGE: &str = include_str!("../../docs/media-types.md");

/// The SQL of the page, in order.
fn sql() -> String {
    let blocks = PAGE.split("```sql\n").skip(1);
    let blocks = blocks.filter_map(|block| block.split("```").next());
    blocks.collect()
}

/// What the page shows below a command.
#[track_caller]
fn shown(command: &str) -> String {
    let below = PAGE.split_once(&format!("    {command}\n"));
    let (_, below) = below.unwrap_or_else(|| panic!("the page has no {command}"));
    let lines = below.lines().map_while(|line| line.strip_prefix("    "));
    lines.flat_map(|line| [line, "\n"]).collect()
}

#[tokio::test]
async fn the_example_of_the_documentation_works() {
    let fixture = own().await;
    let admin = fixture.admin().await;
    // The fixture has domains of the same names, but the example makes its own.
    let script = format!(
        "drop schema media cascade; create schema media; set search_path to media; {}
         grant usage on schema media to public; grant select on all tables in schema media to public",
        sql()
    );
    execute(&admin, &script).await;
    let server = serve(&fixture).await;

    let reply = get(&server, "/rpc/badge?label=new", "text/html").await;
    let command = "curl 'http://localhost:3000/rpc/badge?label=new' -H 'Accept: text/html'";
    assert_eq!(format!("{}\n", reply.text()), shown(command));
    assert_eq!(reply.header("content-type"), Some("text/html"));
    let reply = get(&server, "/rpc/badge?label=%3Cscript%3E", "text/html").await;
    assert!(!reply.text().contains("<script>"));

    let reply = get(&server, "/parts?order=id", "text/csv").await;
    let command = "curl 'http://localhost:3000/parts?order=id' -H 'Accept: text/csv'";
    let file = reply.text().strip_prefix('\u{feff}').expect("a mark");
    assert_eq!(file.replace('\r', ""), shown(command));
    assert_eq!(
        reply.header("content-type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(
        reply.header("content-disposition"),
        Some("attachment; filename=\"parts.csv\"")
    );
    let plain = get(&server, "/parts?select=id&order=id", "text/csv").await;
    assert_eq!(plain.text(), "id\n1\n2");

    let reply = server.get("/parts.txt?order=id").send().await;
    assert_eq!(
        reply.text(),
        shown("curl 'http://localhost:3000/parts.txt?order=id'")
    );
    for accept in ["*/*", "text/plain"] {
        let reply = get(&server, "/parts.txt", accept).await;
        let content_type = reply.header("content-type");
        assert_eq!(content_type, Some("text/plain; charset=utf-8"), "{accept}");
    }
    let reply = get(&server, "/parts.txt", "image/png").await;
    assert_eq!(reply.status, 415, "{}", reply.text());
}
