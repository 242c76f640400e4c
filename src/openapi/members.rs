//! A JSON object whose members keep their order.

use serde::{Serialize, Serializer};

/// Members by name, in the order in which they came.
#[derive(Debug, Clone)]
pub(super) struct Members<T>(Vec<(String, T)>);

impl<T> Members<T> {
    pub fn new() -> Self {
        Self(Vec::new())
    }

    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a member, in the place of the last one if that has the same name.
    pub fn insert(&mut self, name: impl Into<String>, value: T) {
        let name = name.into();
        match self.0.last_mut() {
            Some((last, old)) if *last == name => *old = value,
            _ => self.0.push((name, value)),
        }
    }
}

impl<T> Default for Members<T> {
    fn default() -> Self {
        Self::new()
    }
}

impl<T> FromIterator<(String, T)> for Members<T> {
    /// The names must differ.
    fn from_iter<I: IntoIterator<Item = (String, T)>>(members: I) -> Self {
        Self(members.into_iter().collect())
    }
}

impl<T: Serialize> Serialize for Members<T> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().map(|(name, value)| (name, value)))
    }
}
