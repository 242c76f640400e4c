//! What stands at the root: the description of the API, a function, or nothing.

use super::read::Head;
use crate::config::{Config, OpenApiMode};
use crate::error::Error;
use crate::openapi::{self, Api, Site};
use crate::plan::{InspectPlan, OpenApiVersion, PlanError};
use crate::schema_cache::SchemaCache;
use crate::session::SessionError;

#[derive(Clone)]
pub(super) struct Description {
    site: Site,
    is_disabled: bool,
    /// The function that answers instead, without a schema: the request names that.
    function: Option<String>,
}

impl Description {
    pub fn new(config: &Config) -> Self {
        let function = config.db_root_spec.as_deref();
        let function = function.map(|name| name.split_once('.').map_or(name, |(_, name)| name));
        Self {
            site: site(config),
            is_disabled: config.openapi_mode == OpenApiMode::Disabled,
            function: function.map(str::to_owned),
        }
    }

    /// The request as it is meant: one to the root goes to the function that stands there.
    pub fn rooted(&self, head: Head) -> Result<Head, Error> {
        if !head.is_root() {
            return Ok(head);
        }
        if self.is_disabled {
            return Err(PlanError::RootDisabled.into());
        }
        Ok(match &self.function {
            Some(function) => head.into_routine(function),
            None => head,
        })
    }

    /// The document. `granted`: what Postgres said of the caller's rights.
    pub fn document(
        &self,
        plan: &InspectPlan,
        cache: &SchemaCache,
        granted: &[u8],
    ) -> Result<String, Error> {
        let api = Api::new(&self.site, cache, &plan.schema, granted);
        let api = api.map_err(|_| Error::Session {
            source: SessionError::Protocol("rights that are none"),
            is_anonymous: false,
        })?;
        Ok(match plan.version {
            OpenApiVersion::V2 => openapi::swagger(&api),
            OpenApiVersion::V3 => openapi::openapi(&api),
        })
    }
}

/// Where clients find the API: behind the proxy, where there is one.
fn site(config: &Config) -> Site {
    let site = Site {
        scheme: "http".to_owned(),
        host: config.server_host.clone(),
        port: config.server_port,
        path: "/".to_owned(),
        says_tokens: config.openapi_security_active,
        schemas: config.db_schemas.clone(),
        version_column: config.db_version_column.clone(),
        takes_anonymous: config.db_anon_role.is_some(),
    };
    match &config.openapi_server_proxy_uri {
        Some(uri) => Site {
            scheme: uri.scheme.clone(),
            host: uri.host.clone(),
            port: uri.port,
            path: uri.path.clone(),
            ..site
        },
        None => site,
    }
}
