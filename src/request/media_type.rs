//! Media types of `Accept` and `Content-Type` (PostgREST, `media_type_handlers.rst`,
//! `resource_representation.rst`).

use std::fmt;

/// A media type that this server treats apart, or any other as it was sent.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum MediaType {
    Json,
    /// `application/vnd.pgrst.array+json;nulls=stripped`.
    ArrayNullsStripped,
    /// `application/vnd.pgrst.object+json`: exactly one row, as an object.
    Object {
        nulls_stripped: bool,
    },
    GeoJson,
    Csv,
    TextPlain,
    TextXml,
    OpenApi,
    UrlEncoded,
    OctetStream,
    /// `*/*`.
    Any,
    /// `application/vnd.pgrst.plan`: the execution plan of the request for another media type.
    Plan {
        of: Box<Self>,
        format: PlanFormat,
        options: Vec<PlanOption>,
    },
    Other(String),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlanFormat {
    Text,
    Json,
}

/// What `application/vnd.rowdesk.explain+json; for="text/csv"; options=analyze` asks for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Explanation {
    /// The answer that is to be explained.
    pub of: MediaType,
    /// The statement is to be run (and rolled back).
    pub analyze: bool,
}

/// Options of EXPLAIN, in the order in which PostgREST names them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum PlanOption {
    Analyze,
    Verbose,
    Settings,
    Buffers,
    Wal,
}

impl PlanOption {
    const ALL: [Self; 5] = [
        Self::Analyze,
        Self::Verbose,
        Self::Settings,
        Self::Buffers,
        Self::Wal,
    ];

    #[must_use]
    pub const fn text(self) -> &'static str {
        match self {
            Self::Analyze => "analyze",
            Self::Verbose => "verbose",
            Self::Settings => "settings",
            Self::Buffers => "buffers",
            Self::Wal => "wal",
        }
    }
}

impl MediaType {
    /// Reads one media type. What is not known, or not a media type at all, is kept as it is: a
    /// function may produce it.
    ///
    /// ```
    /// use rowdesk::request::media_type::MediaType;
    ///
    /// assert_eq!(MediaType::parse("application/JSON; charset=utf-8"), MediaType::Json);
    /// assert_eq!(
    ///     MediaType::parse("application/vnd.pgrst.object+json;nulls=stripped"),
    ///     MediaType::Object { nulls_stripped: true }
    /// );
    /// assert_eq!(MediaType::parse("undefined"), MediaType::Other("undefined".into()));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Self {
        let Some(parts) = Parts::parse(text) else {
            return Self::Other(text.to_owned());
        };
        let nulls_stripped = parts.param("nulls") == Some("stripped");
        match parts.name.as_str() {
            "application/json" => Self::Json,
            "application/geo+json" => Self::GeoJson,
            "text/csv" => Self::Csv,
            "text/plain" => Self::TextPlain,
            "text/xml" => Self::TextXml,
            "application/openapi+json" => Self::OpenApi,
            "application/x-www-form-urlencoded" => Self::UrlEncoded,
            "application/octet-stream" => Self::OctetStream,
            "application/vnd.pgrst.plan" | "application/vnd.pgrst.plan+text" => {
                parts.plan(PlanFormat::Text)
            }
            "application/vnd.pgrst.plan+json" => parts.plan(PlanFormat::Json),
            "application/vnd.pgrst.object" | "application/vnd.pgrst.object+json" => {
                Self::Object { nulls_stripped }
            }
            "application/vnd.pgrst.array" | "application/vnd.pgrst.array+json" => {
                if nulls_stripped {
                    Self::ArrayNullsStripped
                } else {
                    Self::Json
                }
            }
            "*/*" => Self::Any,
            _ => Self::Other(text.to_owned()),
        }
    }

    /// The media type of explanations.
    pub const EXPLANATION: &str = "application/vnd.rowdesk.explain+json";

    /// The explanation that it asks for. Only who may have one is asked; to all others it is a type that nobody makes.
    ///
    /// ```
    /// use rowdesk::request::media_type::MediaType;
    ///
    /// let asked = MediaType::parse("application/vnd.rowdesk.explain+json;for=\"text/csv\";options=analyze");
    /// let explanation = asked.explanation().unwrap();
    /// assert_eq!(explanation.of, MediaType::Csv);
    /// assert!(explanation.analyze);
    /// assert_eq!(MediaType::Json.explanation(), None);
    /// ```
    #[must_use]
    pub fn explanation(&self) -> Option<Explanation> {
        let Self::Other(text) = self else {
            return None;
        };
        let parts = Parts::parse(text).filter(|parts| parts.name == Self::EXPLANATION)?;
        let options = parts.param("options").unwrap_or_default();
        Some(Explanation {
            of: Self::parse(parts.param("for").unwrap_or("application/json")),
            analyze: options.split('|').any(|option| option == "analyze"),
        })
    }

    /// The value of `Content-Type`: text of any kind is UTF-8, of the rest nothing is known.
    #[must_use]
    pub fn content_type(&self) -> String {
        match self {
            Self::OctetStream | Self::Other(_) => self.to_string(),
            _ => format!("{self}; charset=utf-8"),
        }
    }

    /// Whether exactly one row must come out.
    #[must_use]
    pub const fn is_singular(&self) -> bool {
        matches!(self, Self::Object { .. })
    }
}

impl fmt::Display for MediaType {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Json => "application/json",
            Self::ArrayNullsStripped => "application/vnd.pgrst.array+json;nulls=stripped",
            Self::Object {
                nulls_stripped: true,
            } => "application/vnd.pgrst.object+json;nulls=stripped",
            Self::Object {
                nulls_stripped: false,
            } => "application/vnd.pgrst.object+json",
            Self::GeoJson => "application/geo+json",
            Self::Csv => "text/csv",
            Self::TextPlain => "text/plain",
            Self::TextXml => "text/xml",
            Self::OpenApi => "application/openapi+json",
            Self::UrlEncoded => "application/x-www-form-urlencoded",
            Self::OctetStream => "application/octet-stream",
            Self::Any => "*/*",
            Self::Other(text) => text,
            Self::Plan {
                of,
                format,
                options,
            } => return write_plan(f, of, *format, options),
        };
        f.write_str(text)
    }
}

fn write_plan(
    f: &mut fmt::Formatter<'_>,
    of: &MediaType,
    format: PlanFormat,
    options: &[PlanOption],
) -> fmt::Result {
    let suffix = match format {
        PlanFormat::Text => "text",
        PlanFormat::Json => "json",
    };
    write!(f, "application/vnd.pgrst.plan+{suffix}; for=\"{of}\"")?;
    if options.is_empty() {
        return Ok(());
    }
    let options: Vec<&str> = options.iter().map(|option| option.text()).collect();
    write!(f, "; options={}", options.join("|"))
}

/// A media type cut into pieces: `type/subtype` in lower case, and its parameters.
struct Parts {
    name: String,
    params: Vec<(String, String)>,
}

impl Parts {
    /// Parameters that cannot be read end the list without an error, as in PostgREST.
    fn parse(text: &str) -> Option<Self> {
        let (main, rest) = split_while(text, |c| c.is_alphanumeric() || ".*".contains(c));
        let rest = rest.strip_prefix('/')?;
        let (sub, mut rest) = split_while(rest, |c| c.is_alphanumeric() || ".*+-".contains(c));
        if main.is_empty() || sub.is_empty() {
            return None;
        }
        let mut params = Vec::new();
        while let Some((key, value, after)) = param(rest) {
            params.push((key.to_lowercase(), value.to_owned()));
            rest = after;
        }
        let name = format!("{main}/{sub}").to_lowercase();
        Some(Self { name, params })
    }

    /// Of a parameter given twice the last counts.
    fn param(&self, key: &str) -> Option<&str> {
        let found = self.params.iter().rev().find(|(name, _)| name == key);
        found.map(|(_, value)| value.as_str())
    }

    fn plan(&self, format: PlanFormat) -> MediaType {
        let asked: Vec<&str> = self
            .param("options")
            .unwrap_or_default()
            .split('|')
            .collect();
        MediaType::Plan {
            // A quoted value holds no quotes, so plans of plans nest twice at most.
            of: Box::new(MediaType::parse(
                self.param("for").unwrap_or("application/json"),
            )),
            format,
            options: PlanOption::ALL
                .into_iter()
                .filter(|option| asked.contains(&option.text()))
                .collect(),
        }
    }
}

/// `; key=value` or `; key="value"`, and what follows.
fn param(text: &str) -> Option<(&str, &str, &str)> {
    let rest = text.trim_start().strip_prefix(';')?.trim_start();
    let (key, rest) = split_while(rest, |c| c.is_alphanumeric() || c == '-');
    let rest = rest.trim_start().strip_prefix('=')?.trim_start();
    let (value, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted.split_once('"')?,
        None => split_while(rest, |c| c.is_alphanumeric() || "|-".contains(c)),
    };
    let is_read = !key.is_empty() && (!value.is_empty() || rest.len() < text.len());
    is_read.then_some((key, value, rest))
}

fn split_while(text: &str, belongs: impl Fn(char) -> bool) -> (&str, &str) {
    let end = text.find(|c| !belongs(c)).unwrap_or(text.len());
    text.split_at(end)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plan(of: MediaType, format: PlanFormat, options: &[PlanOption]) -> MediaType {
        MediaType::Plan {
            of: Box::new(of),
            format,
            options: options.to_vec(),
        }
    }

    #[test]
    fn parses_what_postgrest_parses() {
        use MediaType::{ArrayNullsStripped, Csv, Json, Object, Other, TextXml};
        for (text, expected) in [
            ("application/json", Json),
            ("application/json; $$ unrecognized-chars=ignored $$", Json),
            ("application/vnd.pgrst.array+json", Json),
            (
                "application/vnd.pgrst.array+json;nulls=stripped",
                ArrayNullsStripped,
            ),
            (
                "ApplicatIon/vnd.PgRsT.object+json",
                Object {
                    nulls_stripped: false,
                },
            ),
            (
                "application/vnd.pgrst.object ; NULLS=stripped",
                Object {
                    nulls_stripped: true,
                },
            ),
            ("application/vnd.twkb", Other("application/vnd.twkb".into())),
            ("Text/Unknown;a=b", Other("Text/Unknown;a=b".into())),
            ("", Other(String::new())),
            ("/", Other("/".into())),
            (
                "application/vnd.pgrst.plan;",
                plan(Json, PlanFormat::Text, &[]),
            ),
            (
                "application/vnd.pgrst.plan ; for=\"text/xml\" ; options=analyze",
                plan(TextXml, PlanFormat::Text, &[PlanOption::Analyze]),
            ),
            (
                "application/vnd.pgrst.plan+json;for=\"text/csv\"",
                plan(Csv, PlanFormat::Json, &[]),
            ),
            (
                "application/vnd.pgrst.plan+text; options=wal|verbose|nonsense",
                plan(
                    Json,
                    PlanFormat::Text,
                    &[PlanOption::Verbose, PlanOption::Wal],
                ),
            ),
        ] {
            assert_eq!(MediaType::parse(text), expected, "{text}");
        }
    }

    #[test]
    fn content_types() {
        for (media_type, expected) in [
            (MediaType::Json, "application/json; charset=utf-8"),
            (MediaType::Csv, "text/csv; charset=utf-8"),
            (MediaType::OctetStream, "application/octet-stream"),
            (MediaType::Other("image/png".into()), "image/png"),
            (
                MediaType::Object {
                    nulls_stripped: true,
                },
                "application/vnd.pgrst.object+json;nulls=stripped; charset=utf-8",
            ),
            (
                MediaType::parse("application/vnd.pgrst.plan; options=buffers|analyze"),
                "application/vnd.pgrst.plan+text; for=\"application/json\"; options=analyze|buffers; charset=utf-8",
            ),
        ] {
            assert_eq!(media_type.content_type(), expected);
        }
    }
}
