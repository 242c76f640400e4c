//! `rowdesk explain 'GET /…'`: what would become of a request. Whatever it does is rolled back.

use std::io::Read as _;
use std::process::ExitCode;

use anyhow::{Context, anyhow, bail};
use bytes::Bytes;
use hyper::http::request::Parts;
use hyper::{Request, Uri};
use percent_encoding::{AsciiSet, CONTROLS, utf8_percent_encode};
use serde_json::Value;
use tracing::instrument::WithSubscriber as _;
use tracing::subscriber::NoSubscriber;

use crate::config::{Config, Inputs, Loaded, Secret, load};
use crate::http::{Explaining, ReloadError, Reloadable, Who};
use crate::policies::{Caller, PoliciesError};
use crate::postgres::{Connector, described};
use crate::session::{Pool, PoolSettings};

use super::serve::reading;
use super::{claim, demo, print, target, token};

/// What to explain, and as whom.
#[derive(Debug, clap::Args)]
pub(super) struct Args {
    /// The request, in quotes: 'GET /orders?status=eq.open&limit=5'. Of a whole URL the path counts
    #[arg(value_name = "'METHOD /PATH?QUERY'")]
    request: String,
    /// Whose request it is: a database role [default: db-anon-role, as without a token]
    #[arg(long, conflicts_with = "token")]
    role: Option<String>,
    /// A claim of the role's token; may be repeated. The value is JSON if it can be read as JSON, else text
    #[arg(long = "claim", value_name = "NAME=VALUE", value_parser = claim::parsed, requires = "role")]
    claims: Vec<(String, Value)>,
    /// The token (or key) that the request would carry, verified as the server does
    #[arg(long, value_name = "JWT")]
    token: Option<String>,
    /// The body: text, @FILE or @- (standard input). It is JSON unless a Content-Type says otherwise
    #[arg(long, value_name = "JSON|@FILE")]
    body: Option<String>,
    /// A header, such as 'Prefer: count=exact'; may be repeated
    #[arg(long = "header", short = 'H', value_name = "NAME: VALUE")]
    headers: Vec<String>,
    /// Run the statement (twice: as it is, and under EXPLAIN ANALYZE) and roll it back
    #[arg(long)]
    analyze: bool,
    /// Count which rows there are, which pass the filters, and which each policy hides. Reads whole tables, as
    /// admin-db-uri
    #[arg(long)]
    why_empty: bool,
    /// How to print it
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    #[command(flatten)]
    target: target::Args,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
enum Format {
    Text,
    Json,
}

/// A database, and how it is served.
struct Served {
    state: Reloadable,
    /// As somebody who may see every row.
    admin: Connector,
    /// The private Postgres, if this command had to start it.
    _target: Option<target::Target>,
}

pub(super) async fn run(args: &Args, inputs: Inputs, loaded: &Loaded) -> anyhow::Result<ExitCode> {
    let head = head(args)?;
    let body = body(args)?;
    let served = served(args, inputs, loaded).await?;
    // Its log is about serving.
    let loading = Box::pin(served.state.try_load_schema_cache());
    let loaded = loading.with_subscriber(NoSubscriber::default()).await;
    loaded.map_err(|error| unread(&error))?;
    let config = served.state.config();
    let caller = caller(args, &config)?;
    if let Some(caller) = &caller {
        refuse(caller, &config).await?;
    }
    let pool = Pool::new(PoolSettings {
        postgres: served.admin.clone(),
        size: 1,
        acquisition_timeout: config.db_pool_acquisition_timeout,
        max_idletime: config.db_pool_max_idletime,
        max_lifetime: config.db_pool_max_lifetime,
    });
    let assumed = caller.as_ref().filter(|_| args.role.is_some());
    let asked = Explaining {
        head,
        body,
        who: assumed.map_or(Who::Shown, |caller| Who::Assumed {
            role: &caller.role,
            claims: &caller.claims,
        }),
        analyze: args.analyze,
        json: args.format == Format::Json,
        why_empty: args.why_empty.then_some(&pool),
    };
    let app = served.state.current();
    let document = Box::pin(app.explain(asked)).await;
    print(&match args.format {
        Format::Text => document.text(),
        Format::Json => format!("{}\n", serde_json::to_string_pretty(&document)?),
    })?;
    Ok(match document.refused {
        None => ExitCode::SUCCESS,
        Some(_) => ExitCode::FAILURE,
    })
}

async fn served(args: &Args, mut inputs: Inputs, loaded: &Loaded) -> anyhow::Result<Served> {
    if args.target.is_private() {
        let target = target::open(&args.target, &loaded.config).await?;
        let mut config = demo::settings(loaded);
        config.db_uri = args.target.uri(demo::LOGIN)?;
        if config.jwt_secret.is_none() {
            config.jwt_secret = args
                .target
                .folder()
                .and_then(|folder| token::demo_secret(folder).ok())
                .map(Secret::new);
        }
        return Ok(Served {
            state: Reloadable::fixed(&config)?,
            admin: target.admin.clone(),
            _target: Some(target),
        });
    }
    // Whoever logs in becomes the caller first.
    let allowed = ("db-allow-bypassing-login", "true");
    inputs
        .flags
        .push((allowed.0.to_owned(), allowed.1.to_owned()));
    let config = load(&inputs)?.config;
    let admin = match &config.admin_db_uri {
        Some(uri) => target::admin(uri)?,
        None => config
            .db_uri
            .parse()
            .context("db-uri is no connection string")?,
    };
    Ok(Served {
        state: Reloadable::new(&config, reading(inputs, loaded.notices.clone()))?,
        admin,
        _target: None,
    })
}

fn unread(error: &ReloadError) -> anyhow::Error {
    let cause = error.cause().map(|cause| format!(" {cause}."));
    anyhow!(
        "reading the schema: {error}{} Which database? Set db-uri (--db-uri or ROWDESK_DB_URI), or name the demo's \
         folder: --data-dir .rowdesk",
        cause.unwrap_or_default()
    )
}

/// Whose request it is, unless a token or a header says.
fn caller(args: &Args, config: &Config) -> anyhow::Result<Option<Caller>> {
    if let Some(role) = &args.role {
        return Ok(Some(Caller::new(role, args.claims.iter().cloned())));
    }
    let shows = |header: &String| header.to_ascii_lowercase().starts_with("authorization:");
    if args.token.is_some() || args.headers.iter().any(shows) {
        return Ok(None);
    }
    match &config.db_anon_role {
        Some(role) => Ok(Some(Caller::new(role, []))),
        None => bail!(
            "whose request is it? Say --role ROLE (with --claim NAME=VALUE) or --token JWT, or set db-anon-role, \
             which is who asks without a token"
        ),
    }
}

/// What a role that no policy binds sees explains nothing.
async fn refuse(caller: &Caller, config: &Config) -> anyhow::Result<()> {
    let login: Connector = config
        .db_uri
        .parse()
        .context("db-uri is no connection string")?;
    let connected = login.connect().await;
    let connected = connected.map_err(|error| anyhow!("connecting: {}", described(&error)));
    let (mut client, connection) = connected?;
    let running = tokio::spawn(connection);
    let transaction = client
        .transaction()
        .await
        .context("beginning a transaction")?;
    let refused: Result<(), PoliciesError> = caller.refuse_bypassing(&transaction).await;
    drop(transaction);
    drop(client);
    let _ = running.await;
    Ok(refused?)
}

/// Characters that no URL has; a terminal's user writes them all the same.
const WRITTEN: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'<')
    .add(b'>')
    .add(b'`')
    .add(b'{')
    .add(b'}')
    .add(b'|')
    .add(b'^')
    .add(b'\\');

fn head(args: &Args) -> anyhow::Result<Parts> {
    let text = args.request.trim();
    let Some((method, url)) = text.split_once(char::is_whitespace) else {
        if text.contains('/') {
            bail!("the method is missing: say 'GET {text}'");
        }
        bail!(
            "expected a method and a path, such as 'GET /{}'",
            text.trim_start_matches("GET")
        );
    };
    let method = method.to_ascii_uppercase();
    let url = url.trim();
    let url = match url.split_once("://") {
        Some(("http" | "https", rest)) => rest
            .find('/')
            .map_or("/", |at| rest.get(at..).unwrap_or("/")),
        _ => url,
    };
    if !url.starts_with('/') {
        bail!("the path begins with a slash: say '{method} /{url}'");
    }
    if method == "OPTIONS" {
        bail!(
            "OPTIONS asks the database nothing: explain a GET, HEAD, QUERY, POST, PATCH, PUT or DELETE"
        );
    }
    let uri: Uri = match url.parse() {
        Ok(uri) => uri,
        Err(_) => utf8_percent_encode(url, WRITTEN)
            .to_string()
            .parse()
            .with_context(|| format!("\"{url}\" is no path"))?,
    };
    let mut request = Request::builder().method(method.as_str()).uri(uri);
    for header in &args.headers {
        let Some((name, value)) = header.split_once(':') else {
            bail!("\"{header}\" is no header: say --header 'Name: value'");
        };
        request = request.header(name.trim(), value.trim());
    }
    if let Some(token) = &args.token {
        request = request.header("authorization", format!("Bearer {}", token.trim()));
    }
    let request = request.body(()).context("no request can be made of this")?;
    Ok(request.into_parts().0)
}

fn body(args: &Args) -> anyhow::Result<Bytes> {
    let Some(body) = &args.body else {
        return Ok(Bytes::new());
    };
    let read = match body.strip_prefix('@') {
        None => return Ok(body.clone().into()),
        Some("-") => {
            let mut read = Vec::new();
            std::io::stdin().lock().read_to_end(&mut read).map(|_| read)
        }
        Some(file) => std::fs::read(file),
    };
    Ok(read
        .with_context(|| format!("cannot read the body {body}"))?
        .into())
}

#[cfg(test)]
mod tests {
    use clap::Parser as _;

    use super::*;

    #[derive(clap::Parser)]
    struct Cli {
        #[command(flatten)]
        args: Args,
    }

    fn head_of(request: &str) -> Result<(String, String), String> {
        let cli = Cli::try_parse_from(["explain", request]).map_err(|error| error.to_string())?;
        let head = head(&cli.args).map_err(|error| format!("{error:#}"))?;
        let url = head.uri.path_and_query().map(ToString::to_string);
        Ok((head.method.to_string(), url.unwrap_or_default()))
    }

    #[test]
    fn a_request_as_it_is_typed() {
        for (typed, method, url) in [
            ("GET /a?b=eq.1", "GET", "/a?b=eq.1"),
            ("get  /a", "GET", "/a"),
            (" PATCH /a ", "PATCH", "/a"),
            ("GET http://127.0.0.1:3000/a?b=c", "GET", "/a?b=c"),
            ("GET https://db.example.com", "GET", "/"),
            ("GET /a?b=eq.x y", "GET", "/a?b=eq.x%20y"),
            ("GET /a?b=eq.\"ü\"", "GET", "/a?b=eq.%22%C3%BC%22"),
            ("GET /a?b=cs.{1}", "GET", "/a?b=cs.{1}"),
        ] {
            let expected = (method.to_owned(), url.to_owned());
            assert_eq!(head_of(typed), Ok(expected), "{typed}");
        }
        for (typed, says) in [
            ("/a?b=c", "say 'GET /a?b=c'"),
            ("http://h/a", "say 'GET http://h/a'"),
            ("a", "'GET /a'"),
            ("GET", "such as 'GET /'"),
            ("GET a", "say 'GET /a'"),
            ("OPTIONS /a", "explain a GET"),
        ] {
            let error = head_of(typed).unwrap_err();
            assert!(error.contains(says), "{typed}: {error}");
        }
    }
}
