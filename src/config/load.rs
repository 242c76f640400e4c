//! Brings the values together: flag over database over environment over file over default (PostgREST,
//! `docs/references/configuration.rst`, has all but the flags).

use std::collections::BTreeMap;
use std::fmt;
use std::fs;
use std::path::{Path, PathBuf};

use super::file::{self, Entry};
use super::notice::notices;
use super::table::settings;
use super::{Config, ConfigError, Notice, Secrecy, Secret, Setting, libpq, redacted_uri};

/// Where values are looked for.
#[derive(Debug, Clone, Default)]
pub struct Inputs {
    /// Settings given as flags: name and value.
    pub flags: Vec<(String, String)>,
    /// The environment.
    pub variables: BTreeMap<String, String>,
    /// The configuration file.
    pub file: Option<PathBuf>,
    /// What the database says, by the settings' names there (`pgrst.db_schemas`).
    pub database: BTreeMap<String, String>,
}

/// Where a value came from.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Source {
    Flag,
    /// The variable's name.
    Environment(String),
    File {
        path: PathBuf,
        /// Counted from 1.
        line: usize,
    },
    Database,
    Default,
}

impl fmt::Display for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Flag => f.write_str("flag"),
            Self::Environment(variable) => write!(f, "variable {variable}"),
            Self::File { path, line } => write!(f, "{}, line {line}", path.display()),
            Self::Database => f.write_str("database"),
            Self::Default => f.write_str("default"),
        }
    }
}

/// The settings, and how they came about.
#[derive(Debug)]
pub struct Loaded {
    pub config: Config,
    /// One for each setting of [`settings`], in its order.
    pub sources: Vec<(&'static Setting, Source)>,
    /// What should be logged, once there is a log.
    pub notices: Vec<Notice>,
}

impl Loaded {
    /// Whether the setting of this name was given, rather than left at its default.
    #[must_use]
    pub fn is_given(&self, name: &str) -> bool {
        self.sources
            .iter()
            .any(|(setting, source)| setting.name == name && *source != Source::Default)
    }
}

/// Loads the settings. Reads the file, and the files that `@…` values name.
///
/// # Errors
/// The first value that its setting cannot take, with where it came from; or a file that cannot be
/// read.
pub fn load(inputs: &Inputs) -> Result<Loaded, ConfigError> {
    let variable = |name: &str| inputs.variables.get(name).cloned();
    let entries = match &inputs.file {
        Some(path) => file::entries(&read_text(path, "the configuration file")?, path, variable)?,
        None => Vec::new(),
    };
    let mut config = Config::default();
    let mut sources = Vec::with_capacity(settings().count());
    for setting in settings() {
        let source = match find(setting, inputs, &entries) {
            Some((value, source)) => {
                write(setting, &mut config, &value, &source)?;
                source
            }
            None => Source::Default,
        };
        sources.push((setting, source));
    }
    config.app_settings = app_settings(inputs, &entries);
    read_referenced_files(&mut config)?;
    complete_uris(&mut config, &sources, variable)?;
    check_ports(&config)?;
    let mut notices = notices(inputs, &entries);
    notices.extend(config.jwt_role_claim_key.notice());
    Ok(Loaded {
        config,
        sources,
        notices,
    })
}

/// As PostgREST has it. Port 0 is another one each time.
fn check_ports(config: &Config) -> Result<(), ConfigError> {
    match config.admin_server_port {
        Some(port) if port == config.server_port && port != 0 => Err(ConfigError::SamePort),
        _ => Ok(()),
    }
}

fn find(setting: &Setting, inputs: &Inputs, entries: &[Entry]) -> Option<(String, Source)> {
    if let Some((_, value)) = inputs.flags.iter().find(|(name, _)| name == setting.name) {
        return Some((value.clone(), Source::Flag));
    }
    let said = setting.database_name();
    if let Some(value) = said.and_then(|name| inputs.database.get(&name)) {
        return Some((value.clone(), Source::Database));
    }
    for variable in setting.variables() {
        if let Some(value) = inputs.variables.get(&variable) {
            return Some((value.clone(), Source::Environment(variable)));
        }
    }
    let mut names = std::iter::once(&setting.name).chain(setting.aliases);
    // As in PostgREST, the last of several lines wins.
    let entry = names.find_map(|name| entries.iter().rfind(|entry| entry.name == *name));
    let (path, entry) = (inputs.file.clone()?, entry?);
    let line = entry.line;
    Some((entry.value.clone(), Source::File { path, line }))
}

fn write(
    setting: &Setting,
    config: &mut Config,
    value: &str,
    source: &Source,
) -> Result<(), ConfigError> {
    // As in PostgREST, an empty value switches off what a source of less weight says.
    let value = if value.is_empty() && !setting.may_be_empty() {
        setting.default
    } else {
        value
    };
    (setting.write)(config, value).map_err(|expected| ConfigError::Value {
        setting: setting.name.to_owned(),
        source_of: source.to_string(),
        value: match setting.secrecy {
            Secrecy::Open => format!("{value:?}"),
            Secrecy::Password => redacted_uri(value),
            Secrecy::Secret => "***".to_owned(),
        },
        expected,
    })
}

/// `app.settings.…` of the file, overridden by `PGRST_APP_SETTINGS_…` and those by `ROWDESK_…`.
fn app_settings(inputs: &Inputs, entries: &[Entry]) -> Vec<(String, Secret)> {
    let prefix = "app.settings.";
    let mut settings: BTreeMap<String, Secret> = entries
        .iter()
        .filter(|entry| entry.name.starts_with(prefix))
        .map(|entry| (entry.name.clone(), Secret::new(entry.value.clone())))
        .collect();
    for product in ["PGRST", "ROWDESK"] {
        let variables = format!("{product}_APP_SETTINGS_");
        for (name, value) in &inputs.variables {
            if let Some(name) = name.strip_prefix(&variables) {
                let name = format!("{prefix}{}", name.to_ascii_lowercase());
                settings.insert(name, Secret::new(value.clone()));
            }
        }
    }
    settings.into_iter().collect()
}

/// Replaces values that begin with `@` by the content of the file they name.
fn read_referenced_files(config: &mut Config) -> Result<(), ConfigError> {
    if let Some(secret) = &config.jwt_secret
        && let Some(path) = std::str::from_utf8(secret.expose())
            .ok()
            .and_then(|text| text.strip_prefix('@'))
    {
        let mut content = read(Path::new(path), "jwt-secret")?;
        // One line break at the end is the editor's; more would be part of the secret.
        if content.last() == Some(&b'\n') {
            content.pop();
        }
        config.jwt_secret = Some(Secret::new(content));
    }
    if let Some(path) = config.db_uri.strip_prefix('@') {
        let uri = read_text(Path::new(path), "db-uri")?;
        uri.trim().clone_into(&mut config.db_uri);
    }
    if let Some(path) = config
        .admin_db_uri
        .as_deref()
        .and_then(|uri| uri.strip_prefix('@'))
    {
        let uri = read_text(Path::new(path), "admin-db-uri")?;
        config.admin_db_uri = Some(uri.trim().to_owned());
    }
    Ok(())
}

fn complete_uris(
    config: &mut Config,
    sources: &[(&'static Setting, Source)],
    variable: impl Fn(&str) -> Option<String>,
) -> Result<(), ConfigError> {
    let completed = |name: &str, uri: &str| {
        libpq::completed(uri, &variable).map_err(|problem| ConfigError::Value {
            setting: name.to_owned(),
            source_of: sources
                .iter()
                .find(|(setting, _)| setting.name == name)
                .map_or_else(String::new, |(_, source)| source.to_string()),
            value: redacted_uri(uri),
            expected: format!("a PostgreSQL connection string ({problem})"),
        })
    };
    config.db_uri = completed("db-uri", &config.db_uri)?;
    if let Some(uri) = &config.admin_db_uri {
        config.admin_db_uri = Some(completed("admin-db-uri", uri)?);
    }
    Ok(())
}

fn read(path: &Path, named_by: &str) -> Result<Vec<u8>, ConfigError> {
    fs::read(path).map_err(|error| ConfigError::Read {
        path: path.to_owned(),
        named_by: named_by.to_owned(),
        error,
    })
}

fn read_text(path: &Path, named_by: &str) -> Result<String, ConfigError> {
    fs::read_to_string(path).map_err(|error| ConfigError::Read {
        path: path.to_owned(),
        named_by: named_by.to_owned(),
        error,
    })
}
