//! The parts of an OpenAPI 2.0 document that are used here.

use serde::Serialize;
use serde_json::Value;

use crate::openapi::members::Members;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Document {
    pub swagger: &'static str,
    pub info: Info,
    pub host: String,
    pub base_path: String,
    pub schemes: [String; 1],
    pub consumes: Vec<&'static str>,
    pub produces: Vec<&'static str>,
    pub paths: Members<PathItem>,
    #[serde(skip_serializing_if = "Members::is_empty")]
    pub definitions: Members<Schema>,
    pub parameters: Members<Parameter>,
    #[serde(skip_serializing_if = "Members::is_empty")]
    pub security_definitions: Members<SecurityScheme>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub security: Vec<Members<[String; 0]>>,
    pub external_docs: ExternalDocs,
}

#[derive(Serialize)]
pub struct Info {
    pub version: String,
    pub title: String,
    pub description: String,
}

#[derive(Serialize)]
pub struct ExternalDocs {
    pub description: &'static str,
    pub url: String,
}

#[derive(Serialize)]
pub struct SecurityScheme {
    pub r#type: &'static str,
    pub name: &'static str,
    pub r#in: &'static str,
    pub description: &'static str,
}

#[derive(Default, Serialize)]
pub struct PathItem {
    #[serde(skip_serializing_if = "Option::is_none")]
    pub get: Option<Operation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub post: Option<Operation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub patch: Option<Operation>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub delete: Option<Operation>,
}

#[derive(Serialize)]
pub struct Operation {
    pub tags: [String; 1],
    #[serde(skip_serializing_if = "Option::is_none")]
    pub summary: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub produces: Vec<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub parameters: Vec<ParameterRef>,
    pub responses: Members<Response>,
}

#[derive(Serialize)]
pub struct Response {
    pub description: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Schema>,
}

#[derive(Serialize)]
#[serde(untagged)]
pub enum ParameterRef {
    /// A parameter of the document's list.
    Named {
        #[serde(rename = "$ref")]
        reference: String,
    },
    Inline(Box<Parameter>),
}

impl ParameterRef {
    pub fn named(name: &str) -> Self {
        Self::Named {
            reference: format!("#/parameters/{name}"),
        }
    }
}

/// A parameter in the query string, a header or the body.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Parameter {
    pub name: String,
    pub r#in: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    pub required: bool,
    /// Of a parameter in the body.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub schema: Option<Schema>,
    /// Of any other.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Schema>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub collection_format: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<&'static str>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub r#enum: Vec<&'static str>,
}

#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Schema {
    #[serde(rename = "$ref", skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub description: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub r#type: Option<&'static str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub format: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub default: Option<Value>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_length: Option<i32>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub r#enum: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub items: Option<Box<Self>>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub required: Vec<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub properties: Option<Members<Self>>,
}

impl Schema {
    /// A relation's definition.
    pub fn reference(name: &str) -> Self {
        Self {
            reference: Some(format!("#/definitions/{name}")),
            ..Self::default()
        }
    }
}
