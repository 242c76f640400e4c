//! The form of scenes, without a database.

use super::expectation::expectation;
use super::outcome::{Done, Outcome, Refusal};
use super::parse::{Who, parse};
use super::table::{Cell, Table};
use crate::migrate::statements;

fn mistake(text: &str) -> String {
    parse("a.sql", text).unwrap_err().to_string()
}

/// The message of a file whose scene has these lines from its third on.
fn within(lines: &str) -> String {
    mistake(&format!("-- scene: one\n-- as: reader\n{lines}"))
}

#[test]
fn a_file_is_read_as_acts_of_whom_with_lines() {
    let scenes = parse(
        "a.sql",
        "-- What this is about.\n-- setup\ninsert into t values (1);\n\n\
         -- scene: a reader reads\n-- whatever else\n-- as: reader {\"id\": 7}\n-- expect: 2 rows\n-- expect: columns a, b\n\
         select *\nfrom t;\nselect 2;\n-- setup: boss\ndelete from t;\n-- as: \"Odd one\"\n-- expect: no rows\nselect 1\n\
         -- scene: another\n-- as: reader\n-- expect: done\nselect 3",
    )
    .unwrap_err();
    assert_eq!(
        scenes.to_string(),
        "a.sql:18: `-- scene:` stands within the statement of line 17: is a semicolon missing?"
    );
    let scenes = parse(
        "a.sql",
        "-- setup\ninsert into t values (1);\n-- scene: a reader reads\n-- as: reader {\"id\": 7}\n\
         -- expect: 2 rows\n-- expect: columns a, b\nselect *\nfrom t;\nselect 2;\n-- setup: boss\ndelete from t;\n\
         -- as: \"Odd one\"\n-- expect: no rows\nselect 1;\n-- scene: another\n-- as: reader\n-- expect: done\nselect 3",
    )
    .unwrap();
    assert_eq!(
        scenes
            .iter()
            .map(|one| (one.title.as_str(), one.line))
            .collect::<Vec<_>>(),
        [("a reader reads", 3), ("another", 15)]
    );
    let acts: Vec<_> = scenes[0]
        .acts
        .iter()
        .map(|act| {
            let who = match &act.who {
                Who::Setup(role) => format!("setup {role:?}"),
                Who::Caller(caller) => caller.to_string(),
            };
            let lines: Vec<_> = act
                .steps
                .iter()
                .map(|step| (step.line, step.expectations.len()))
                .collect();
            (who, lines)
        })
        .collect();
    assert_eq!(
        acts,
        [
            ("setup None".to_owned(), vec![(2, 0)]),
            ("reader {\"id\":7}".to_owned(), vec![(7, 2), (9, 0)]),
            ("setup Some(\"boss\")".to_owned(), vec![(11, 0)]),
            ("Odd one".to_owned(), vec![(14, 1)]),
        ]
    );
    assert_eq!(
        scenes[1].acts.len(),
        2,
        "the file's setup comes first in each"
    );
}

#[test]
fn what_cannot_be_meant_is_refused_with_its_line() {
    for (text, said) in [
        ("select 1", "a.sql:1: who does this?"),
        ("-- nothing\n", "a.sql:1: there is no scene"),
        ("-- scene:\n", "a.sql:1: a scene has a title"),
        (
            "-- as: reader\nselect 1",
            "a.sql:1: who does something does it in a scene",
        ),
        (
            "-- scene: x\n-- as: reader\nselect 1",
            "a.sql:1: the scene \"x\" expects nothing",
        ),
        (
            "-- scene: x\n-- as: reader\n-- scene: y",
            "a.sql:1: the scene \"x\" expects nothing",
        ),
        (
            "-- scene: x\n-- setup\n-- expect: done\nselect 1",
            "a.sql:3: a setup only prepares",
        ),
        (
            "-- scnee: x\n",
            "a.sql:1: `-- scnee: x` is only a comment; did you mean `-- scene: …`?",
        ),
    ] {
        let mistake = mistake(text);
        assert!(mistake.starts_with(said), "{text}: {mistake}");
    }
}

#[test]
fn what_a_scene_may_not_say_is_refused_with_its_line() {
    for (lines, said) in [
        ("-- expect: done\n", "a.sql:3: no statement follows"),
        (
            "-- expect: done\n-- as: writer\nselect 1",
            "a.sql:3: no statement follows",
        ),
        (
            "-- expect 2 rows\nselect 1",
            "a.sql:3: `-- expect 2 rows` is only a comment",
        ),
        (
            "-- expcet: 2 rows\nselect 1",
            "a.sql:3: `-- expcet: 2 rows` is only a comment; did you mean `-- expect: …`?",
        ),
        (
            "-- as: reader {id: 1}\nselect 1",
            "a.sql:3: the claims are no JSON object",
        ),
        (
            "-- as: two words\nselect 1",
            "a.sql:3: expected `-- as: ROLE`",
        ),
        (
            "-- expect: refused\ndelete from t",
            "a.sql:3: `refused` says by which SQLSTATE",
        ),
        (
            "-- expect: refused because\ndelete from t",
            "a.sql:3: `refused` says by which SQLSTATE",
        ),
        (
            "-- expect: nonsense\nselect 1",
            "a.sql:3: `nonsense` is nothing that can be expected: expected `done`",
        ),
        (
            "-- expect: some rows\nselect 1",
            "a.sql:3: `some` is no number of rows",
        ),
        (
            "-- expect: rows\nselect 1",
            "a.sql:3: a table follows `rows`",
        ),
        (
            "-- expect: rows\n-- a | b\n-- 1\nselect 1",
            "a.sql:3: `1` has 1 values for 2 columns",
        ),
        (
            "-- expect: 1 row changed\nselect 1",
            "a.sql:3: this statement changes no rows itself",
        ),
        (
            "-- expect: done\n-- expect: 1 row\nselect 1",
            "a.sql:3: nothing else can be expected",
        ),
        (
            "select 1;\n\ncommit",
            "a.sql:5: commit does not belong here",
        ),
        (
            "rollback to savepoint x",
            "a.sql:3: rollback does not belong here",
        ),
        ("savepoint x", "a.sql:3: savepoint does not belong here"),
        (
            "prepare transaction 'x'",
            "a.sql:3: prepare transaction does not belong here",
        ),
        ("copy t to '/tmp/x'", "a.sql:3: copy reaches out"),
        ("/* x */ reset role", "a.sql:3: who asks stays who it is"),
        ("set local role boss", "a.sql:3: who asks stays who it is"),
        (
            "set session authorization boss",
            "a.sql:3: who asks stays who it is",
        ),
        ("SET SESSION ROLE boss", "a.sql:3: who asks stays who it is"),
        ("reset all", "a.sql:3: who asks stays who it is"),
    ] {
        let mistake = within(lines);
        assert!(mistake.starts_with(said), "{lines}: {mistake}");
    }
    for fine in [
        "set local search_path = other",
        "prepare q as select 1",
        "do $$ begin -- expcet: x\nend $$",
    ] {
        let text = format!("-- scene: one\n-- as: reader\n-- expect: done\n{fine}");
        assert!(parse("a.sql", &text).is_ok(), "{fine}");
    }
}

#[test]
fn values_are_read_as_they_are_shown() {
    for (text, value) in [
        ("12", Some("12")),
        (" a b ", Some("a b")),
        ("NULL", None),
        ("'null'", Some("null")),
        ("''", Some("")),
        ("'it''s'", Some("it's")),
        (r"'a\nb\\c'", Some("a\nb\\c")),
        (r"a\nb", Some(r"a\nb")),
        ("' x '", Some(" x ")),
        ("'a | b'", Some("a | b")),
    ] {
        let cell = Cell::read(text).unwrap();
        assert_eq!(cell, Cell::from(value), "{text}");
        assert_eq!(Cell::read(&cell.to_string()).unwrap(), cell, "{text}");
    }
    for bad in ["'a", "'a'b'"] {
        assert!(Cell::read(bad).is_err(), "{bad}");
    }
}

#[test]
fn tables_are_read_as_psql_prints_them() {
    let table = Table::read(&[
        "id | name",
        "---+-----",
        "1 | 'a | b'",
        "2 | null",
        "(2 rows)",
    ])
    .unwrap();
    assert_eq!(table.columns, ["id", "name"]);
    assert_eq!(table.shown(), "id | name\n1 | 'a | b'\n2 | null");
    // elsewhere, and shorter than psql draws it, it is a value
    assert_eq!(Table::read(&["a", "-"]).unwrap().count(), 1);
    assert_eq!(Table::read(&["a", "---", "b", "---"]).unwrap().count(), 2);
    let wrong = Table::read(&["id", "----", "1", "(2 rows)"]).unwrap_err();
    assert_eq!(wrong, "2 rows, it says, and 1 stand there");
}

#[test]
fn rows_are_changed_only_by_what_changes_rows() {
    for (sql, changes) in [
        ("update t set a = 1", true),
        ("with a as (select 1) insert into t select * from a", true),
        (
            "with a as (delete from t returning *) select * from a",
            false,
        ),
        ("with a as (select 1) select * from a", false),
        ("execute q", false),
        ("fetch all from c", false),
        ("call p()", false),
        ("(select 1)", false),
    ] {
        let found = statements(sql);
        assert_eq!(super::guard::changes(&found[0]), changes, "{sql}");
    }
    for (sql, settles) in [
        ("set constraints all immediate", true),
        ("SET CONSTRAINTS ALL IMMEDIATE", true),
        ("set constraints all deferred", false),
        ("set constraints one immediate", false),
    ] {
        let found = statements(sql);
        assert_eq!(super::guard::settles(&found[0]), settles, "{sql}");
    }
}

fn done(columns: &[&str], rows: &[&[&str]]) -> Outcome {
    let mut table = Table::new(columns.iter().map(|one| (*one).to_owned()).collect());
    table.rows = rows
        .iter()
        .map(|row| row.iter().map(|cell| Cell::from(Some(*cell))).collect())
        .collect();
    Outcome::Done(Done {
        affected: rows.len() as u64,
        rows: Some(table),
    })
}

fn unmet(text: &str, more: &[&str], outcome: &Outcome) -> Option<String> {
    expectation(text, more).unwrap().unmet(outcome)
}

#[test]
fn what_came_is_held_against_what_was_expected() {
    let two = done(&["id", "name"], &[&["1", "a"], &["2", "b"]]);
    let changed = Outcome::Done(Done {
        rows: None,
        affected: 1,
    });
    let refused = Outcome::Refused(Refusal {
        sqlstate: "42501".to_owned(),
        message: "permission denied for table t".to_owned(),
        explained: "permission denied for table t (42501)".to_owned(),
    });
    for (text, more, outcome) in [
        ("done", &[][..], &two),
        ("2 rows", &[], &two),
        ("columns id, name", &[], &two),
        ("rows", &["id | name", "2 | b", "1 | a"], &two),
        ("rows in order", &["id | name", "1 | a", "2 | b"], &two),
        ("value x y", &[], &done(&["a"], &[&["x y"]])),
        ("no rows", &[], &done(&["a"], &[])),
        ("1 row changed", &[], &changed),
        ("refused 42501", &[], &refused),
        ("refused 42501 denied for table", &[], &refused),
    ] {
        assert_eq!(unmet(text, more, outcome), None, "{text}");
    }
    for (text, more, outcome, said) in [
        (
            "done",
            &[][..],
            &refused,
            "expected: done\nrefused: permission denied for table t (42501)",
        ),
        (
            "1 row",
            &[],
            &two,
            "expected: 1 row\ngot: 2 rows\nid | name\n1 | a\n2 | b",
        ),
        (
            "columns id",
            &[],
            &two,
            "expected: columns id\ngot: columns id, name",
        ),
        (
            "rows",
            &["id | title", "1 | a"],
            &two,
            "expected the columns: id | title\ngot: id | name",
        ),
        (
            "rows",
            &["id | name", "1 | a", "3 | c", "1 | a"],
            &two,
            "the rows differ (- missing, + extra), of id | name:\n- 3 | c\n- 1 | a\n+ 2 | b\n",
        ),
        (
            "rows in order",
            &["id | name", "2 | b", "1 | a"],
            &two,
            "the rows are those expected, in another order:\nid | name\n1 | a\n2 | b",
        ),
        (
            "value 2",
            &[],
            &done(&["a"], &[&["1"]]),
            "expected: value 2\ngot: 1 row\na\n1",
        ),
        (
            "no rows changed",
            &[],
            &changed,
            "expected: no rows changed\ngot: 1 row changed",
        ),
        (
            "1 row",
            &[],
            &changed,
            "expected: 1 row\nthe statement returns no rows",
        ),
        (
            "refused 42501",
            &[],
            &changed,
            "expected: refused 42501\ngot: 1 row changed",
        ),
        (
            "refused 42P01",
            &[],
            &refused,
            "expected: refused 42P01\nrefused otherwise: permission denied for table t (42501)",
        ),
        (
            "refused 42501 other",
            &[],
            &refused,
            "expected: refused 42501 other\nrefused otherwise: permission denied for table t (42501)",
        ),
    ] {
        assert_eq!(unmet(text, more, outcome).as_deref(), Some(said), "{text}");
    }
}
