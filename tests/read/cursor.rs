//! Pages that follow one another by cursor.

use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;
use serde_json::{Value, json};
use tokio::sync::OnceCell;

use crate::harness::desk::execute;
use crate::harness::fixture::Fixture;
use crate::harness::http::{Call, Reply};
use crate::harness::server::TestServer;

const SCRIPT: &str = include_str!("../fixtures/pages.sql");

async fn fixture() -> &'static Fixture {
    static PAGED: OnceCell<Fixture> = OnceCell::const_new();
    PAGED.get_or_init(|| Fixture::own_with(SCRIPT)).await
}

/// The address of the next page.
fn next(reply: &Reply) -> Option<String> {
    let link = reply.header("link")?;
    let url = link
        .strip_prefix('<')
        .and_then(|it| it.strip_suffix(">; rel=\"next\""));
    Some(url.expect("a link to the next page").to_owned())
}

/// The rows of every page, page by page.
async fn pages(server: &TestServer, url: &str, ask: impl Fn(Call) -> Call) -> Vec<Vec<Value>> {
    let mut url = url.to_owned();
    let mut pages = Vec::new();
    loop {
        let reply = ask(server.get(&url)).send().await;
        assert!(reply.status.is_success(), "{url}: {}", reply.text());
        let rows = reply.json();
        pages.push(rows.as_array().expect("rows").clone());
        match next(&reply) {
            Some(next) => url = next,
            None => return pages,
        }
        assert!(pages.len() < 1000, "{url}");
    }
}

fn ids(rows: &[Value]) -> Vec<i64> {
    rows.iter()
        .map(|row| row["id"].as_i64().expect("an id"))
        .collect()
}

#[tokio::test]
async fn links_lead_from_page_to_page_until_the_last() {
    let server = fixture().await.serve().await;
    for (url, sizes) in [
        ("/twig?order=name&limit=10&cursor=", &[10, 10, 5][..]),
        ("/twig?order=name&limit=25&cursor=", &[25]),
        ("/twig?order=name&limit=24&cursor=", &[24, 1]),
        ("/twig?limit=20&cursor=", &[20, 5]),
        ("/twig?cursor=", &[25]),
        ("/twig?name=eq.nothing&limit=5&cursor=", &[0]),
        ("/twig?limit=0&cursor=", &[0]),
        (
            "/rest/v1/twig?name=eq.twig 1&bough=gte.1&bough=lt.4&limit=3&cursor=",
            &[3, 2],
        ),
    ] {
        let url = url.replace(' ', "%20");
        let pages = pages(&server, &url, |call| call).await;
        assert_eq!(
            pages.iter().map(Vec::len).collect::<Vec<_>>(),
            sizes,
            "{url}"
        );
    }
    let reply = server
        .get("/twig?order=name&limit=10&cursor=&select=name")
        .send()
        .await;
    assert_eq!(
        reply.ok()[0],
        json!({"name": "twig 0"}),
        "the keys are not shown"
    );
    assert!(
        next(&reply)
            .unwrap()
            .starts_with("/twig?order=name&limit=10&select=name&cursor=")
    );
    assert_eq!(reply.header("content-range"), Some("0-9/*"));
    // Without a cursor there are no links.
    let plain = server.get("/twig?order=name&limit=10").send().await;
    assert_eq!(plain.header("link"), None);
}

#[tokio::test]
async fn pages_are_counted_embedded_and_headed_as_others() {
    let fixture = fixture().await;
    let server = fixture
        .serve_with(|config| config.db_max_rows = Some(7))
        .await;
    let url = "/bud?select=id,twig(name),...twig(bough)&order=bough.desc&id=lt.30&cursor=";
    let whole = server.get("/bud?select=id,twig(name),...twig(bough)&order=bough.desc,id&id=lt.30");
    assert_eq!(whole.send().await.ok().as_array().unwrap().len(), 7);
    let pages = pages(&server, url, |call| call).await;
    let expected: Vec<i64> = (20..30).chain(10..20).chain(0..10).collect();
    assert_eq!(ids(&pages.concat()), expected);
    assert_eq!(
        pages[0][0],
        json!({"id": 20, "twig": {"name": "twig 1"}, "bough": 2})
    );

    let ranged = ["*/30", "*/30"];
    let mut url = "/bud?id=lt.30&limit=5&cursor=".to_owned();
    for (page, range) in ["0-4/30"].into_iter().chain(ranged).enumerate() {
        let get = server
            .get(&url)
            .header("prefer", "count=exact")
            .send()
            .await;
        let head = server
            .head(&url)
            .header("prefer", "count=exact")
            .send()
            .await;
        for reply in [&get, &head] {
            assert_eq!(reply.status, 206);
            assert_eq!(reply.header("content-range"), Some(range), "{page}");
        }
        assert_eq!(head.header("link"), get.header("link"));
        url = next(&get).unwrap();
    }
    // Inner embeds, objects and CSV page too.
    let inner = "/twig?select=name,bud!inner(id)&bud.id=lt.7&order=place&limit=2&cursor=";
    let inner: Vec<_> = self::pages(&server, inner, |call| call).await;
    assert_eq!(inner.iter().map(Vec::len).collect::<Vec<_>>(), [2, 2, 1]);
    let csv = server
        .get("/twig?select=place&limit=2&cursor=")
        .header("accept", "text/csv");
    let csv = csv.send().await;
    assert_eq!((csv.text(), next(&csv).is_some()), ("place\n0\n1", true));
}

#[tokio::test]
async fn what_cannot_be_paged_is_refused_with_what_to_do() {
    let fixture = fixture().await;
    let server = fixture
        .serve_with(|config| config.db_aggregates_enabled = true)
        .await;
    for (url, message, hint) in [
        (
            "/moss?cursor=",
            "Pages by cursor need a primary key, which 'moss' has not",
            "Give it a primary key",
        ),
        (
            "/twig?cursor=&offset=5",
            "A cursor and an offset exclude each other",
            "Leave out the offset",
        ),
        (
            "/bud?select=id,twig(name)&order=twig(name)&cursor=",
            "Pages by cursor cannot be ordered by 'twig', which is embedded",
            "Order by columns of the relation itself",
        ),
        (
            "/twig?select=bough,count()&cursor=",
            "Pages by cursor are of rows, not of aggregates",
            "Use limit and offset",
        ),
        (
            "/leaf?order=data->a,data->b,data->c,data->d,data->e,data->f,data->g,data->h,data->i,data->j,\
             data->k,data->l,data->m,data->n,data->o,data->p&cursor=",
            "Pages by cursor can be ordered by up to 16 keys",
            "Order by fewer",
        ),
        (
            "/twig_with_bud?limit=3&cursor=",
            "The order does not tell the rows of a page by cursor apart",
            "Order by more columns",
        ),
    ] {
        let url = url.replace('>', "%3E");
        let refused = server.get(&url).send().await.refused(400, "RD120");
        assert_eq!(refused["message"], message, "{url}");
        assert!(
            refused["hint"].as_str().unwrap().starts_with(hint),
            "{url}: {refused}"
        );
    }
    let range = server
        .get("/twig?cursor=")
        .header("range", "5-9")
        .send()
        .await;
    range.refused(400, "RD120");
    let range = server
        .get("/twig?cursor=")
        .header("range", "0-9")
        .send()
        .await;
    assert!(next(&range).is_some());
}

#[tokio::test]
async fn a_cursor_is_good_for_its_order_alone() {
    let server = fixture().await.serve().await;
    let first = server.get("/twig?order=name&limit=2&cursor=").send().await;
    let (_, cursor) = next(&first)
        .unwrap()
        .split_once("cursor=")
        .map(|(a, b)| (a.to_owned(), b.to_owned()))
        .unwrap();
    for order in [
        "name.desc",
        "name.nullsfirst",
        "place",
        "name,place",
        "name,place,bough",
    ] {
        let url = format!("/twig?order={order}&limit=2&cursor={cursor}");
        let refused = server.get(&url).send().await.refused(400, "RD121");
        assert_eq!(
            refused["message"],
            "The cursor is one of another relation or order"
        );
    }
    server
        .get(&format!("/knot?limit=2&cursor={cursor}"))
        .send()
        .await
        .refused(400, "RD121");
    // The same order, however it is written; another limit and other filters.
    for order in [
        "name.asc",
        "name,bough,place",
        "name.asc.nullslast,name.desc",
    ] {
        let url = format!("/twig?order={order}&limit=7&place=gt.0&cursor={cursor}");
        assert_eq!(server.get(&url).send().await.status, 200, "{order}");
    }
    let (front, back) = cursor.split_at(cursor.len() / 2);
    let (_, behind) = cursor.split_at(1);
    let (_, rest) = back.split_at(1);
    for changed in [
        behind.to_owned(),
        front.to_owned(),
        format!(
            "{front}{}{rest}",
            if back.starts_with('x') { 'y' } else { 'x' }
        ),
        format!("{cursor}A"),
        "x".to_owned(),
        "eq".to_owned(),
        "5".to_owned(),
        "%00".to_owned(),
        "'%20or%201=1".to_owned(),
    ] {
        let url = format!("/twig?order=name&limit=2&cursor={changed}");
        let reply = server.get(&url).send().await;
        assert_eq!(reply.status, 400, "{changed}: {}", reply.text());
        if !changed.contains("%00") {
            assert_eq!(reply.json()["code"], "RD121", "{changed}");
        }
    }
}

/// Whoever makes one up has made a condition, of which the values are read as the columns' types.
#[tokio::test]
async fn a_forged_cursor_is_no_more_than_a_condition() {
    use rowdesk::request::PageCursor;

    let server = fixture().await.serve().await;
    let first = server.get("/twig?limit=2&cursor=").send().await;
    let url = next(&first).unwrap();
    let (front, cursor) = url.split_once("cursor=").unwrap();
    let cursor = PageCursor::decode(cursor).unwrap();
    let forged = |values: &[Option<&str>]| {
        let values = values
            .iter()
            .map(|value| value.map(str::to_owned))
            .collect();
        let cursor = PageCursor {
            values,
            ..cursor.clone()
        };
        format!("{front}cursor={}", cursor.encode())
    };
    let wrong = server
        .get(&forged(&[Some("0); drop table api.twig; --"), Some("0")]))
        .send()
        .await;
    wrong.refused(400, "22P02");
    let few = server.get(&forged(&[Some("0")])).send().await;
    few.refused(400, "RD121");
    let nothing = server.get(&forged(&[None, None])).send().await;
    assert_eq!(nothing.ok(), json!([]));
    let elsewhere = server.get(&forged(&[Some("4"), Some("3")])).send().await;
    assert_eq!(
        elsewhere.ok(),
        json!([{"bough": 4, "place": 4, "name": "twig 0"}])
    );
}

#[tokio::test]
async fn a_column_named_cursor_keeps_its_filter() {
    let server = fixture().await.serve().await;
    assert_eq!(
        server.get("/knot?cursor=eq.x&order=id").send().await.ids(),
        [1, 3]
    );
    let both = "/knot?cursor=eq.x&cursor=&select=id,cursor&limit=1&order=%22order%20by%22";
    let pages = pages(&server, both, |call| call).await;
    assert_eq!(ids(&pages.concat()), [1, 3]);
    let unfiltered = server
        .get("/knot?cursor=x")
        .send()
        .await
        .refused(400, "RD121");
    assert!(unfiltered["hint"].as_str().unwrap().contains("cursor=eq.…"));
    // Elsewhere it is no word of its own.
    server
        .get("/twig?cursor=eq.x")
        .send()
        .await
        .refused(400, "42703");
    let write = server.call("DELETE", "/knot?cursor=").send().await;
    write.refused(400, "PGRST100");
}

#[tokio::test]
async fn policies_and_grants_apply_to_every_page_anew() {
    let fixture = fixture().await;
    let server = fixture.serve().await;
    let ann = fixture.user(json!({"name": "ann"}));
    let bob = fixture.user(json!({"name": "bob"}));
    let select = "/acorn?select=id&order=note&limit=4&cursor=";
    let first = server.get(select).token(&ann).send().await;
    assert_eq!(first.ids(), [2, 4, 6, 8]);
    let url = next(&first).unwrap();
    assert_eq!(
        server.get(&url).token(&ann).send().await.ids(),
        [10, 12, 14, 16]
    );
    assert_eq!(
        server.get(&url).token(&bob).send().await.ids(),
        [9, 11, 13, 15]
    );
    server.get(&url).send().await.refused(401, "42501");
    // A key that the caller may not read, in the order or in the primary key.
    for url in [
        "/acorn?select=id&order=secret&limit=4&cursor=",
        "/chestnut?select=note&order=note&limit=1&cursor=",
    ] {
        server
            .get(url)
            .token(&ann)
            .send()
            .await
            .refused(403, "42501");
    }
}

#[tokio::test]
async fn rows_that_come_and_go_move_no_others() {
    let fixture = Fixture::own_with(SCRIPT).await;
    let server = fixture.serve().await;
    let admin = fixture.admin().await;
    let first = server
        .get("/twig?select=bough,place&order=bough&limit=7&cursor=")
        .send()
        .await;
    execute(
        &admin,
        "delete from api.bud; delete from api.twig where bough = 1 or (bough, place) = (0, 0); \
         insert into api.twig values (-1, 0, 'before'), (2, 9, 'behind');",
    )
    .await;
    let rest = pages(&server, &next(&first).unwrap(), |call| call)
        .await
        .concat();
    let keys: Vec<_> = rest
        .iter()
        .map(|row| {
            (
                row["bough"].as_i64().unwrap(),
                row["place"].as_i64().unwrap(),
            )
        })
        .collect();
    let expected: Vec<_> = (2..5)
        .flat_map(|bough| {
            (0..5)
                .chain((bough == 2).then_some(9))
                .map(move |place| (bough, place))
        })
        .collect();
    assert_eq!(keys, expected);
}

#[tokio::test]
async fn an_index_finds_where_the_page_begins() {
    let fixture = fixture().await;
    let server = fixture
        .serve_with(|config| config.db_plan_enabled = true)
        .await;
    let mut url = "/trunk?order=at&limit=2000&cursor=".to_owned();
    for _ in 0..9 {
        url = next(&server.get(&url).send().await).unwrap();
    }
    let plan = server
        .get(&url)
        .header("accept", "application/vnd.pgrst.plan+text; options=analyze");
    let plan = plan.send().await;
    assert_eq!(plan.status, 200, "{}", plan.text());
    assert!(
        plan.text().contains("Index Cond: (ROW(at, id) > ROW("),
        "{}",
        plan.text()
    );
    // Directions that differ are spelled out, with a bound of the first.
    let mut url = "/trunk?order=at,id.desc&limit=2000&cursor=".to_owned();
    for _ in 0..9 {
        url = next(&server.get(&url).send().await).unwrap();
    }
    let plan = server
        .get(&url)
        .header("accept", "application/vnd.pgrst.plan+text; options=analyze");
    let plan = plan.send().await;
    assert!(
        plan.text().contains("Index Cond: (at >= "),
        "{}",
        plan.text()
    );
}

/// Following the links gives the rows of the whole, whatever the order.
#[tokio::test]
async fn every_order_gives_every_row_once_and_in_its_place() {
    let server = fixture().await.serve().await;
    let columns = vec![
        "moment", "amount", "ratio", "word", "bits", "flag", "kind", "day", "number", "data",
        "data->a", "data->>a", "id",
    ];
    let count = 0..=4_usize;
    let direction = select(vec!["", ".asc", ".desc"]);
    let nulls = select(vec!["", ".nullsfirst", ".nullslast"]);
    let order = subsequence(columns, count)
        .prop_shuffle()
        .prop_flat_map(move |columns| {
            let terms = columns.into_iter().map(|column| {
                (direction.clone(), nulls.clone())
                    .prop_map(move |(direction, nulls)| format!("{column}{direction}{nulls}"))
            });
            terms.collect::<Vec<_>>()
        });
    let strategy = (order, 1..30_usize);
    let mut runner = TestRunner::deterministic();
    for _ in 0..60 {
        let (order, limit) = strategy.new_tree(&mut runner).unwrap().current();
        let mut whole = order.clone();
        whole.push("id".to_owned());
        let whole = format!("/leaf?order={}", whole.join(",")).replace('>', "%3E");
        let whole = server.get(&whole).send().await.ok();
        let order = if order.is_empty() {
            String::new()
        } else {
            format!("order={}&", order.join(","))
        };
        let url = format!("/leaf?{order}limit={limit}&cursor=").replace('>', "%3E");
        let pages = pages(&server, &url, |call| call).await;
        assert!(pages.iter().all(|page| page.len() <= limit), "{url}");
        assert_eq!(json!(pages.concat()), whole, "{url}");
    }
}

#[tokio::test]
async fn a_cursor_is_one_however_it_is_written() {
    let server = fixture().await.serve().await;
    for url in ["/twig?limit=10&%63ursor=", "/twig?cursor=&&limit=10"] {
        let pages = pages(&server, url, |call| call).await;
        let sizes: Vec<usize> = pages.iter().map(Vec::len).collect();
        assert_eq!(sizes, [10, 10, 5], "{url}");
    }
    let first = server.get("/twig?limit=10&cursor=").send().await;
    let link = next(&first).unwrap().replace("cursor=A", "cursor=%41");
    let second = server.get(&link).send().await;
    assert_eq!(second.ok().as_array().unwrap().len(), 10);
    let third = server.get(&next(&second).unwrap()).send().await;
    assert_eq!(third.ok().as_array().unwrap().len(), 5);
}

#[tokio::test]
async fn keys_of_any_type_and_under_any_settings_lead_on() {
    let fixture = Fixture::own_with(SCRIPT).await;
    let admin = fixture.admin().await;
    // As one would have it who prints few digits, and dates his way.
    let login = fixture.role("authenticator");
    let settings = format!(
        "alter role {login} set extra_float_digits = -3; alter role {login} set datestyle = 'SQL, DMY'"
    );
    execute(&admin, &settings).await;
    let server = fixture.serve().await;
    for (url, expected) in [
        ("/odd_key?order=place", [3, 2, 1, 4]),
        ("/odd_key?order=place.desc", [1, 4, 2, 3]),
        ("/odd_key?order=ratio", [1, 4, 3, 2]),
        ("/odd_key?order=ratio.desc", [2, 3, 1, 4]),
    ] {
        let url = format!("{url}&select=id&limit=1&cursor=");
        assert_eq!(
            ids(&pages(&server, &url, |call| call).await.concat()),
            expected,
            "{url}"
        );
    }
    let kinds = pages(&server, "/odd_key?order=kind&limit=1&cursor=", |call| call).await;
    assert_eq!(kinds.len(), 4);
    let days = pages(
        &server,
        "/leaf?order=day,moment&select=id&limit=9&cursor=",
        |call| call,
    )
    .await;
    let mut found = ids(&days.concat());
    found.sort_unstable();
    assert_eq!(found, (1..=70).collect::<Vec<i64>>());
}

#[tokio::test]
async fn a_link_is_never_too_long() {
    let server = fixture().await.serve().await;
    let url = "/long_word?order=word&limit=1&cursor=";
    let error = server.get(url).send().await.refused(400, "RD120");
    assert!(error["hint"].as_str().unwrap().contains("limit and offset"));
    // Of a QUERY the link has what stands in the URL: the body is sent again.
    let form = "application/x-www-form-urlencoded";
    let ids: Vec<String> = (0..40_000).map(|id| id.to_string()).collect();
    let body = format!("id=in.({})&cursor=", ids.join(","));
    let query = |url: &str| server.call("QUERY", url).body(form, body.clone()).send();
    let first = query("/bud?select=id&limit=30").await;
    let link = next(&first).unwrap();
    assert!(
        link.starts_with("/bud?select=id&limit=30&cursor="),
        "{link}"
    );
    let second = query(&link).await;
    assert_eq!(second.ids(), (30..40).collect::<Vec<i64>>());
    assert_eq!(next(&second), None);
}
