//! What stands at the root: the description of the API.

use super::PLAIN;
use crate::config::value;
use crate::config::{Kind, OpenApiMode, ProxyUri, Setting};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "openapi-mode",
        kind: Kind::Choice(OpenApiMode::NAMES),
        default: "follow-privileges",
        doc: "What the OpenAPI description at / holds: follow-privileges shows each caller what his role \
              may use, ignore-privileges shows everything that is exposed, disabled answers 404.",
        write: |config, text| {
            config.openapi_mode = OpenApiMode::parse(text)?;
            Ok(())
        },
        read: |config| config.openapi_mode.name().to_owned(),
        ..PLAIN
    },
    Setting {
        name: "openapi-security-active",
        kind: Kind::Boolean,
        default: "false",
        doc: "Say in the OpenAPI 2.0 description that requests may carry a token.",
        write: |config, text| {
            config.openapi_security_active = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.openapi_security_active.to_string(),
        ..PLAIN
    },
    Setting {
        name: "openapi-server-proxy-uri",
        kind: Kind::Uri,
        doc: "Where clients find the API, for the OpenAPI description: http or https, a host, perhaps a \
              port and a path. Without it the description names the address that the server listens on.",
        write: |config, text| {
            config.openapi_server_proxy_uri = match text {
                "" => None,
                uri => Some(ProxyUri::parse(uri).ok_or_else(|| {
                    "an absolute URI without user and query, such as \
                     https://example.com:8443/basePath"
                        .to_owned()
                })?),
            };
            Ok(())
        },
        read: |config| {
            let uri = config.openapi_server_proxy_uri.as_ref();
            uri.map(ToString::to_string).unwrap_or_default()
        },
        ..PLAIN
    },
    Setting {
        name: "db-root-spec",
        aliases: &["root-spec"],
        doc: "A function that answers at / instead of the OpenAPI description. It is called as under \
              /rpc/, in the schema that the request asks for.",
        write: |config, text| {
            config.db_root_spec = (!text.is_empty()).then(|| text.to_owned());
            Ok(())
        },
        read: |config| config.db_root_spec.clone().unwrap_or_default(),
        ..PLAIN
    },
];
