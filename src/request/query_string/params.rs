//! Parameters by what they are for: the words that PostgREST reserves, and the others.

use std::collections::BTreeMap;

use crate::request::{
    RequestError,
    range::{self, RowRange, Window},
};

use super::{canonical::canonical, cursor::Cursor, decode, field, filter::EmbedPath};

/// The decoded parameters, each where it belongs. One without `=` counts for nothing.
#[derive(Default)]
pub(super) struct Params {
    /// Of `select`, `columns` and `on_conflict` the first counts.
    pub(super) select: Option<String>,
    pub(super) columns: Option<String>,
    pub(super) on_conflict: Option<String>,
    pub(super) order: Vec<(String, String)>,
    pub(super) logic: Vec<(String, String)>,
    pub(super) ranges: Ranges,
    pub(super) others: Vec<(String, String)>,
    pub(super) canonical: String,
}

/// Limit and offset by level; of a level given twice the last counts.
#[derive(Default)]
pub(super) struct Ranges {
    top: Level,
    /// By the path as it stands in the URL.
    embedded: BTreeMap<String, Level>,
}

#[derive(Default)]
struct Level {
    limit: Option<String>,
    offset: Option<String>,
}

impl Params {
    pub(super) fn sort(raw: &str) -> Result<Self, RequestError> {
        let pairs = decode::pairs(raw).ok_or_else(not_text)?;
        let mut params = Self {
            canonical: canonical(&pairs),
            ..Self::default()
        };
        let (mut select, mut columns, mut on_conflict) = (None, None, None);
        for (key, value) in pairs {
            match (key.as_str(), value) {
                ("select", value) => select = select.or(Some(value)),
                ("columns", value) => columns = columns.or(Some(value)),
                ("on_conflict", value) => on_conflict = on_conflict.or(Some(value)),
                (_, None) => {}
                (_, Some(value)) => params.add(key, value),
            }
        }
        params.select = select.flatten();
        params.columns = columns.flatten();
        params.on_conflict = on_conflict.flatten();
        Ok(params)
    }

    fn add(&mut self, key: String, value: String) {
        let (level, word) = match key.rsplit_once('.') {
            Some((level, word)) => (Some(level), word),
            None => (None, key.as_str()),
        };
        match word {
            "order" => self.order.push((key, value)),
            "and" | "or" => self.logic.push((key, value)),
            "limit" => self.ranges.level(level).limit = Some(value),
            "offset" => self.ranges.level(level).offset = Some(value),
            _ => self.others.push((key, value)),
        }
    }
}

impl Ranges {
    fn level(&mut self, path: Option<&str>) -> &mut Level {
        match path {
            Some(path) => self.embedded.entry(path.to_owned()).or_default(),
            None => &mut self.top,
        }
    }

    /// The window of the top level, and the rows of each embedded one.
    pub(super) fn windows(&self) -> Result<(Window, Vec<(EmbedPath, RowRange)>), RequestError> {
        let mut levels: BTreeMap<EmbedPath, Level> = BTreeMap::new();
        for (path, given) in &self.embedded {
            let key = format!("{path}.limit");
            let (path, _) = Cursor::run(&key, "tree path", &key, field::tree_path)?;
            // A path can be spelt in several ways.
            let level = levels.entry(path).or_default();
            level.limit = given.limit.clone().or(level.limit.take());
            level.offset = given.offset.clone().or(level.offset.take());
        }
        let embedded = levels.into_iter();
        let embedded = embedded.map(|(path, level)| Ok((path, range::embedded(level.window())?)));
        let embedded: Result<_, RequestError> = embedded.collect();
        Ok((self.top.window(), embedded?))
    }
}

impl Level {
    fn window(&self) -> Window {
        Window::from_params(self.limit.as_deref(), self.offset.as_deref())
    }
}

fn not_text() -> RequestError {
    RequestError::Syntax {
        message: "The query string is not valid text".to_owned(),
        details: "After percent decoding it must be UTF-8 without NUL characters".to_owned(),
    }
}
