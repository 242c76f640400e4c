//! Whole answers, request by request.

use bytes::Bytes;

use super::{Answer, Body, Change, Outcome, Presentation, ResponseError, call, change, read};
use crate::{
    error::ClientError,
    request::{Action, ApiRequest, RawRequest, media_type::MediaType, path},
};

const ROWS: &[u8] = b"[{\"id\":1}]";

fn request(method: &str, uri: &str, headers: &[(&str, &str)]) -> ApiRequest {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    let is_csv = headers.iter().any(|(_, value)| value == "text/csv");
    ApiRequest::parse(&RawRequest {
        method,
        path,
        segments: &path::segments(path),
        query,
        headers: &headers,
        body: Bytes::from_static(if is_csv { b"name\n" } else { b"" }),
    })
    .expect("a valid request")
}

fn outcome(page_total: i64, total: Option<i64>) -> Outcome {
    Outcome {
        page_total,
        total,
        body: Bytes::from_static(ROWS),
    }
}

fn as_json(profile: Option<&str>) -> Presentation<'_> {
    Presentation {
        media_type: &MediaType::Json,
        profile,
        next: None,
        etag: None,
        legacy_names: &[],
    }
}

/// `200 Name: value; Name: value`, to be compared as one.
fn shown(answer: &Answer) -> String {
    let headers: Vec<String> = answer
        .headers
        .iter()
        .map(|(name, value)| format!("{name}: {value}"))
        .collect();
    format!("{} {}", answer.status, headers.join(" | "))
}

#[test]
fn reading() {
    let prefer = |value| [("prefer", value)];
    for (method, uri, headers, (page, total), expected) in [
        (
            "GET",
            "/items",
            &[][..],
            (15, None),
            "200 Content-Range: 0-14/* | Content-Location: /items | Content-Type: application/json; charset=utf-8",
        ),
        (
            "GET",
            "/no_pk?b=eq.1&a=eq.1",
            &prefer("count=exact"),
            (2, Some(2)),
            "200 Content-Range: 0-1/2 | Content-Location: /no_pk?a=eq.1&b=eq.1 | Content-Type: application/json; charset=utf-8 | Preference-Applied: count=exact",
        ),
        (
            "GET",
            "/items?limit=2",
            &prefer(
                "count=exact, return=representation, missing=null, resolution=merge-duplicates",
            ),
            (2, Some(15)),
            "206 Content-Range: 0-1/15 | Content-Location: /items?limit=2 | Content-Type: application/json; charset=utf-8 | Preference-Applied: count=exact",
        ),
        (
            "HEAD",
            "/items?limit=3&offset=2",
            &prefer("handling=strict, max-affected=5, timezone=UTC"),
            (3, None),
            "200 Content-Range: 2-4/* | Content-Location: /items?limit=3&offset=2 | Content-Type: application/json; charset=utf-8 | Preference-Applied: handling=strict, timezone=UTC",
        ),
    ] {
        let request = request(method, uri, headers);
        let relation = uri
            .trim_start_matches('/')
            .split('?')
            .next()
            .expect("a name");
        let answer = read(&request, relation, as_json(None), outcome(page, total));
        assert_eq!(shown(&answer), expected);
        let body = if method == "HEAD" {
            Body::Empty
        } else {
            Body::Bytes(Bytes::from_static(ROWS))
        };
        assert_eq!(answer.body, body);
    }
}

#[test]
fn a_page_behind_the_end() {
    for uri in ["/items?offset=100", "/rpc/f?offset=100"] {
        let request = request("GET", uri, &[("prefer", "count=exact")]);
        let answer = if uri.starts_with("/rpc") {
            call(&request, false, as_json(None), outcome(0, Some(15)))
        } else {
            read(&request, "items", as_json(None), outcome(0, Some(15)))
        };
        assert_eq!(answer.status, 416);
        assert_eq!(answer.header("content-range"), Some("*/15"));
        let Body::Error(error) = answer.body else {
            panic!("an error in the body");
        };
        assert_eq!(error.to_string(), "Requested range not satisfiable");
        assert_eq!(error.code().text(), "PGRST103");
        let details = "An offset of 100 was requested, but there are only 15 rows.";
        assert_eq!(error.details(), Some(details.into()));
        assert_eq!(error.hint(), None);
    }
}

#[test]
fn without_a_count_no_page_is_behind_the_end() {
    let request = request("GET", "/items?offset=100", &[]);
    let answer = read(&request, "items", as_json(None), outcome(0, None));
    assert_eq!(answer.status, 200);
    assert_eq!(answer.header("content-range"), Some("*/*"));
}

#[test]
fn calling() {
    for (method, uri, prefer, returns_void, (page, total), expected) in [
        (
            "POST",
            "/rpc/f",
            "count=exact",
            false,
            (5, Some(5)),
            "200 Content-Range: 0-4/5 | Preference-Applied: count=exact | Content-Type: application/json; charset=utf-8",
        ),
        (
            "GET",
            "/rpc/f?limit=1&offset=1",
            "handling=strict, max-affected=5, return=minimal",
            false,
            (1, None),
            "200 Content-Range: 1-1/* | Preference-Applied: handling=strict, max-affected=5 | Content-Type: application/json; charset=utf-8",
        ),
        (
            "HEAD",
            "/rpc/f?limit=1&offset=1",
            "count=exact",
            false,
            (1, Some(2)),
            "206 Content-Range: 1-1/2 | Preference-Applied: count=exact | Content-Type: application/json; charset=utf-8",
        ),
        (
            "POST",
            "/rpc/f",
            "",
            true,
            (1, None),
            "204 Content-Range: 0-0/*",
        ),
    ] {
        let request = request(method, uri, &[("prefer", prefer)]);
        let answer = call(&request, returns_void, as_json(None), outcome(page, total));
        assert_eq!(shown(&answer), expected);
        let is_empty = method == "HEAD" || returns_void;
        assert_eq!(answer.body == Body::Empty, is_empty);
    }
}

/// The one row that a change made, and how many were new.
type Made = (&'static [(&'static str, Option<&'static str>)], Option<i64>);

#[test]
fn changing() {
    let id: Made = (&[("id", Some("5"))], None);
    let view: Made = (&[("k 1", Some("Rock & R+ll")), ("k2", None)], None);
    let made = |rows| (&[] as &[(&str, Option<&str>)], rows);
    let json = "Content-Type: application/json; charset=utf-8";
    let full = format!("Preference-Applied: return=representation | {json}");
    for (method, prefer, rows, (key, inserted), expected) in [
        ("POST", "", 1, made(None), "201 Content-Range: */*".to_owned()),
        (
            "POST",
            "count=exact, handling=strict, max-affected=1",
            2,
            made(None),
            "201 Content-Range: */2 | Preference-Applied: count=exact, handling=strict".to_owned(),
        ),
        (
            "POST",
            "return=headers-only",
            1,
            id,
            "201 Location: /items?id=eq.5 | Content-Range: */* | Preference-Applied: return=headers-only"
                .to_owned(),
        ),
        (
            "POST",
            "",
            1,
            view,
            "201 Location: /items?k%201=eq.Rock%20%26%20R%2Bll&k2=is.null | Content-Range: */*"
                .to_owned(),
        ),
        (
            "POST",
            "return=representation",
            1,
            made(None),
            format!("201 Content-Range: */* | {full}"),
        ),
        (
            "POST",
            "resolution=merge-duplicates",
            2,
            made(Some(1)),
            "201 Content-Range: */* | Preference-Applied: resolution=merge-duplicates".to_owned(),
        ),
        (
            "POST",
            "resolution=merge-duplicates",
            2,
            made(Some(0)),
            "200 Content-Range: */* | Preference-Applied: resolution=merge-duplicates".to_owned(),
        ),
        (
            "POST",
            "resolution=ignore-duplicates, missing=default",
            0,
            made(None),
            "201 Content-Range: */* | Preference-Applied: resolution=ignore-duplicates, missing=default"
                .to_owned(),
        ),
        ("PATCH", "", 3, made(None), "204 Content-Range: 0-2/*".to_owned()),
        ("PATCH", "", 0, made(None), "204 Content-Range: */*".to_owned()),
        (
            "PATCH",
            "count=exact, resolution=merge-duplicates",
            0,
            made(None),
            "204 Content-Range: */0 | Preference-Applied: count=exact".to_owned(),
        ),
        (
            "PATCH",
            "return=representation",
            1,
            made(None),
            format!("200 Content-Range: 0-0/* | {full}"),
        ),
        (
            "DELETE",
            "return=minimal, handling=strict, max-affected=9",
            3,
            made(None),
            "204 Content-Range: */* | Preference-Applied: return=minimal, handling=strict, max-affected=9"
                .to_owned(),
        ),
        (
            "DELETE",
            "return=representation",
            3,
            made(None),
            format!("200 Content-Range: */* | {full}"),
        ),
        ("PUT", "", 1, made(Some(1)), "204 ".to_owned()),
        (
            "PUT",
            "return=representation",
            1,
            made(Some(1)),
            format!("201 {full}"),
        ),
        (
            "PUT",
            "return=representation",
            1,
            made(Some(0)),
            format!("200 {full}"),
        ),
    ] {
        let headers = [("prefer", prefer), ("content-type", "text/csv")];
        let request = request(method, "/items", &headers);
        let Action::Mutate(mutation) = request.action else {
            panic!("{method} is a change");
        };
        let of = Change {
            mutation,
            relation: "items",
            key,
            inserted,
            resolves_conflicts: true,
        };
        let answer = change(&request, &of, as_json(None), outcome(rows, None));
        assert_eq!(shown(&answer), expected, "{method} {prefer}");
        let is_shown = prefer.contains("representation");
        assert_eq!(answer.body == Body::Empty, !is_shown, "{method} {prefer}");
    }
}

#[test]
fn a_negotiated_schema_and_media_type_are_told() {
    let request = request("GET", "/items", &[]);
    let presentation = Presentation {
        media_type: &MediaType::Csv,
        profile: Some("v2"),
        next: None,
        etag: None,
        legacy_names: &[],
    };
    let answer = read(&request, "items", presentation, outcome(1, None));
    assert_eq!(
        answer.header("Content-Type"),
        Some("text/csv; charset=utf-8")
    );
    assert_eq!(answer.header("Content-Profile"), Some("v2"));
}

#[test]
fn errors_are_the_rooms_own() {
    let error = ResponseError::NotSingular { rows: 4 };
    assert_eq!(
        error.to_string(),
        "Cannot coerce the result to a single JSON object"
    );
    assert_eq!(error.code().status(), 406);
}
