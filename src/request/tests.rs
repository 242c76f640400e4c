//! Requests as a whole: path, method, headers.

use bytes::Bytes;

use super::{
    Action, ApiRequest, Mutation, RawRequest, RequestError, Target, media_type::MediaType, path,
    payload::Payload, range::RowRange,
};
use crate::error::ClientError;

fn parse(
    method: &str,
    uri: &str,
    headers: &[(&str, &str)],
    body: &'static str,
) -> Result<ApiRequest, RequestError> {
    let (path, query) = uri.split_once('?').unwrap_or((uri, ""));
    let headers: Vec<(String, String)> = headers
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()))
        .collect();
    ApiRequest::parse(&RawRequest {
        method,
        path,
        segments: &path::segments(path),
        query,
        headers: &headers,
        body: Bytes::from_static(body.as_bytes()),
    })
}

#[test]
fn paths_and_methods() {
    let relation = || Target::Relation("items".into());
    let routine = || Target::Routine("f".into());
    let mutation = Action::Mutate;
    for (method, path, target, action) in [
        ("GET", "/items", relation(), Action::Read { head: false }),
        ("HEAD", "/items", relation(), Action::Read { head: true }),
        ("POST", "/items", relation(), mutation(Mutation::Create)),
        ("PATCH", "/items", relation(), mutation(Mutation::Update)),
        ("PUT", "/items", relation(), mutation(Mutation::Upsert)),
        ("DELETE", "/items", relation(), mutation(Mutation::Delete)),
        ("OPTIONS", "/items", relation(), Action::Info),
        (
            "GET",
            "/rpc/f",
            routine(),
            Action::Call {
                head: false,
                safe: true,
            },
        ),
        (
            "HEAD",
            "/rpc/f",
            routine(),
            Action::Call {
                head: true,
                safe: true,
            },
        ),
        (
            "POST",
            "/rpc/f",
            routine(),
            Action::Call {
                head: false,
                safe: false,
            },
        ),
        ("OPTIONS", "/rpc/f", routine(), Action::Info),
        ("GET", "/", Target::Root, Action::Inspect { head: false }),
        ("HEAD", "/", Target::Root, Action::Inspect { head: true }),
        ("OPTIONS", "/", Target::Root, Action::Info),
        (
            "GET",
            "/rpc",
            Target::Relation("rpc".into()),
            Action::Read { head: false },
        ),
    ] {
        let request = parse(method, path, &[], "{}").expect(path);
        assert_eq!(
            (request.target, request.action),
            (target, action),
            "{method} {path}"
        );
    }
}

#[test]
fn refused_paths_and_methods() {
    for (method, path, code, status, message) in [
        (
            "PATCH",
            "/rpc/f",
            "PGRST101",
            405,
            "Cannot use the PATCH method on RPC",
        ),
        (
            "DELETE",
            "/rpc/f",
            "PGRST101",
            405,
            "Cannot use the DELETE method on RPC",
        ),
        (
            "PUT",
            "/rpc/f",
            "PGRST101",
            405,
            "Cannot use the PUT method on RPC",
        ),
        (
            "CONNECT",
            "/items",
            "PGRST117",
            405,
            "Unsupported HTTP method: CONNECT",
        ),
        (
            "get",
            "/items",
            "PGRST117",
            405,
            "Unsupported HTTP method: get",
        ),
        (
            "POST",
            "/",
            "PGRST117",
            405,
            "Unsupported HTTP method: POST",
        ),
        (
            "GET",
            "/items/5",
            "PGRST125",
            404,
            "Invalid path specified in request URL",
        ),
        (
            "GET",
            "/items/",
            "PGRST125",
            404,
            "Invalid path specified in request URL",
        ),
        (
            "GET",
            "/rpc/f/g",
            "PGRST125",
            404,
            "Invalid path specified in request URL",
        ),
        (
            "PATCH",
            "/a/b",
            "PGRST125",
            404,
            "Invalid path specified in request URL",
        ),
    ] {
        let error = parse(method, path, &[], "").expect_err(path);
        assert_eq!(error.to_string(), message);
        assert_eq!((error.code().text(), error.code().status()), (code, status));
        assert_eq!((error.details(), error.hint()), (None, None));
    }
}

#[test]
fn the_profile_header_depends_on_the_method() {
    let headers = [
        ("accept-profile", "reading"),
        ("content-profile", "writing"),
    ];
    for (method, uri, expected) in [
        ("GET", "/items", "reading"),
        ("HEAD", "/items", "reading"),
        ("OPTIONS", "/items", "reading"),
        ("GET", "/rpc/f", "reading"),
        ("POST", "/items", "writing"),
        ("PUT", "/items", "writing"),
        ("PATCH", "/items", "writing"),
        ("DELETE", "/items", "writing"),
        ("POST", "/rpc/f", "writing"),
    ] {
        let request = parse(method, uri, &headers, "{}").expect(method);
        assert_eq!(request.schema.as_deref(), Some(expected), "{method}");
    }
    let one_sided = parse("GET", "/items", &[("content-profile", "writing")], "");
    assert_eq!(one_sided.expect("valid").schema, None);
}

#[test]
fn headers_are_read() {
    let request = parse(
        "GET",
        "/items?limit=10",
        &[
            (
                "Accept",
                "text/csv;q=0.5, application/vnd.pgrst.object+json",
            ),
            ("Range-Unit", "items"),
            ("Range", "5-24"),
            ("Prefer", "count=exact"),
            ("prefer", "handling=strict"),
            ("Cookie", "a=b; c=d=e;f"),
            ("X-Thing", "y"),
        ],
        "",
    )
    .expect("valid");
    let object = MediaType::Object {
        nulls_stripped: false,
    };
    assert_eq!(request.accept, [object, MediaType::Csv]);
    let range = RowRange {
        offset: 5,
        limit: Some(5),
    };
    assert_eq!(request.range, range);
    let applied = request.preferences.applied();
    assert_eq!(applied.as_deref(), Some("count=exact, handling=strict"));
    let pair = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    assert_eq!(
        request.cookies,
        [pair("a", "b"), pair("c", "d=e"), pair("f", "")]
    );
    assert!(request.headers.contains(&pair("x-thing", "y")));
    assert!(request.headers.iter().all(|(name, _)| name != "cookie"));
    assert_eq!(request.content_type, MediaType::Json);
    assert_eq!(request.body, None);
}

#[test]
fn calls_leave_their_parameters_to_the_plan() {
    let request = parse(
        "GET",
        "/rpc/f?a=5&priority=in.(1&or=(x.eq.1)&limit=3",
        &[],
        "",
    );
    let request = request.expect("arguments are not tried as filters");
    assert_eq!(request.query.params.len(), 2);
    assert_eq!(request.query.logic.len(), 1);
    assert_eq!(request.range.limit, Some(3));

    let request = parse("POST", "/rpc/f?priority=eq.high", &[], r#"{"a": 1}"#);
    let Ok(ApiRequest {
        body: Some(Payload::Object(body)),
        query,
        ..
    }) = request
    else {
        panic!("a call with an object");
    };
    assert_eq!(body.members, [("a".to_owned(), "1".to_owned())]);
    assert_eq!(query.params.len(), 1);
}

#[test]
fn of_several_faults_the_first_is_told() {
    for (method, uri, code) in [
        ("PATCH", "/rpc/f?order=(&limit=-1", "PGRST101"),
        ("POST", "/items?order=(&limit=-1", "PGRST100"),
        ("POST", "/items?id=5&on_conflict=:", "PGRST100"),
        ("POST", "/items?limit=-1", "PGRST103"),
        ("PUT", "/items?limit=1", "PGRST114"),
        ("POST", "/items", "PGRST102"),
    ] {
        let error = parse(method, uri, &[], "no json").expect_err(uri);
        assert_eq!(error.code().text(), code, "{uri}");
    }
}

#[test]
fn what_is_no_text_is_refused() {
    for uri in ["/items?a=eq.%FF", "/items?a=eq.%00", "/rpc/f?%C3=1"] {
        let error = parse("GET", uri, &[], "").expect_err(uri);
        assert_eq!(error.code().text(), "PGRST100", "{uri}");
    }
}
