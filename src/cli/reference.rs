//! `rowdesk reference`: the documentation's tables of settings and errors, made from the tables that
//! the program itself works by. `docs/configuration.md`, `docs/errors.md` and `docs/policy-rules.md` are its output;
//! a test compares them.

use std::fmt::Write as _;
use std::process::ExitCode;

use clap::ValueEnum;

use crate::check::rules::{self, Reach, Rule};
use crate::config::{Kind, Setting, settings};
use crate::error::{Code, STATUSES};

#[derive(Debug, Clone, Copy, ValueEnum)]
pub(super) enum Table {
    /// Every setting: docs/configuration.md
    Settings,
    /// Every error code: docs/errors.md
    Errors,
    /// Every rule of `rowdesk check`: docs/policy-rules.md
    Rules,
}

/// Prints a table.
///
/// # Errors
/// The output is closed or full.
pub(super) fn run(table: Table) -> anyhow::Result<ExitCode> {
    super::print(&match table {
        Table::Settings => settings_page(),
        Table::Errors => errors_page(),
        Table::Rules => rules_page(),
    })?;
    Ok(ExitCode::SUCCESS)
}

const SETTINGS_INTRODUCTION: &str = "\
# Settings

<!-- Made by `rowdesk reference settings`: change the table in src/config, then `just docs`. -->

Each setting is a flag (`--db-uri URI`), one or two environment variables, and a line `db-uri = \"…\"` of
the configuration file (`rowdesk serve FILE` or `--config FILE`); some the database can say as well. A flag
wins over the database, that over a variable, that over the file, that over the default. `rowdesk config`
prints what is in force without the database and where each value comes from, `rowdesk serve
--dump-config` what is in force with it; both mask secrets. [operation.md](operation.md) says how settings
are reloaded. Names, variables, file format and defaults are PostgREST's where PostgREST has the setting, so
that an existing deployment can swap the binary; `ROWDESK_…` wins where both are set. `app.settings.NAME` in
the file (`PGRST_APP_SETTINGS_NAME` in the environment) becomes a setting of every transaction.

";

fn settings_page() -> String {
    settings().fold(SETTINGS_INTRODUCTION.to_owned(), |page, setting| {
        page + &one_setting(setting)
    })
}

fn one_setting(setting: &Setting) -> String {
    let default = match setting.default {
        "" => "none".to_owned(),
        value => format!("`{value}`"),
    };
    let values = match setting.kind {
        Kind::Choice(choices) => choices
            .iter()
            .map(|choice| format!("`{choice}`"))
            .collect::<Vec<_>>()
            .join(" or "),
        kind => kind.placeholder().to_owned(),
    };
    let variables: Vec<_> = setting
        .variables()
        .iter()
        .map(|name| format!("`{name}`"))
        .collect();
    let in_database = setting.database_name();
    let in_database = in_database.map_or_else(String::new, |name| format!(" Database: `{name}`."));
    let restart = if setting.needs_restart {
        " A change takes effect at the next start."
    } else {
        ""
    };
    format!(
        "## {}\n\n{}\n\nValue: {values}. Default: {default}. Variables: {}.{in_database}{restart}\n\n",
        setting.name,
        setting.doc,
        variables.join(", ")
    )
}

const ERRORS_INTRODUCTION: &str = "\
# Errors

<!-- Made by `rowdesk reference errors`: change the tables in src/error, then `just docs`. -->

Every error is a JSON object:

    {\"code\": \"RD100\", \"message\": \"\\\"priority\\\" has no operator \\\"like\\\"\",
     \"details\": \"Its operators are: …\", \"hint\": \"Perhaps you meant priority=in.…\"}

Match on `code`: messages may be reworded. `details` says what was found, `hint` what to type instead;
either may be null, and both are left out with `client-error-verbosity = minimal`. The header
`Proxy-Status` repeats the code. Answers of 503 with `Retry-After` may be sent again after that many
seconds. A 401 carries `WWW-Authenticate`.

Under `/auth/v1/` an error is `code` and `message` alone, with the codes that auth-js knows: accounts.md
lists them.

## Codes of this server

`PGRST…` are PostgREST's, with its statuses; `RD…` are our own, for what PostgREST has no code for.

| code | status | meaning |
| --- | --- | --- |
";

const SQLSTATES_INTRODUCTION: &str = "
## Codes of Postgres

What Postgres refuses is answered with its SQLSTATE as the code, and its message, detail and hint. The
longest match in this table decides the status; whatever is not in it is 400.

| SQLSTATE | status | meaning |
| --- | --- | --- |
";

const SQLSTATES_NOTES: &str = "
- `raise exception 'text' using errcode = 'PT409'` in a function or trigger answers with that status, 200
  to 599: `PT402` is a 402. Its message, detail and hint are shown to the caller.
- SQLSTATE `PGRST` words the whole answer, headers included: functions.md says how.
- `22023` for a role that does not exist is 401; `42501` for a caller without a token is 401.
- `21000` from pg-safeupdate (a write without filters) is 400.
- Of internal and system errors (`XX…`, `58…`) the caller sees the code alone; the log has the cause.
";

fn errors_page() -> String {
    let mut page = ERRORS_INTRODUCTION.to_owned();
    for code in Code::ALL {
        page += &row(code.text(), code.status(), code.meaning());
    }
    page += SQLSTATES_INTRODUCTION;
    for (sqlstate, status, name) in STATUSES {
        let sqlstate = match sqlstate.len() {
            5 => (*sqlstate).to_owned(),
            _ => format!("{sqlstate}…"),
        };
        page += &row(&sqlstate, *status, name);
    }
    page + SQLSTATES_NOTES
}

fn row(code: &str, status: u16, meaning: &str) -> String {
    format!("| `{code}` | {status} | {meaning} |\n")
}

const RULES_INTRODUCTION: &str = "\
# Rules of `rowdesk check`

<!-- Made by `rowdesk reference rules`: change the files in src/check/rules, then `just docs`. -->

What each rule finds, why it matters and how to resolve it. [policy-tools.md](policy-tools.md#check) says how to run
them, and how to say that something is right as it is. Each has a name, by which `--rule` and exclusions call it, and
a level: `error` (somebody sees or does what they must not, or something does not work), `warn` (likely a mistake),
`info` (worth knowing).

The examples run as they are, after these lines; what is found is found in the lines that end in `-- here`. Their server
shows the schema `public`, logs in as `web_login`, and answers as `web_anon` who comes without a token.

";

fn rules_page() -> String {
    let mut page = RULES_INTRODUCTION.to_owned();
    // Writing to a String does not fail.
    let _ = write!(
        page,
        "```sql\n{}```\n\n| rule | level | what is wrong |\n| --- | --- | --- |\n",
        rules::examples::PREAMBLE
    );
    for rule in rules::ALL {
        let _ = writeln!(
            page,
            "| [{0}](#{0}) | {1} | {2} |",
            rule.name,
            rule.level.text(),
            rule.title
        );
    }
    for rule in rules::ALL {
        page += &one_rule(rule);
    }
    page
}

fn one_rule(rule: &Rule) -> String {
    let reach = match rule.reach {
        Reach::Both => "",
        Reach::CatalogOnly => " Needs a database.",
        Reach::Exclusions => " About exclusions.",
    };
    let mut text = format!(
        "\n## {}\n\n{}. Level: {}.{reach}\n\n{}\n",
        rule.name,
        capital(rule.title),
        rule.level.text(),
        rule.doc
    );
    for (title, example) in [("Bad", rule.bad), ("Good", rule.good)] {
        if !example.is_empty() {
            let _ = write!(text, "\n{title}:\n\n```sql\n{example}```\n");
        }
    }
    text
}

fn capital(text: &str) -> String {
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).collect()
}
