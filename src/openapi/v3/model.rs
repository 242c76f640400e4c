//! The parts of an OpenAPI 3.1 document that are used here. Schemas are JSON Schema (2020-12), as values.

use serde::Serialize;
use serde_json::Value;

use crate::openapi::members::Members;

#[derive(Serialize)]
pub struct Document {
    pub openapi: &'static str,
    pub info: Info,
    pub servers: [Server; 1],
    pub security: Vec<Members<[String; 0]>>,
    pub paths: Members<PathItem>,
    pub components: Components,
}

#[derive(Serialize)]
pub struct Info {
    pub title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub version: &'static str,
}

#[derive(Serialize)]
pub struct Server {
    pub url: String,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Components {
    pub schemas: Members<Value>,
    pub parameters: Members<Parameter>,
    pub responses: Members<Response>,
    pub headers: Members<Value>,
    pub security_schemes: Members<Value>,
}

#[derive(Default, Serialize)]
pub struct PathItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub get: Option<Operation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Operation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub put: Option<Operation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<Operation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<Operation>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Operation {
    #[serde(rename = "operationId")]
    pub id: String,
    pub tags: [String; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<OrRef<Parameter>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub request_body: Option<RequestBody>,
    pub responses: Members<OrRef<Response>>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub enum OrRef<T> {
    Ref {
        #[serde(rename = "$ref")]
        reference: String,
    },
    Inline(T),
}

#[derive(Serialize)]
pub struct Parameter {
    pub name: String,
    pub r#in: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub required: bool,
    pub schema: Value,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Value>,
}

#[derive(Serialize)]
pub struct RequestBody {
    pub required: bool,
    pub content: Members<Content>,
}

#[derive(Default, Serialize)]
pub struct Response {
    pub description: &'static str,
    #[serde(skip_serializing_if = "Members::is_empty")]
    pub headers: Members<OrRef<Value>>,
    #[serde(skip_serializing_if = "Members::is_empty")]
    pub content: Members<Content>,
}

/// What a body of one media type is.
#[derive(Serialize)]
pub struct Content {
    pub schema: Value,
}

impl<T> OrRef<T> {
    /// A component of that kind: `parameters`, `responses`.
    pub fn to(kind: &str, name: &str) -> Self {
        Self::Ref {
            reference: format!("#/components/{kind}/{name}"),
        }
    }
}

impl Parameter {
    pub fn query(name: &str, description: Option<String>, schema: Value) -> Self {
        Self {
            name: name.to_owned(),
            r#in: "query",
            description,
            required: false,
            schema,
            example: None,
        }
    }

    pub fn header(name: &str, description: &str, schema: Value) -> Self {
        Self {
            r#in: "header",
            ..Self::query(name, Some(description.to_owned()), schema)
        }
    }
}
