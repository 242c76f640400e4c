//! OpenAPI 3.1: what this server really does for one caller.

mod common;
mod model;
mod names;
mod operators;
mod relations;
mod routines;
mod types;

use serde_json::{Value, json};

use super::members::Members;
use super::{Api, Site, comment};
use model::{Components, Content, Document, Info, Operation, OrRef, PathItem, Response, Server};
use names::segment;

/// The description, as JSON.
#[must_use]
pub fn openapi(api: &Api) -> String {
    serde_json::to_string(&document(api)).expect("its keys are strings")
}

fn document(api: &Api) -> Document {
    let mut paths = Members::new();
    let mut schemas: Members<Value> = Members::new();
    let mut parameters = common::parameters();
    paths.insert("/", root());
    for relation in &api.relations {
        let Some(item) = relations::path_item(api, relation) else {
            continue;
        };
        paths.insert(format!("/{}", segment(relation.name())), item);
        for (name, schema) in relations::schemas(api, relation) {
            schemas.insert(name, schema);
        }
        for (name, parameter) in relations::filters(api, relation) {
            parameters.insert(name, parameter);
        }
    }
    schemas.insert("Error", common::error_schema());
    let overloads = api
        .routines
        .chunk_by(|one, other| one.name() == other.name());
    for overloads in overloads {
        if let Some(first) = overloads.first() {
            let path = format!("/rpc/{}", segment(first.name()));
            paths.insert(path, routines::path_item(api, overloads));
        }
    }
    Document {
        openapi: "3.1.1",
        info: info(api),
        servers: [Server {
            url: address(api.site),
        }],
        security: security(api.site),
        paths,
        components: Components {
            schemas,
            parameters,
            responses: common::failures(),
            headers: common::headers(),
            security_schemes: Members::from_iter([("bearer".to_owned(), token())]),
        },
    }
}

fn info(api: &Api) -> Info {
    let (title, description) = comment::split(api.comment.as_deref());
    Info {
        title: title.unwrap_or_else(|| format!("API of schema {}", api.schema)),
        description,
        version: env!("CARGO_PKG_VERSION"),
    }
}

/// A token, or none where a role stands for those without.
fn security(site: &Site) -> Vec<Members<[String; 0]>> {
    let token = Members::from_iter([("bearer".to_owned(), [])]);
    let nothing = site.takes_anonymous.then(Members::new);
    std::iter::once(token).chain(nothing).collect()
}

fn token() -> Value {
    json!({
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "JWT",
        "description": "A token whose role claim names the role that the request runs as.",
    })
}

/// What stands for all addresses is no address to go to.
fn address(site: &Site) -> String {
    let host = match site.host.as_str() {
        "*" | "*4" | "!4" | "*6" | "!6" | "0.0.0.0" | "::" => "localhost",
        host => host,
    };
    let path = site.path.trim_end_matches('/');
    match (site.scheme.as_str(), site.port) {
        ("http", 80) | ("https", 443) => format!("{}://{host}{path}", site.scheme),
        (scheme, port) => format!("{scheme}://{host}:{port}{path}"),
    }
}

fn root() -> PathItem {
    let document = || Content {
        schema: json!({ "type": "object" }),
    };
    let content = Members::from_iter([
        ("application/openapi+json".to_owned(), document()),
        (
            "application/vnd.oai.openapi+json;version=3.1".to_owned(),
            document(),
        ),
    ]);
    let mut responses = Members::new();
    let described = Response {
        description: "OpenAPI 2.0, or 3.1 where that is accepted.",
        content,
        ..Response::default()
    };
    responses.insert("200", OrRef::Inline(described));
    common::failing(&mut responses, &[]);
    PathItem {
        get: Some(Operation {
            id: "describe".to_owned(),
            tags: ["Introspection".to_owned()],
            summary: Some("The description of the API (this document)".to_owned()),
            description: None,
            parameters: Vec::new(),
            request_body: None,
            responses,
        }),
        ..PathItem::default()
    }
}
