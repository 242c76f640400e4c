//! What the command line accepts, and what the commands print.

use std::ffi::OsString;

use clap::CommandFactory;

use super::{Cli, Command, parsed, settings};
use crate::config::settings;

fn arguments(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

#[test]
fn the_definition_is_sound() {
    Cli::command().args(settings::flags()).debug_assert();
}

#[test]
fn every_setting_is_a_flag_before_and_after_the_command() {
    for setting in settings() {
        for line in [
            format!("rowdesk --{}=x serve", setting.name),
            format!("rowdesk serve --{} x", setting.name),
            format!("rowdesk token --role r --{} x --expires-in 5", setting.name),
        ] {
            let (_, flags) = parsed(arguments(&line)).unwrap();
            assert_eq!(flags, [(setting.name.to_owned(), "x".to_owned())], "{line}");
        }
    }
    assert_eq!(parsed(arguments("rowdesk config")).unwrap().1, []);
}

#[test]
fn the_file_may_stand_alone_after_serve() {
    for line in [
        "rowdesk serve a.conf",
        "rowdesk -c a.conf serve",
        "rowdesk serve --config a.conf",
    ] {
        let (cli, _) = parsed(arguments(line)).unwrap();
        assert_eq!(cli.file().unwrap().to_str(), Some("a.conf"), "{line}");
    }
    assert!(parsed(arguments("rowdesk serve a.conf -c b.conf")).is_err());
}

#[test]
fn misspelt_flags_are_refused_with_the_nearest() {
    let error = parsed(arguments("rowdesk serve --server-prt 1")).unwrap_err();
    assert_eq!(error.exit_code(), 2);
    assert!(error.to_string().contains("--server-port"), "{error}");
    for line in [
        "rowdesk",
        "rowdesk nonsense",
        "rowdesk token",
        "rowdesk token --role r --claim x",
    ] {
        assert_eq!(
            parsed(arguments(line)).unwrap_err().exit_code(),
            2,
            "{line}"
        );
    }
}

#[test]
fn help_names_every_setting_with_its_variables() {
    let help = Cli::command()
        .args(settings::flags())
        .render_long_help()
        .to_string();
    let words: Vec<_> = help.split_whitespace().collect();
    let help = words.join(" ");
    for setting in settings() {
        assert!(
            help.contains(&format!("--{} <", setting.name)),
            "{}",
            setting.name
        );
        assert!(
            help.contains(&setting.variables().join(", ")),
            "{}",
            setting.name
        );
        assert!(help.contains(setting.doc), "{}", setting.name);
    }
}

#[test]
fn only_the_named_commands_exist() {
    let (cli, _) = parsed(arguments("rowdesk token --role r --claim a=1 --claim b=x")).unwrap();
    assert!(matches!(cli.command, Command::Token(_)));
}
