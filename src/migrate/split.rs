//! A file's statements.

use super::lexer::{Kind, Token, tokens};

/// One statement, without its semicolon and without comments before it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Statement<'a> {
    pub text: &'a str,
    /// The line of its first token, from 1.
    pub line: usize,
    /// Without comments.
    pub tokens: Vec<Token<'a>>,
}

/// Cuts at the semicolons that end statements: not those in quotes, comments, parentheses (rules)
/// or in the body of `begin atomic … end` (as psql does, `psqlscan.l`).
pub(crate) fn statements(sql: &str) -> Vec<Statement<'_>> {
    let mut found = Vec::new();
    let mut current: Vec<Token<'_>> = Vec::new();
    let (mut parentheses, mut blocks) = (0_usize, 0_usize);
    let mut lines = Lines { at: 0, line: 1 };
    for token in tokens(sql) {
        if token.kind == Kind::Comment {
            continue;
        }
        if token.is_symbol(";") && parentheses == 0 && blocks == 0 {
            found.extend(statement(sql, std::mem::take(&mut current), &mut lines));
            continue;
        }
        match token.text {
            "(" => parentheses += 1,
            ")" => parentheses = parentheses.saturating_sub(1),
            _ if !creates_routine(&current) => {}
            _ if token.is_word("atomic")
                && current.last().is_some_and(|last| last.is_word("begin")) =>
            {
                blocks += 1;
            }
            _ if token.is_word("case") && blocks > 0 => blocks += 1,
            _ if token.is_word("end") => blocks = blocks.saturating_sub(1),
            _ => {}
        }
        current.push(token);
    }
    found.extend(statement(sql, current, &mut lines));
    found
}

fn creates_routine(statement: &[Token<'_>]) -> bool {
    let mut words = statement
        .iter()
        .filter(|token| !token.is_word("or") && !token.is_word("replace"));
    words.next().is_some_and(|word| word.is_word("create"))
        && words
            .next()
            .is_some_and(|word| word.is_word("function") || word.is_word("procedure"))
}

/// Counted on from statement to statement: from the start each time, a long file takes the square of its length.
struct Lines {
    at: usize,
    line: usize,
}

fn statement<'a>(sql: &'a str, tokens: Vec<Token<'a>>, lines: &mut Lines) -> Option<Statement<'a>> {
    let (first, last) = (tokens.first()?, tokens.last()?);
    let text = sql.get(first.start..last.end())?;
    lines.line += sql.get(lines.at..first.start)?.matches('\n').count();
    lines.at = first.start;
    Some(Statement {
        text,
        line: lines.line,
        tokens,
    })
}

#[cfg(test)]
mod tests {
    use super::statements;

    fn texts(sql: &str) -> Vec<(usize, &str)> {
        statements(sql)
            .into_iter()
            .map(|statement| (statement.line, statement.text))
            .collect()
    }

    #[test]
    fn semicolons_in_quotes_and_comments_end_nothing() {
        let sql = "-- a; b\nselect ';' /* ; */, \";\";\n\ndo $$ begin; end $$;;\n";
        assert_eq!(
            texts(sql),
            [(2, "select ';' /* ; */, \";\""), (4, "do $$ begin; end $$")]
        );
    }

    #[test]
    fn a_standard_body_is_part_of_its_statement() {
        let sql = "create or replace function f() returns int begin atomic\n\
                   select case when true then 1 end; select 2;\nend;\nselect 3";
        let found = texts(sql);
        assert_eq!(found.len(), 2);
        assert_eq!(found[1], (4, "select 3"));
    }

    #[test]
    fn a_transaction_block_is_not_a_body() {
        assert_eq!(texts("begin; select 1; end;").len(), 3);
    }

    #[test]
    fn a_rule_keeps_its_commands() {
        assert_eq!(
            texts("create rule r as on insert to t do also (select 1; select 2); select 3").len(),
            2
        );
    }
}
