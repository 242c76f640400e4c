//! What is no error, but worth telling whoever starts the server.

use super::file::Entry;
use super::table::{setting, settings};
use super::{Inputs, Setting};

/// Something that is no error, but that whoever starts the server may want to know.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Notice {
    pub level: NoticeLevel,
    pub text: String,
}

/// How loud a [`Notice`] is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum NoticeLevel {
    Warn,
    Debug,
}

/// Names that nothing reads. PostgREST's own that are not supported yet must not stop a server that
/// swapped the binary; what looks like a misspelling is said aloud.
pub(super) fn notices(inputs: &Inputs, entries: &[Entry]) -> Vec<Notice> {
    let mut notices = Vec::new();
    for entry in entries {
        if setting(&entry.name).is_none() && !entry.name.starts_with("app.settings.") {
            let place = format!("line {} of the configuration file", entry.line);
            let nearest = nearest(&entry.name).map(|setting| setting.name.to_owned());
            notices.push(unknown(&place, &entry.name, nearest, NoticeLevel::Debug));
        }
    }
    let known: Vec<String> = settings().flat_map(Setting::variables).collect();
    for name in inputs.variables.keys() {
        let Some((prefix @ ("ROWDESK" | "PGRST"), rest)) = name.split_once('_') else {
            continue;
        };
        if !known.contains(name) && !rest.starts_with("APP_SETTINGS_") {
            let spelt = rest.to_ascii_lowercase().replace('_', "-");
            let level = match prefix {
                "ROWDESK" => NoticeLevel::Warn,
                _ => NoticeLevel::Debug,
            };
            let nearest =
                nearest(&spelt).and_then(|setting| setting.variables().into_iter().next());
            notices.push(unknown("the environment", name, nearest, level));
        }
    }
    notices
}

fn unknown(place: &str, name: &str, nearest: Option<String>, level: NoticeLevel) -> Notice {
    match nearest {
        Some(nearest) => Notice {
            level: NoticeLevel::Warn,
            text: format!("{place} sets {name}, which nothing reads. Did you mean {nearest}?"),
        },
        None => Notice {
            level,
            text: format!("{place} sets {name}, which nothing reads"),
        },
    }
}

/// The setting whose name is like this one, if any is.
fn nearest(name: &str) -> Option<&'static Setting> {
    settings()
        .map(|setting| {
            let likeness = strsim::normalized_damerau_levenshtein(name, setting.name);
            (setting, likeness)
        })
        .filter(|(_, likeness)| *likeness >= 0.8)
        .max_by(|(_, a), (_, b)| a.total_cmp(b))
        .map(|(setting, _)| setting)
}
