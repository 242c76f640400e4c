//! Functions that can be called under `/rpc/`.

use std::sync::Arc;

use super::{FilterType, HandledType, QualifiedName, SqlType};

/// One overload of a function.
#[derive(Debug, Clone)]
pub struct Routine {
    /// Postgres' number for this overload.
    pub oid: i64,
    pub name: QualifiedName,
    /// Without the lines that became `page`.
    pub comment: Option<String>,
    pub volatility: Volatility,
    pub returns: Returns,
    pub returns_set: bool,
    /// Set where its one value is a whole answer of that media type.
    pub makes: Option<HandledType>,
    /// Postgres works its body into the calling statement, which then reads no more of it than it
    /// needs: a count needs no columns, a page no more than its rows.
    pub inlined: bool,
    pub page: PageDefaults,
    /// In the order of the signature.
    pub parameters: Vec<Parameter>,
    /// Its `set` clauses: name and value.
    pub settings: Vec<(String, String)>,
}

/// What a page of the result is where the URL does not say: the last lines of the comment.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct PageDefaults {
    /// `@order total.desc,id`: what the URL's `order` would be.
    pub order: Option<String>,
    /// `@limit 20`.
    pub limit: Option<u64>,
    /// `@top worst`: the parameter that is given how many rows of that order, from the first, the page is about.
    pub top: Option<String>,
    /// `@total schema.function`: what tells the exact total, from the same arguments.
    pub total: Option<String>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Volatility {
    Immutable,
    Stable,
    Volatile,
}

/// What one row of the result is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Returns {
    Void,
    Scalar,
    /// Columns by name; empty where only the call would tell. `relation` is set where the rows are
    /// those of a table or view, so that they can be embedded.
    Composite {
        output: Vec<String>,
        relation: Option<QualifiedName>,
    },
}

#[derive(Debug, Clone)]
pub struct Parameter {
    /// Empty where the function left it unnamed.
    pub name: String,
    pub sql_type: SqlType,
    pub required: bool,
    pub variadic: bool,
    /// Set where the parameter takes conditions (`priority=in.(a,b)`) instead of a literal.
    pub filters: Option<Filters>,
}

/// How a parameter takes conditions.
#[derive(Debug, Clone)]
pub enum Filters {
    /// The parameter itself is of a filter type.
    One(Arc<FilterType>),
    /// Its type is a composite of filter types: each attribute is a query parameter of its own.
    Spread(Vec<FilterAttribute>),
}

/// One query parameter that takes conditions.
#[derive(Debug, Clone)]
pub struct FilterAttribute {
    pub name: String,
    pub filter_type: Arc<FilterType>,
}

impl Routine {
    /// Whether any parameter takes conditions.
    #[must_use]
    pub fn takes_filters(&self) -> bool {
        self.parameters.iter().any(|p| p.filters.is_some())
    }

    /// The parameter that is the whole body: the only one, and without a name.
    #[must_use]
    pub fn unnamed(&self) -> Option<&Parameter> {
        match self.parameters.as_slice() {
            [parameter] if parameter.name.is_empty() => Some(parameter),
            _ => None,
        }
    }

    /// The value of a `set` clause.
    #[must_use]
    pub fn setting(&self, name: &str) -> Option<&str> {
        let mut settings = self.settings.iter();
        let found = settings.find(|(known, _)| known.eq_ignore_ascii_case(name));
        found.map(|(_, value)| value.as_str())
    }

    /// Every query parameter that takes conditions, in order.
    pub fn filter_names(&self) -> impl Iterator<Item = &str> {
        self.parameters.iter().flat_map(Parameter::filter_names)
    }

    /// The filter type of a query parameter.
    #[must_use]
    pub fn filter_type(&self, name: &str) -> Option<&Arc<FilterType>> {
        self.parameters
            .iter()
            .find_map(|p| match p.filters.as_ref()? {
                Filters::One(filter_type) => (p.name == name).then_some(filter_type),
                Filters::Spread(attributes) => attributes
                    .iter()
                    .find(|attribute| attribute.name == name)
                    .map(|attribute| &attribute.filter_type),
            })
    }

    /// The columns of the result, where they are known.
    #[must_use]
    pub fn output(&self) -> &[String] {
        match &self.returns {
            Returns::Composite { output, .. } => output,
            Returns::Void | Returns::Scalar => &[],
        }
    }
}

/// A function's comment, and what its last lines say of the page. A line that cannot be read so is
/// text like any other.
pub(super) fn split_page(comment: &str) -> (&str, PageDefaults) {
    let mut text = comment.trim_end();
    let mut page = PageDefaults::default();
    loop {
        let (rest, line) = text.rsplit_once('\n').unwrap_or(("", text));
        if let Some(order) = line.strip_prefix("@order ") {
            page.order = Some(order.trim().to_owned());
        } else if let Some(limit) = line.strip_prefix("@limit ").map(str::trim)
            && let Ok(limit) = limit.parse()
        {
            page.limit = Some(limit);
        } else if let Some(top) = line.strip_prefix("@top ") {
            page.top = Some(top.trim().to_owned());
        } else if let Some(total) = line.strip_prefix("@total ") {
            page.total = Some(total.trim().to_owned());
        } else {
            return (text, page);
        }
        text = rest.trim_end();
    }
}

impl Parameter {
    fn filter_names(&self) -> Vec<&str> {
        match &self.filters {
            None => Vec::new(),
            Some(Filters::One(_)) => vec![&self.name],
            Some(Filters::Spread(attributes)) => {
                attributes.iter().map(|a| a.name.as_str()).collect()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_last_lines_of_a_comment_describe_the_page() {
        for (comment, text, order, limit) in [
            ("All of it.", "All of it.", None, None),
            ("A page.\n@limit 20", "A page.", None, Some(20)),
            ("A page.\r\n\n@limit  20 \n", "A page.", None, Some(20)),
            (
                "A page.\n@order a.desc,b\n@limit 5",
                "A page.",
                Some("a.desc,b"),
                Some(5),
            ),
            ("@limit 5\n@order a", "", Some("a"), Some(5)),
            ("A page.\n@limit many", "A page.\n@limit many", None, None),
            ("A page.\n@limit -1", "A page.\n@limit -1", None, None),
            ("@limit 5\nAnd more.", "@limit 5\nAnd more.", None, None),
            ("Write @limit 5", "Write @limit 5", None, None),
            ("", "", None, None),
        ] {
            let order = order.map(str::to_owned);
            let page = PageDefaults {
                order,
                limit,
                ..PageDefaults::default()
            };
            assert_eq!(split_page(comment), (text, page), "{comment:?}");
        }
    }

    #[test]
    fn a_comment_says_what_takes_the_size_of_the_page_and_what_tells_the_total() {
        let (text, page) = split_page("The worst.\n@limit 20\n@top worst\n@total sums.worst ");
        assert_eq!(text, "The worst.");
        assert_eq!(page.limit, Some(20));
        assert_eq!(page.top.as_deref(), Some("worst"));
        assert_eq!(page.total.as_deref(), Some("sums.worst"));
    }
}
