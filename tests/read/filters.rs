//! Which rows: operators, logic, names.

use serde_json::json;

use crate::harness::fixture::Fixture;
use crate::harness::server::TestServer;

/// What a client's library encodes for us.
fn encoded(query: &str) -> String {
    query.replace(' ', "%20").replace('>', "%3E")
}

/// Asserts, for each query string, the ids of the rows that it selects, in the order of their ids.
async fn select_by(server: &TestServer, cases: &[(&str, &[i64])]) {
    for (query, expected) in cases {
        let reply = server
            .get(&format!("/item?select=id&order=id&{}", encoded(query)))
            .send()
            .await;
        assert_eq!(reply.status, 200, "{query}: {}", reply.text());
        assert_eq!(reply.ids(), *expected, "{query}");
    }
}

#[tokio::test]
async fn every_operator_compares_as_its_sql_does() {
    let server = Fixture::shared().await.serve().await;
    select_by(
        &server,
        &[
            ("stock=eq.10", &[1]),
            ("stock=neq.10", &[3, 4, 5, 6]),
            ("stock=gt.5", &[1, 5]),
            ("stock=gte.5", &[1, 4, 5]),
            ("stock=lt.5", &[3, 6]),
            ("stock=lte.5", &[3, 4, 6]),
            ("price=eq.1.5", &[1]),
            ("released=gte.2025-03-01", &[4, 5, 6]),
            ("size=eq.small", &[1, 2]),
            ("size=gt.small", &[3, 5, 6]),
            ("stock=isdistinct.10", &[2, 3, 4, 5, 6]),
            ("stock=not.isdistinct.10", &[1]),
            ("stock=not.eq.10", &[3, 4, 5, 6]),
            ("stock=not.gt.5", &[3, 4, 6]),
            ("stock=gt.0&stock=lt.7", &[4, 6]),
            ("name=eq.", &[]),
            ("stock=eq.-1", &[]),
        ],
    )
    .await;
}

#[tokio::test]
async fn lists_and_the_words_of_is() {
    let server = Fixture::shared().await.serve().await;
    select_by(
        &server,
        &[
            ("id=in.(1,3,99)", &[1, 3]),
            ("id=not.in.(1,3)", &[2, 4, 5, 6]),
            ("id=in.()", &[]),
            ("id=not.in.()", &[1, 2, 3, 4, 5, 6]),
            ("id=in.( 1 , 3 )", &[1, 3]),
            ("name=in.(%22Cherry, dark%22,Apple)", &[1, 4]),
            ("name=in.(%22100%25 \\%22juice\\%22 (b)%22)", &[6]),
            ("size=in.(small,large)", &[1, 2, 3, 5, 6]),
            ("stock=is.null", &[2]),
            ("stock=not.is.null", &[1, 3, 4, 5, 6]),
            ("stock=is.not_null", &[1, 3, 4, 5, 6]),
            ("active=is.true", &[1, 2, 6]),
            ("active=is.false", &[3, 5]),
            ("active=is.unknown", &[4]),
            ("active=is.NULL", &[4]),
            ("active=not.is.true", &[3, 4, 5]),
        ],
    )
    .await;
}

#[tokio::test]
async fn patterns_take_stars_and_quantifiers() {
    let server = Fixture::shared().await.serve().await;
    select_by(
        &server,
        &[
            ("name=like.A*", &[1]),
            ("name=like.A%25", &[1]),
            ("name=like.*an*", &[3]),
            ("name=ilike.a*", &[1, 2]),
            ("name=ilike.*APR*", &[2]),
            ("name=not.ilike.a*", &[3, 4, 5, 6]),
            ("name=like._pple", &[1]),
            ("name=like.100\\%25*", &[6]),
            ("name=match.%5EA", &[1]),
            ("name=imatch.%5EA", &[1, 2]),
            ("name=match.(an){2}", &[3]),
            ("name=not.match.%5EA", &[2, 3, 4, 5, 6]),
            ("name=like(any).{A*,B*}", &[1, 3]),
            ("name=ilike(all).{a*,*p*}", &[1, 2]),
            ("stock=eq(any).{1,5}", &[4, 6]),
            ("stock=gt(all).{0,5}", &[1, 5]),
            ("stock=not.eq(any).{1,5}", &[1, 3, 5]),
        ],
    )
    .await;
}

#[tokio::test]
async fn arrays_ranges_and_json() {
    let server = Fixture::shared().await.serve().await;
    select_by(
        &server,
        &[
            ("tags=cs.{fruit}", &[1, 2, 3]),
            ("tags=cs.{red,fruit}", &[1]),
            ("tags=cd.{red,fruit}", &[1, 2, 4]),
            ("tags=ov.{yellow,red}", &[1, 3, 6]),
            ("tags=not.ov.{fruit}", &[4, 5, 6]),
            ("tags=eq.{}", &[4]),
            ("tags=cs.{%22a,b%22}", &[6]),
            ("tags=cs.{%22with space%22}", &[5]),
            ("span=cs.[3,3]", &[1, 6]),
            ("span=cs.[2,4)", &[1, 6]),
            ("span=cd.[0,10]", &[1, 2, 5]),
            ("span=ov.[4,6)", &[1, 2, 6]),
            ("span=sl.[10,11)", &[1, 2]),
            ("span=sr.[1,5)", &[2, 3]),
            ("span=nxr.[0,9]", &[1, 2]),
            ("span=nxl.[5,6)", &[2, 3]),
            ("span=adj.[20,30)", &[3]),
            ("span=eq.empty", &[5]),
            ("data=cs.{%22a%22:{%22b%22:%22x%22}}", &[1]),
            ("data=eq.%22text%22", &[6]),
            ("data->a->>b=eq.x", &[1]),
            ("data->a->>b=eq.y", &[2]),
            ("data->a->>b=in.(x,y)", &[1, 2]),
            ("data->a->n=gt.1", &[2]),
            ("data->list->0=eq.10", &[1]),
            ("data->list->>-1=eq.20", &[1]),
            ("data->a->>missing=is.null", &[1, 2, 3, 4, 5, 6]),
            ("data->>a=not.is.null", &[1, 2]),
            ("tags->>0=eq.red", &[1, 6]),
        ],
    )
    .await;
}

#[tokio::test]
async fn words_are_searched_in_text() {
    let server = Fixture::shared().await.serve().await;
    select_by(
        &server,
        &[
            ("name=fts.apple", &[1]),
            ("name=plfts(english).dark cherries", &[4]),
            ("name=phfts.cherry dark", &[4]),
            ("name=wfts.apple or banana", &[1, 3]),
            ("name=not.fts.apple", &[2, 3, 4, 5, 6]),
        ],
    )
    .await;
}

#[tokio::test]
async fn conditions_nest_in_and_or_not() {
    let server = Fixture::shared().await.serve().await;
    select_by(
        &server,
        &[
            ("or=(id.eq.1,id.eq.3)", &[1, 3]),
            ("and=(id.gt.1,id.lt.4)", &[2, 3]),
            ("not.or=(id.eq.1,id.eq.3)", &[2, 4, 5, 6]),
            ("not.and=(id.gt.1,id.lt.4)", &[1, 4, 5, 6]),
            ("or=(id.eq.1,and(id.gt.2,id.lt.5))", &[1, 3, 4]),
            ("or=(id.eq.1,not.and(id.gt.2,id.lte.6))", &[1, 2]),
            ("or=(id.in.(1,2),name.like.B*)", &[1, 2, 3]),
            ("or=(stock.is.null,stock.not.gt.1)", &[2, 3, 6]),
            ("or=(name.eq.%22Cherry, dark%22,id.eq.1)", &[1, 4]),
            ("or=(tags.cs.{yellow},tags.ov.{red,blue})", &[1, 3, 6]),
            ("or=(data->a->>b.eq.x,id.eq.6)", &[1, 6]),
            ("or=(id.eq.1,id.eq.2)&or=(id.eq.2,id.eq.3)", &[2]),
            ("or=(id.eq.1,id.eq.3)&active=is.true", &[1]),
        ],
    )
    .await;
}

#[tokio::test]
async fn names_that_need_quotes_or_are_not_ascii() {
    let server = Fixture::shared().await.serve().await;
    for (url, expected) in [
        (
            "/Odd%20Name?select=Zahl%201&%22Zahl%201%22=eq.1",
            json!([{"Zahl 1": 1}]),
        ),
        (
            "/Odd%20Name?select=Zahl%201&Zahl%201=eq.2",
            json!([{"Zahl 1": 2}]),
        ),
        (
            "/Odd%20Name?select=gr%C3%B6%C3%9Fe&gr%C3%B6%C3%9Fe=eq.gro%C3%9F",
            json!([{"größe": "groß"}]),
        ),
        (
            "/Odd%20Name?select=%22a.b%22,%22a,b%22&%22a.b%22=eq.dot",
            json!([{"a.b": "dot", "a,b": "comma"}]),
        ),
        (
            "/Odd%20Name?select=%22q%5C%22q%22&%22q%5C%22q%22=not.is.null",
            json!([{"q\"q": "quote"}]),
        ),
        (
            "/Odd%20Name?select=%22select%22&%22select%22=eq.word",
            json!([{"select": "word"}]),
        ),
        (
            "/Odd%20Name?select=Zahl%201&order=%22a.b%22.nullsfirst,Zahl%201",
            json!([{"Zahl 1": 2}, {"Zahl 1": 1}]),
        ),
        (
            "/Odd%20Name?select=Zahl%201&or=(%22a.b%22.eq.dot,%22a,b%22.eq.none)",
            json!([{"Zahl 1": 1}]),
        ),
        ("/%E8%A1%A8?%E5%90%8D=eq.%E5%80%A4", json!([{"名": "値"}])),
        ("/item?select=id&name=like.%C3%9C*", json!([{"id": 5}])),
        (
            "/item?select=id&name=eq.%C3%9Cn%C3%AFcode%20%E2%98%83",
            json!([{"id": 5}]),
        ),
        (
            "/item?select=id&name=eq.%C3%9Cn%C3%AFcode+%E2%98%83",
            json!([{"id": 5}]),
        ),
    ] {
        let reply = server.get(url).send().await;
        assert_eq!(reply.status, 200, "{url}: {}", reply.text());
        assert_eq!(reply.json(), expected, "{url}");
    }
}

#[tokio::test]
async fn values_stay_values_whatever_they_hold() {
    let server = Fixture::shared().await.serve().await;
    for value in [
        "'",
        "''; drop table api.item; --",
        "$1",
        "\\",
        "\"",
        "E'\\n'",
    ] {
        let value = encoded(value).replace('"', "%22");
        let reply = server
            .get(&format!("/item?select=id&name=eq.{value}"))
            .send()
            .await;
        assert_eq!(reply.ok(), json!([]), "{value}");
    }
    assert_eq!(server.get("/item?select=id").send().await.ids().len(), 6);
}
