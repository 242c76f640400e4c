//! Where log lines go, and how they look: requests to stdout, in the form of Apache's combined log, as
//! PostgREST's do; what the server does to stderr.

use std::fmt;
use std::io::{self, IsTerminal, Write};
use std::sync::OnceLock;

use jiff::Zoned;
use serde_json::{Map, Value};
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{LevelFilter, filter_fn};
use tracing_subscriber::fmt::format::Writer;
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::layer::{Context, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;
use tracing_subscriber::{EnvFilter, Layer, Registry, fmt as lines, reload};

use crate::config::{LogFormat, LogLevel};
use crate::http::ACCESS;

static LEVEL: OnceLock<reload::Handle<EnvFilter, Registry>> = OnceLock::new();

/// Starts the log. Later calls change nothing.
pub(super) fn start(level: LogLevel, format: LogFormat) {
    let (filter, handle) = reload::Layer::new(filter(level));
    let stderr = lines::layer().with_writer(io::stderr).with_timer(Clock);
    let stderr = match format {
        LogFormat::Text => stderr.with_ansi(io::stderr().is_terminal()).boxed(),
        LogFormat::Json => stderr.json().flatten_event(true).boxed(),
    };
    // The hint spares looking at every line that a library might say, several for each request.
    let is_request = filter_fn(|of| of.target() == ACCESS).with_max_level_hint(LevelFilter::INFO);
    let requests = Requests { format }.with_filter(is_request);
    let stderr = stderr.with_filter(filter);
    let log = tracing_subscriber::registry().with(stderr).with(requests);
    if log.try_init().is_ok() {
        let _ = LEVEL.set(handle);
    }
}

/// Changes the level of the log that was started.
pub(super) fn set_level(level: LogLevel) {
    if let Some(handle) = LEVEL.get() {
        let _ = handle.reload(filter(level));
    }
}

/// What the server does. Libraries say little: the level is about our own lines, and hyper's debug lines
/// would bury them. Start, reload and recovery are told at every level.
fn filter(level: LogLevel) -> EnvFilter {
    let said = match level {
        LogLevel::Crit => "off,rowdesk::operation=info",
        LogLevel::Error => "error,rowdesk::operation=info",
        LogLevel::Warn => "warn,rowdesk::operation=info",
        LogLevel::Info => "warn,rowdesk=info",
        LogLevel::Debug => "warn,rowdesk=debug",
    };
    EnvFilter::new(format!("{said},{ACCESS}=off"))
}

/// Local time, in Apache's form.
fn now() -> String {
    Zoned::now().strftime("%d/%b/%Y:%H:%M:%S %z").to_string()
}

struct Clock;

impl FormatTime for Clock {
    fn format_time(&self, writer: &mut Writer<'_>) -> fmt::Result {
        writer.write_str(&now())
    }
}

/// Writes each request to stdout.
struct Requests {
    format: LogFormat,
}

impl<S: Subscriber> Layer<S> for Requests {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        let mut fields = Fields::default();
        event.record(&mut fields);
        let line = match self.format {
            LogFormat::Text => fields.combined(&now()),
            LogFormat::Json => fields.json(&now()),
        };
        // Whoever closes the log is told by nothing but its end.
        let _ = io::stdout().lock().write_all(line.as_bytes());
    }
}

/// An event's fields by name.
#[derive(Default)]
struct Fields(Map<String, Value>);

impl Visit for Fields {
    fn record_str(&mut self, field: &Field, value: &str) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_u64(&mut self, field: &Field, value: u64) {
        self.0.insert(field.name().to_owned(), value.into());
    }

    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        let value = format!("{value:?}");
        self.0.insert(field.name().to_owned(), value.into());
    }
}

impl Fields {
    fn text(&self, name: &str) -> String {
        match self.0.get(name) {
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
            None => "-".to_owned(),
        }
    }

    /// Apache's combined log format. A quote within quotes is escaped: no request can look like two.
    fn combined(&self, now: &str) -> String {
        let quoted = |name| self.text(name).replace('\\', r"\\").replace('"', "\\\"");
        format!(
            "{} - {} [{now}] \"{} {} HTTP/1.1\" {} {} \"{}\" \"{}\"\n",
            self.text("remote"),
            self.text("role")
                .replace(|c: char| c.is_whitespace() || c.is_control(), "_"),
            quoted("method"),
            quoted("url"),
            self.text("status"),
            self.text("bytes"),
            quoted("referer"),
            quoted("agent"),
        )
    }

    fn json(mut self, now: &str) -> String {
        let mut object = Map::from_iter([("time".to_owned(), Value::from(now))]);
        object.append(&mut self.0);
        format!("{}\n", Value::Object(object))
    }
}
