//! The `Prefer` header (PostgREST, `preferences.rst`; RFC 7240).

use super::RequestError;

/// What the client prefers. Of a preference given more than once, the first counts.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Preferences {
    pub resolution: Option<Resolution>,
    pub missing: Option<Missing>,
    pub representation: Option<Representation>,
    pub count: Option<Count>,
    /// Whoever runs the transaction decides whether the setting allows it, and clears it if not.
    pub transaction: Option<TransactionEnd>,
    pub handling: Option<Handling>,
    pub columns: Option<Columns>,
    /// As given: Postgres knows the time zones, and answers `22023` to one that it does not know.
    pub timezone: Option<String>,
    /// As given; [`Preferences::max_affected`] says whether it counts.
    pub max_affected: Option<i64>,
    /// What is not a preference, in the order given.
    pub invalid: Vec<String>,
}

/// Declares a preference whose values are words: the type, its texts and its parser.
macro_rules! preference {
    ($(#[$doc:meta])* $name:ident { $($(#[$variant_doc:meta])* $variant:ident = $text:literal,)* }) => {
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum $name { $($(#[$variant_doc])* $variant,)* }

        impl $name {
            /// As it stands in `Prefer` and `Preference-Applied`.
            #[must_use]
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)* }
            }

            fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)* _ => None }
            }
        }
    };
}

preference! {
    /// What an insert does with rows that exist already.
    Resolution {
        MergeDuplicates = "resolution=merge-duplicates",
        IgnoreDuplicates = "resolution=ignore-duplicates",
    }
}

preference! {
    /// The value of columns that a row of the body leaves out.
    Missing {
        Default = "missing=default",
        Null = "missing=null",
    }
}

preference! {
    /// What a mutation answers with.
    Representation {
        Full = "return=representation",
        HeadersOnly = "return=headers-only",
        Minimal = "return=minimal",
    }
}

preference! {
    /// How the total of `Content-Range` is found.
    Count {
        Exact = "count=exact",
        Planned = "count=planned",
        Estimated = "count=estimated",
    }
}

preference! {
    /// How the transaction ends.
    TransactionEnd {
        Commit = "tx=commit",
        Rollback = "tx=rollback",
    }
}

preference! {
    /// Whether unknown preferences are refused.
    Handling {
        Strict = "handling=strict",
        Lenient = "handling=lenient",
    }
}

preference! {
    /// What `*` stands for: not PostgREST's.
    Columns {
        /// The columns that the caller's role may read.
        Granted = "columns=granted",
    }
}

impl Preferences {
    /// Reads every `Prefer` header, in order.
    ///
    /// ```
    /// use rowdesk::request::prefer::{Count, Preferences};
    ///
    /// let preferences = Preferences::parse(["count=exact,   anything", "count=planned"]);
    /// assert_eq!(preferences.count, Some(Count::Exact));
    /// assert_eq!(preferences.invalid, ["anything"]);
    /// ```
    pub fn parse<'a>(headers: impl IntoIterator<Item = &'a str>) -> Self {
        let headers = headers.into_iter().filter(|header| !header.is_empty());
        let texts: Vec<&str> = headers
            .flat_map(|header| header.split(','))
            .map(str::trim)
            .collect();
        let mut preferences = Self::default();
        for text in &texts {
            preferences.add(text);
        }
        // The first one counts even if it is no number, and then nothing is set.
        preferences.max_affected = texts
            .iter()
            .find_map(|text| text.strip_prefix("max-affected="))
            .and_then(|rows| rows.trim().parse().ok());
        preferences
    }

    fn add(&mut self, text: &str) {
        if let Some(timezone) = text.strip_prefix("timezone=") {
            self.timezone.get_or_insert_with(|| timezone.to_owned());
        } else if let Some(resolution) = Resolution::parse(text) {
            self.resolution.get_or_insert(resolution);
        } else if let Some(missing) = Missing::parse(text) {
            self.missing.get_or_insert(missing);
        } else if let Some(representation) = Representation::parse(text) {
            self.representation.get_or_insert(representation);
        } else if let Some(count) = Count::parse(text) {
            self.count.get_or_insert(count);
        } else if let Some(columns) = Columns::parse(text) {
            self.columns.get_or_insert(columns);
        } else if let Some(transaction) = TransactionEnd::parse(text) {
            self.transaction.get_or_insert(transaction);
        } else if let Some(handling) = Handling::parse(text) {
            self.handling.get_or_insert(handling);
        } else if !text.starts_with("max-affected=") {
            self.invalid.push(text.to_owned());
        }
    }

    /// How the transaction ends is known but not heeded, and never announced as applied, unless `db-tx-end`
    /// lets requests choose (PostgREST, `configuration.rst`).
    pub fn refuse_unheeded(&mut self, may_choose_end: bool) {
        self.transaction = self.transaction.filter(|_| may_choose_end);
    }

    /// The most rows that may change, which counts only with `handling=strict`.
    #[must_use]
    pub fn max_affected(&self) -> Option<i64> {
        self.max_affected.filter(|_| self.is_strict())
    }

    /// Refuses unknown preferences if `handling=strict`. PostgREST asks only once the plan stands,
    /// so that a table that does not exist is reported first.
    pub fn check(&self) -> Result<(), RequestError> {
        if self.is_strict() && !self.invalid.is_empty() {
            return Err(RequestError::Preferences(self.invalid.clone()));
        }
        Ok(())
    }

    #[must_use]
    pub fn is_strict(&self) -> bool {
        self.handling == Some(Handling::Strict)
    }

    /// The value of `Preference-Applied`, if any preference is set. Which ones a kind of request
    /// heeds is decided by the response, which clears the others before.
    #[must_use]
    pub fn applied(&self) -> Option<String> {
        let texts: Vec<String> = [
            self.resolution.map(|it| it.text().to_owned()),
            self.missing.map(|it| it.text().to_owned()),
            self.representation.map(|it| it.text().to_owned()),
            self.count.map(|it| it.text().to_owned()),
            self.transaction.map(|it| it.text().to_owned()),
            self.handling.map(|it| it.text().to_owned()),
            self.timezone.as_ref().map(|it| format!("timezone={it}")),
            self.max_affected().map(|it| format!("max-affected={it}")),
            self.columns.map(|it| it.text().to_owned()),
        ]
        .into_iter()
        .flatten()
        .collect();
        (!texts.is_empty()).then(|| texts.join(", "))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_header_with_commas() {
        let preferences = Preferences::parse([
            "count=exact,    tx=commit   ,return=representation , missing=default, handling=strict, anything",
        ]);
        assert_eq!(preferences.count, Some(Count::Exact));
        assert_eq!(preferences.transaction, Some(TransactionEnd::Commit));
        assert_eq!(preferences.representation, Some(Representation::Full));
        assert_eq!(preferences.missing, Some(Missing::Default));
        assert_eq!(preferences.resolution, None);
        assert_eq!(
            preferences.check(),
            Err(RequestError::Preferences(vec!["anything".into()]))
        );
    }

    #[test]
    fn the_first_of_several_counts() {
        let preferences = Preferences::parse([
            "resolution=ignore-duplicates, max-affected=many, max-affected=5",
            "resolution=merge-duplicates",
            "timezone=UTC",
            "timezone=Europe/Berlin",
        ]);
        assert_eq!(preferences.resolution, Some(Resolution::IgnoreDuplicates));
        assert_eq!(preferences.timezone.as_deref(), Some("UTC"));
        assert_eq!(preferences.max_affected, None, "the first is not a number");
        assert!(preferences.invalid.is_empty());
    }

    #[test]
    fn lenient_takes_what_it_does_not_know() {
        for header in [
            "anything",
            "handling=lenient, anything",
            "count=none",
            "columns=all",
            "",
        ] {
            assert_eq!(Preferences::parse([header]).check(), Ok(()), "{header}");
        }
    }

    #[test]
    fn applied_in_postgrest_order() {
        for (header, applied) in [
            ("", None),
            ("count=none", None),
            (
                "timezone=America/Los_Angeles, handling=strict",
                Some("handling=strict, timezone=America/Los_Angeles"),
            ),
            ("max-affected=3", None),
            (
                "columns=granted, count=exact",
                Some("count=exact, columns=granted"),
            ),
            (
                "max-affected=3, handling=strict",
                Some("handling=strict, max-affected=3"),
            ),
            (
                "tx=rollback,count=exact,return=minimal,missing=null,resolution=merge-duplicates",
                Some(
                    "resolution=merge-duplicates, missing=null, return=minimal, count=exact, tx=rollback",
                ),
            ),
        ] {
            assert_eq!(Preferences::parse([header]).applied().as_deref(), applied);
        }
    }
}
