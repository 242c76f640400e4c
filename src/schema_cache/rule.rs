//! Where the columns of a view come from, read from its rule in `pg_rewrite`.
//!
//! The rule is a tree of nodes as text (`src/backend/nodes/outfuncs.c` of PostgreSQL):
//! `({QUERY … :targetList ({TARGETENTRY :expr {…} :resno 1 … :resorigtbl 16385 :resorigcol 1 …} …) …})`.
//! Each entry of the outer query's list is a column; its origin is what we want. Everything else,
//! above all the lists of sub-queries, is passed over.

use std::iter::Peekable;
use std::str::Chars;

/// A column by OID and position of its relation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) struct ColumnId {
    pub relation: i64,
    pub number: i16,
}

/// The columns of the query that are columns of a relation, each with its position in the query.
pub(super) fn column_origins(rule: &str) -> Vec<(i16, ColumnId)> {
    let (mut depth, mut in_targets) = (0_u32, false);
    let mut entry = Entry::default();
    let mut found = Vec::new();
    for token in Tokens(rule.chars().peekable()) {
        match token {
            Token::Open => {
                depth += 1;
                if depth == 2 {
                    entry = Entry::default();
                }
            }
            Token::Close => {
                if depth == 2 && in_targets {
                    found.extend(entry.origin());
                }
                depth = depth.saturating_sub(1);
                // A node that ends was the value of a field.
                entry.field = None;
            }
            Token::Word(word) if depth == 1 => {
                if word.starts_with(':') {
                    in_targets = word == ":targetList";
                }
            }
            Token::Word(word) if depth == 2 && in_targets => entry.read(word),
            Token::Word(_) => {}
        }
    }
    found
}

/// A target entry, as far as it has been read.
#[derive(Default)]
struct Entry {
    /// The field whose value comes next.
    field: Option<String>,
    position: i16,
    relation: i64,
    number: i16,
}

impl Entry {
    fn read(&mut self, word: String) {
        match self.field.take().as_deref() {
            None if word.starts_with(':') => self.field = Some(word),
            Some(":resno") => self.position = word.parse().unwrap_or(0),
            Some(":resorigtbl") => self.relation = word.parse().unwrap_or(0),
            Some(":resorigcol") => self.number = word.parse().unwrap_or(0),
            // The node's own name, and values of no interest.
            None | Some(_) => {}
        }
    }

    fn origin(&self) -> Option<(i16, ColumnId)> {
        let origin = ColumnId {
            relation: self.relation,
            number: self.number,
        };
        (self.relation != 0).then_some((self.position, origin))
    }
}

enum Token {
    /// `{`
    Open,
    /// `}`
    Close,
    /// Anything else but the parentheses of lists; names without their backslashes.
    Word(String),
}

struct Tokens<'a>(Peekable<Chars<'a>>);

impl Iterator for Tokens<'_> {
    type Item = Token;

    fn next(&mut self) -> Option<Token> {
        let is_gap = |c: &char| c.is_whitespace() || matches!(c, '(' | ')');
        while self.0.next_if(is_gap).is_some() {}
        match self.0.peek()? {
            '{' => {
                self.0.next();
                Some(Token::Open)
            }
            '}' => {
                self.0.next();
                Some(Token::Close)
            }
            _ => {
                let mut word = String::new();
                let goes_on = |c: &char| !c.is_whitespace() && !matches!(c, '(' | ')' | '{' | '}');
                while let Some(c) = self.0.next_if(goes_on) {
                    match c {
                        '\\' => word.extend(self.0.next()),
                        c => word.push(c),
                    }
                }
                Some(Token::Word(word))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn origin(relation: i64, number: i16) -> ColumnId {
        ColumnId { relation, number }
    }

    #[test]
    fn only_the_outer_querys_columns_count() {
        let rule = "({QUERY :commandType 1 :hasAggs false :rtable ({RTE :alias <> :subquery {QUERY \
            :targetList ({TARGETENTRY :expr {VAR :varno 1} :resno 1 :resname inner :resorigtbl 5 \
            :resorigcol 5 :resjunk false})} :colnames (\"a\\ b\" \"c\")}) :targetList ({TARGETENTRY \
            :expr {VAR :varno 1 :varattno 2} :resno 1 :resname a\\ \\{b\\} :ressortgroupref 0 \
            :resorigtbl 16385 :resorigcol 2 :resjunk false} {TARGETENTRY :expr {FUNCEXPR :args ({CONST \
            :constvalue 4 [ 1 0 0 0 ]})} :resno 2 :resname :resorigtbl :resorigtbl 0 :resorigcol 0} \
            {TARGETENTRY :expr {SUBLINK :subselect {QUERY :targetList ({TARGETENTRY :resno 9 \
            :resorigtbl 9 :resorigcol 9})}} :resno 3 :resname <> :resorigtbl 16390 :resorigcol 1}) \
            :override 0 :onConflict <>})";
        assert_eq!(
            column_origins(rule),
            [(1, origin(16385, 2)), (3, origin(16390, 1))]
        );
    }

    #[test]
    fn what_is_no_rule_has_no_columns() {
        for text in ["", "<>", "()", "({QUERY :targetList <>})", "}}}}", "{{{{"] {
            assert_eq!(column_origins(text), [], "{text}");
        }
    }

    proptest! {
        #[test]
        fn no_text_is_too_strange(text in "[ (){}:\\\\a-z0-9<>\"]{0,200}") {
            column_origins(&text);
        }

        /// Whatever a column is called, its entry is read.
        #[test]
        fn names_do_not_disturb(name in "[^\u{0}]{1,20}") {
            let escaped: String = name.chars().flat_map(|c| ['\\', c]).collect();
            let rule = format!(
                "({{QUERY :targetList ({{TARGETENTRY :resno 1 :resname {escaped} :resorigtbl 7 :resorigcol 3}})}})"
            );
            prop_assert_eq!(column_origins(&rule), [(1, origin(7, 3))]);
        }
    }
}
