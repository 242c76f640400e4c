//! `rowdesk check`: the rules, asked about a database, the files, or both.

use std::collections::BTreeSet;
use std::fs;
use std::process::ExitCode;

use anyhow::{Context, bail};

use crate::check::rules::{self, Rule};
use crate::check::{
    self, CheckError, Exclusion, Inspection, catalog, files, model::Exposure, report,
};
use crate::config::Loaded;
use crate::migrate::{self, AdminSession, Source};

use super::super::{print, target};
use super::{Args, Format, Level};

pub(super) async fn run(args: &Args, loaded: &Loaded) -> anyhow::Result<ExitCode> {
    let mut inspection = Inspection {
        catalog: None,
        files: None,
        pending: None,
        exposure: exposure(loaded)?,
        rules: chosen(args)?,
        exclusions: exclusions(args)?,
    };
    let source = args.source.as_deref().map(Source::read).transpose()?;
    if args.files {
        inspection.files = Some(read(&source.unwrap_or_else(Source::embedded))?);
    } else {
        with_database(args, loaded, source, &mut inspection).await?;
    }
    let report = check::inspect(inspection);
    print(&match args.format {
        Format::Text => report::text(&report, args.all),
        Format::Json => format!("{}\n", report::json(&report)),
        Format::Sarif => format!("{:#}\n", report::sarif(&report)),
    })?;
    let level = match args.level {
        Level::Info => rules::Level::Info,
        Level::Warn => rules::Level::Warn,
        Level::Error => rules::Level::Error,
    };
    Ok(if report.fails(level) {
        ExitCode::FAILURE
    } else {
        ExitCode::SUCCESS
    })
}

/// Which schemas have a URL, who comes without a token, who logs in: as the server would.
fn exposure(loaded: &Loaded) -> anyhow::Result<Exposure> {
    let config = &loaded.config;
    let login = if loaded.is_given("db-uri") {
        let connector = target::connector(&config.db_uri).context("db-uri")?;
        connector.config.get_user().map(str::to_owned)
    } else {
        None
    };
    Ok(Exposure {
        schemas: config.db_schemas.clone(),
        anon: config.db_anon_role.clone(),
        login,
    })
}

fn chosen(args: &Args) -> anyhow::Result<Vec<&'static Rule>> {
    let rules = args.rule.iter().map(|name| rules::named(name));
    Ok(rules.collect::<Result<_, _>>()?)
}

fn exclusions(args: &Args) -> anyhow::Result<Vec<Exclusion>> {
    let mut found = Vec::new();
    for text in &args.exclude {
        let exclusion = Exclusion::parse(text, None);
        found.push(exclusion.map_err(|why| anyhow::anyhow!("--exclude '{text}': {why}"))?);
    }
    let Some(path) = &args.exclusions else {
        return Ok(found);
    };
    let text = fs::read_to_string(path).with_context(|| format!("reading {}", path.display()))?;
    for (line, number) in text.lines().map(str::trim).zip(1..) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        let exclusion = Exclusion::parse(line, None);
        let at = |why| anyhow::anyhow!("{}:{number}: {why}", path.display());
        found.push(exclusion.map_err(at)?);
    }
    Ok(found)
}

fn read(source: &Source) -> anyhow::Result<files::Files> {
    let scripts = migrate::scripts(source)?;
    for script in &scripts {
        if let Some((line, opening)) = migrate::unterminated(&script.text) {
            return Err(CheckError::Unterminated {
                file: script.path.clone(),
                line,
                opening: opening.to_owned(),
            }
            .into());
        }
    }
    Ok(files::read(&scripts, source.owner()))
}

async fn with_database(
    args: &Args,
    loaded: &Loaded,
    source: Option<Source>,
    inspection: &mut Inspection,
) -> anyhow::Result<()> {
    let target = if loaded.config.admin_db_uri.is_some() || args.target.is_given() {
        target::open(&args.target, &loaded.config).await?
    } else if loaded.is_given("db-uri") {
        // The catalog is readable for everybody.
        target::Target::of(target::connector(&loaded.config.db_uri)?)
    } else {
        bail!(
            "which database? Set admin-db-uri (--admin-db-uri or ROWDESK_ADMIN_DB_URI) or db-uri, name the \
             demo's folder (--data-dir .rowdesk), or read the files alone (--files)"
        );
    };
    let session = AdminSession::open(&target.admin).await?;
    let mut catalog = catalog::read(&session).await?;
    exists(&session, loaded, &inspection.exposure).await?;
    let source = match source {
        Some(source) => Some(source),
        None => ours(&session).await,
    };
    if let Some(source) = source {
        let files = read(&source)?;
        match migrate::plan(&target.admin, &source).await {
            Ok(plan) => {
                catalog.leftovers = check::leftovers(&catalog, &files, &plan);
                let pending: BTreeSet<_> =
                    plan.pending().map(|pending| pending.path.clone()).collect();
                inspection.pending = Some(pending);
            }
            Err(error) => eprintln!(
                "rowdesk: warning: files and database cannot be compared, so both are checked: {error}"
            ),
        }
        inspection.files = Some(files);
    }
    inspection.catalog = Some(catalog);
    Ok(())
}

/// Whether what somebody set is there: what no object is in and nobody can be would have nothing wrong with it.
async fn exists(
    session: &AdminSession,
    loaded: &Loaded,
    exposure: &Exposure,
) -> anyhow::Result<()> {
    let schemas = exposure.schemas.iter();
    let set = [
        (
            "db-schemas",
            "schema",
            "select nspname::text from pg_catalog.pg_namespace where nspname !~ '^pg_(toast|temp)'",
            schemas.map(String::as_str).collect::<Vec<_>>(),
        ),
        (
            "db-anon-role",
            "role",
            "select rolname::text from pg_catalog.pg_roles",
            exposure.anon.as_deref().into_iter().collect(),
        ),
    ];
    for (setting, kind, query, names) in set {
        if !loaded.is_given(setting) {
            continue;
        }
        let rows = session.client().query(query, &[]).await;
        let rows = rows.with_context(|| format!("looking for {setting}"))?;
        let known: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
        for name in names {
            if known.iter().any(|one| one == name) {
                continue;
            }
            let nearest = known
                .iter()
                .min_by_key(|one| strsim::levenshtein(one, name));
            let hint = nearest.map(|nearest| format!("; the nearest is {nearest}"));
            bail!(
                "{setting}: there is no {kind} {name}{}",
                hint.unwrap_or_default()
            );
        }
    }
    Ok(())
}

/// The files built in, if the database says that it was made from them. Not every login may read that.
async fn ours(session: &AdminSession) -> Option<Source> {
    let source = Source::embedded();
    let is_ours = match migrate::applied_files(session.client(), &source).await {
        Ok(applied) => applied.keys().any(|path| source.file(path).is_some()),
        Err(error) => {
            eprintln!(
                "rowdesk: warning: which files were applied is not known, so what they exclude is not, either; \
                 set admin-db-uri: {error}"
            );
            false
        }
    };
    is_ours.then_some(source)
}
