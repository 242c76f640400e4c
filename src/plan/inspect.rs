//! The plan of a description of the API (PostgREST, `docs/references/api/openapi.rst`).

use super::{Limits, PlanError, exposed_schema};
use crate::request::ApiRequest;
use crate::request::media_type::MediaType;

/// A description of what the caller may use of one schema.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InspectPlan {
    pub schema: String,
    /// Describe what is exposed, whoever asks.
    pub ignores_privileges: bool,
    pub version: OpenApiVersion,
    /// Of the answer.
    pub media_type: MediaType,
}

/// Which OpenAPI specification the description follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenApiVersion {
    /// 2.0: PostgREST's description.
    V2,
    /// 3.1: more than that, and exact.
    V3,
}

impl OpenApiVersion {
    /// Rights are described column by column.
    #[must_use]
    pub fn needs_columns(self) -> bool {
        self == Self::V3
    }
}

/// The media type that the OpenAPI Initiative has registered.
const REGISTERED: &str = "application/vnd.oai.openapi+json";

pub(super) fn resolve_inspect(
    request: &ApiRequest,
    limits: &Limits,
) -> Result<InspectPlan, PlanError> {
    let chosen = request.accept.iter().find_map(version_of);
    let Some(version) = chosen else {
        let accepted = request.accept.iter().map(ToString::to_string).collect();
        return Err(PlanError::NotAcceptable { accepted });
    };
    Ok(InspectPlan {
        schema: exposed_schema(request, limits)?.to_owned(),
        ignores_privileges: limits.description_ignores_privileges,
        version,
        media_type: match version {
            OpenApiVersion::V2 => MediaType::OpenApi,
            OpenApiVersion::V3 => MediaType::Other(format!("{REGISTERED};version=3.1")),
        },
    })
}

/// Nothing where it is no description that is asked for, or one of a version that there is not.
fn version_of(accepted: &MediaType) -> Option<OpenApiVersion> {
    let text = match accepted {
        MediaType::OpenApi | MediaType::Json | MediaType::Any => return Some(OpenApiVersion::V2),
        MediaType::Other(text) => text.to_ascii_lowercase(),
        _ => return None,
    };
    let mut parts = text.split(';').map(str::trim);
    if parts.next() != Some(REGISTERED) {
        return None;
    }
    let version = parts.find_map(|part| part.strip_prefix("version="));
    match version.map(|version| version.trim_matches('"')) {
        None => Some(OpenApiVersion::V3),
        Some(version) if version == "3.1" || version.starts_with("3.1.") => {
            Some(OpenApiVersion::V3)
        }
        Some("2.0") => Some(OpenApiVersion::V2),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_accept_header_chooses_the_version() {
        use OpenApiVersion::{V2, V3};
        for (text, expected) in [
            ("application/openapi+json", Some(V2)),
            ("application/json", Some(V2)),
            ("*/*", Some(V2)),
            ("application/vnd.oai.openapi+json", Some(V3)),
            ("application/vnd.oai.openapi+json;version=3.1", Some(V3)),
            (
                "application/VND.oai.openapi+json;version=\"3.1.1\"",
                Some(V3),
            ),
            (
                "application/vnd.oai.openapi+json;charset=utf-8;version=3.1",
                Some(V3),
            ),
            ("application/vnd.oai.openapi+json;version=2.0", Some(V2)),
            ("application/vnd.oai.openapi+json;version=3.0", None),
            ("application/vnd.oai.openapi+json;version=3.10", None),
            ("application/vnd.oai.openapi", None),
            ("text/csv", None),
            ("text/html", None),
        ] {
            assert_eq!(version_of(&MediaType::parse(text)), expected, "{text}");
        }
    }
}
