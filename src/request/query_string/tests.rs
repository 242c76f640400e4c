//! PostgREST's own examples, and its specs' error texts.

use super::{
    cursor::{Cursor, Parsed},
    field, filter, logic, operation, order, parse, parse_for_call, select,
};
use crate::{error::ClientError, request::RequestError};

/// Where and why a parser stops: `5: unexpected '!' expecting …`.
fn failure<T>(input: &str, parser: impl Fn(&mut Cursor<'_>) -> Parsed<T>) -> String {
    let Err(RequestError::Syntax { message, details }) = Cursor::run(input, "", "", parser) else {
        return format!("{input} was parsed");
    };
    let column = message.rsplit("column ").next().expect("a column");
    format!("{}: {details}", column.trim_end_matches(')'))
}

#[test]
fn select_errors() {
    for (input, expected) in [
        (
            "id,clients(name[])",
            r#"16: unexpected '[' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input"#,
        ),
        (
            "data->>-78xy",
            r#"11: unexpected 'x' expecting digit, "->", "::", ".", "," or end of input"#,
        ),
        ("data->>--34", r#"9: unexpected "-" expecting digit"#),
        (
            "data->(!@#$%^&*_d->>!@#$%^&*_e::integer",
            r#"7: unexpected "(" expecting "-", digit or any non reserved character different from: .,>()"#,
        ),
        (
            "id:: ",
            "6: unexpected end of input expecting letter or digit",
        ),
    ] {
        assert_eq!(failure(input, |cursor| select::items(cursor, 0)), expected);
    }
}

#[test]
fn item_errors() {
    for (input, expected) in [
        (
            "name!hint",
            r#"5: unexpected '!' expecting letter, digit, "-", "->>", "->", "::", ".", ")", "," or end of input"#,
        ),
        (
            "*!hint",
            r#"2: unexpected '!' expecting ")", "," or end of input"#,
        ),
        (
            "name::",
            "7: unexpected end of input expecting letter or digit",
        ),
    ] {
        assert_eq!(failure(input, select::field_item), expected, "{input}");
    }
    for input in ["rel->jsonpath(*)", "rel->jsonpath!hint(*)"] {
        assert_eq!(failure(input, select::embed_head), "6: unexpected '>'");
    }
    for (input, expected) in [
        ("rel(*)", r#"1: unexpected "r" expecting "...""#),
        ("alias:...rel(*)", r#"1: unexpected "a" expecting "...""#),
        ("...rel->jsonpath(*)", "9: unexpected '>'"),
    ] {
        assert_eq!(failure(input, select::spread_head), expected, "{input}");
    }
}

#[test]
fn name_and_json_path_errors() {
    assert_eq!(
        failure(":", field::name),
        r#"1: unexpected ":" expecting field name (* or [a..z0..9_$])"#
    );
    for (input, expected) in [
        (
            "->>-78xy",
            r#"7: unexpected 'x' expecting digit, "->", "::", ".", "," or end of input"#,
        ),
        ("->>--34", r#"5: unexpected "-" expecting digit"#),
        ("->>-xy-4", r#"5: unexpected "x" expecting digit"#),
    ] {
        assert_eq!(failure(input, field::json_path), expected, "{input}");
    }
    assert_eq!(
        failure("", field::columns),
        "1: unexpected end of input expecting field name (* or [a..z0..9_$])"
    );
}

#[test]
fn operation_errors() {
    for (input, expected) in [
        (
            "fts().value",
            r#"5: unexpected ")" expecting operator (eq, gt, ...)"#,
        ),
        (
            "eq().value",
            r#"4: unexpected ")" expecting operator (eq, gt, ...)"#,
        ),
        (
            "is().value",
            r#"3: unexpected "(" expecting operator (eq, gt, ...)"#,
        ),
        (
            "in().value",
            r#"3: unexpected "(" expecting operator (eq, gt, ...)"#,
        ),
        (
            "0",
            r#"1: unexpected "0" expecting "not" or operator (eq, gt, ...)"#,
        ),
        (
            "val",
            r#"1: unexpected "v" expecting "not" or operator (eq, gt, ...)"#,
        ),
    ] {
        let found = failure(input, |cursor| {
            operation::operation(cursor, operation::whole_value)
        });
        assert_eq!(found, expected, "{input}");
    }
}

/// Several alternatives match its first letter and fail at the second: the place is the start all
/// the same, the character the one that did not fit.
#[test]
fn an_unknown_operator() {
    let error = filter::parse("a.b", "noop.0").expect_err("no such operator");
    assert_eq!(
        error.to_string(),
        r#""failed to parse filter (noop.0)" (line 1, column 1)"#
    );
    let details = r#"unexpected "o" expecting "not" or operator (eq, gt, ...)"#;
    assert_eq!(error.details(), Some(details.into()));
}

#[test]
fn order_errors() {
    for (input, expected) in [
        (
            "clients(name,id)",
            r#"8: unexpected '(' expecting letter, digit, "-", "->>", "->", delimiter (.), "," or end of input"#,
        ),
        (
            "id.ac",
            r#"4: unexpected "c" expecting "asc", "desc", "nullsfirst" or "nullslast""#,
        ),
        (
            "id.descc",
            r#"8: unexpected 'c' expecting delimiter (.), "," or end of input"#,
        ),
        (
            "id.nulsfist",
            r#"4: unexpected "n" expecting "asc", "desc", "nullsfirst" or "nullslast""#,
        ),
        (
            "id.nullslasttt",
            r#"13: unexpected 't' expecting "," or end of input"#,
        ),
        (
            "id.smth34",
            r#"4: unexpected "s" expecting "asc", "desc", "nullsfirst" or "nullslast""#,
        ),
        (
            "id.asc.nlsfst",
            r#"8: unexpected "l" expecting "nullsfirst" or "nullslast""#,
        ),
        (
            "id.asc.nullslasttt",
            r#"17: unexpected 't' expecting "," or end of input"#,
        ),
        (
            "id.asc.smth34",
            r#"8: unexpected "s" expecting "nullsfirst" or "nullslast""#,
        ),
    ] {
        assert_eq!(failure(input, order::terms), expected, "{input}");
    }
}

#[test]
fn logic_errors() {
    for (input, expected) in [
        (
            "or()",
            r#"4: unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)"#,
        ),
        (
            "or(id.in.1,2,id.eq.3)",
            r#"10: unexpected "1" expecting "(""#,
        ),
        ("or)(", r#"3: unexpected ")" expecting "(""#),
        (
            "and(ord(id.eq.1,id.eq.1),id.eq.2)",
            r#"7: unexpected "d" expecting "(""#,
        ),
        (
            "or(id.eq.1,not.xor(id.eq.2,id.eq.3))",
            r#"16: unexpected "x" expecting logic operator (and, or)"#,
        ),
    ] {
        assert_eq!(
            failure(input, |cursor| logic::tree(cursor, 0, logic::leaf)),
            expected
        );
    }
}

#[test]
fn messages_name_the_parameter() {
    for (query, message, details) in [
        (
            "order=id.asc.nullslasttt",
            r#""failed to parse order (id.asc.nullslasttt)" (line 1, column 17)"#,
            r#"unexpected 't' expecting "," or end of input"#,
        ),
        (
            "id=0",
            r#""failed to parse filter (0)" (line 1, column 1)"#,
            r#"unexpected "0" expecting "not" or operator (eq, gt, ...)"#,
        ),
        (
            "or=()",
            r#""failed to parse logic tree (())" (line 1, column 4)"#,
            r#"unexpected ")" expecting field name (* or [a..z0..9_$]), negation operator (not) or logic operator (and, or)"#,
        ),
        (
            "columns=",
            r#""failed to parse columns parameter ()" (line 1, column 1)"#,
            "unexpected end of input expecting field name (* or [a..z0..9_$])",
        ),
        (
            "=eq.5",
            r#""failed to parse tree path ()" (line 1, column 1)"#,
            "unexpected end of input expecting field name (* or [a..z0..9_$])",
        ),
    ] {
        let error = parse(query).expect_err(query);
        assert_eq!(error.to_string(), message);
        assert_eq!(error.details(), Some(details.into()));
        assert_eq!(error.code().text(), "PGRST100");
    }
}

#[test]
fn places_count_lines_and_tabs() {
    let message = |query: &str| parse(query).expect_err(query).to_string();
    assert!(message("order=a%0Ab.x").ends_with("(line 1, column 2)"));
    assert!(message("order=%09a.x").ends_with("(line 1, column 11)"));
    assert!(message("order=é.x").ends_with("(line 1, column 3)"));
}

#[test]
fn too_deep_is_an_error_not_a_crash() {
    for depth in [51, 1_000, 100_000] {
        let tree = format!("or=({}a.eq.1{}", "and(".repeat(depth), ")".repeat(depth));
        let embed = format!("select={}id{}", "a(".repeat(depth), ")".repeat(depth));
        let spread = format!("select={}id{}", "...a(".repeat(depth), ")".repeat(depth));
        for query in [tree, embed, spread] {
            let details = parse(&query).expect_err("too deep").details();
            let details = details.expect("details").to_string();
            assert!(details.contains("50 levels deep"), "{details}");
        }
    }
    let fine = format!("select={}id{}", "a(".repeat(50), ")".repeat(50));
    assert!(parse(&fine).is_ok());
}

#[test]
fn long_queries_take_linear_time() {
    let started = std::time::Instant::now();
    for query in [
        "a=eq.1&".repeat(10_000),
        format!("or=({})", vec!["a.eq.1"; 50_000].join(",")),
        format!("id=in.({})", vec!["\"a"; 50_000].join(",")),
        format!("or=({})", vec!["a.eq.{"; 50_000].join(",")),
        format!("select={}", vec!["a:b->c::d"; 50_000].join(",")),
        format!("{}=eq.1", vec!["a"; 50_000].join(".")),
        format!("order={}", vec!["a.desc"; 50_000].join(",")),
        (0..10_000)
            .map(|n| format!("a{n}.limit=1"))
            .collect::<Vec<_>>()
            .join("&"),
    ] {
        let parsed = parse(&query);
        assert!(parsed.is_ok(), "{query:.80} {parsed:.80?}");
    }
    // As deep as this Postgres would nest the expression.
    assert!(parse(&format!("select=a{}", "->b".repeat(50_000))).is_err());
    let unclosed = format!("select={}", "\"".repeat(99_999));
    assert!(parse(&unclosed).is_err());
    // Quadratic time would take minutes.
    assert!(started.elapsed().as_secs() < 20);
}

#[test]
fn calls_keep_their_parameters() {
    let query = parse_for_call("a=5&select=x&b=in.(1,2)&limit=3&a=6&c.order=id&d").expect("valid");
    let pair = |key: &str, value: &str| (key.to_owned(), value.to_owned());
    assert_eq!(
        query.params,
        [pair("a", "5"), pair("b", "in.(1,2)"), pair("a", "6")]
    );
    assert!(query.filters.is_empty());
    assert_eq!(query.order[0].0, ["c"]);
}

#[test]
fn reserved_words_are_no_filters() {
    let query = parse("select=a&select=b&columns&columns=x&on_conflict=a,b&c.select=eq.1");
    let query = query.expect("valid");
    assert_eq!(query.select, select::parse("a").expect("valid"));
    assert_eq!(query.columns, None, "the first has no value");
    let names = ["a".to_owned(), "b".to_owned()];
    assert_eq!(query.on_conflict.as_deref(), Some(names.as_slice()));
    assert_eq!(query.filters.len(), 1);
    assert_eq!(parse("select=").expect("valid").select, []);
    assert_eq!(
        parse("").expect("valid").select,
        [select::SelectItem::all()]
    );
}

/// Path, field and operation of a filter, or its error.
fn read_filter(key: &str, value: &str) -> String {
    match filter::parse(key, value) {
        Ok((path, filter)) => format!("{path:?} {:?} {}", filter.field.name, show(&filter)),
        Err(error) => error.to_string(),
    }
}

fn show(filter: &filter::Filter) -> String {
    let not = if filter.negated { "not " } else { "" };
    format!("{not}{:?}", filter.operation)
}

#[test]
fn filters() {
    for (key, value, expected) in [
        (
            "id",
            "eq.1",
            r#"[] "id" Compare { operator: Equal, quantifier: None, value: "1" }"#,
        ),
        (
            "a.b.\"c.d\"",
            "like(any).{a*,b*}",
            r#"["a", "b"] "c.d" Compare { operator: Like, quantifier: Some(Any), value: "{a*,b*}" }"#,
        ),
        (
            "id",
            "not.gte(all).{1,2}",
            r#"[] "id" not Compare { operator: GreaterThanEqual, quantifier: Some(All), value: "{1,2}" }"#,
        ),
        (
            "id",
            "eq.",
            r#"[] "id" Compare { operator: Equal, quantifier: None, value: "" }"#,
        ),
        (
            "id",
            "in.(1, 2,\"a,b\",\"c\"d)",
            r#"[] "id" In(["1", " 2", "a,b", "\"c\"d"])"#,
        ),
        ("id", "in.()", r#"[] "id" In([])"#),
        ("id", "in.(\"\",)", r#"[] "id" In(["", ""])"#),
        ("id", "is.NULL", r#"[] "id" Is(Null)"#),
        ("id", "not.is.Not_Null", r#"[] "id" not Is(NotNull)"#),
        ("id", "is.unknown", r#"[] "id" Is(Unknown)"#),
        ("id", "isdistinct.5", r#"[] "id" IsDistinctFrom("5")"#),
        (
            "id",
            "wfts(english).a or b",
            r#"[] "id" FullText { operator: WebSearch, config: Some("english"), value: "a or b" }"#,
        ),
        (
            "id",
            "fts.a",
            r#"[] "id" FullText { operator: Plain, config: None, value: "a" }"#,
        ),
        (
            "id",
            "nxl.(1,2)",
            r#"[] "id" Compare { operator: NotExtendsLeft, quantifier: None, value: "(1,2)" }"#,
        ),
    ] {
        assert_eq!(read_filter(key, value), expected, "{key}={value}");
    }
    // Only the comparisons take `(any)`.
    for value in [
        "neq(any).{1}",
        "cs(any).{1}",
        "in(any).(1)",
        "EQ.1",
        "eq(some).{1}",
        "eq",
    ] {
        assert!(filter::parse("id", value).is_err(), "{value}");
    }
}

#[test]
fn values_in_trees_end_at_commas() {
    let (path, tree) = logic::parse(
        "a.not.or",
        "(id.eq.1, x.cs.{a,b},not.and(y.eq.\"c,)d\",z->>k.not.in.(1,2) ) )",
    )
    .expect("valid");
    assert_eq!(path, ["a"]);
    let filter::LogicTree::Branch {
        negated, children, ..
    } = tree
    else {
        panic!("a branch");
    };
    assert!(negated);
    let [
        filter::LogicTree::Leaf(first),
        filter::LogicTree::Leaf(second),
        filter::LogicTree::Branch {
            negated: true,
            children,
            ..
        },
    ] = children.as_slice()
    else {
        panic!("{children:?}");
    };
    let compare = |operator: &str, value: &str| {
        format!("Compare {{ operator: {operator}, quantifier: None, value: {value:?} }}")
    };
    assert_eq!(show(first), compare("Equal", "1"));
    assert_eq!(show(second), compare("Contains", "{a,b}"));
    let [
        filter::LogicTree::Leaf(third),
        filter::LogicTree::Leaf(fourth),
    ] = children.as_slice()
    else {
        panic!("{children:?}");
    };
    assert_eq!(show(third), compare("Equal", "c,)d"));
    assert_eq!(show(fourth), r#"not In(["1", "2"])"#);
}

#[test]
fn names_and_paths() {
    let read = |input: &str| {
        Cursor::run(input, "", "", field::field).map(|field| {
            let steps = field.json_path.iter().map(|step| {
                let arrow = if step.as_text { "->>" } else { "->" };
                format!("{arrow}{:?}", step.key)
            });
            field.name + &steps.collect::<String>()
        })
    };
    for (input, expected) in [
        ("identifier with spaces", "identifier with spaces"),
        ("identifier-with-dashes", "identifier-with-dashes"),
        ("123", "123"),
        ("$", "$"),
        ("\":\"", ":"),
        (
            " no leading or trailing spaces ",
            "no leading or trailing spaces",
        ),
        (
            "\" leading and trailing spaces \"",
            " leading and trailing spaces ",
        ),
        ("\"a\\\"b\\\\c\"", "a\"b\\c"),
        ("Ünïcödé_公", "Ünïcödé_公"),
        ("a->b->>c", r#"a->Key("b")->>Key("c")"#),
        ("a->!@#$%^&*_a", r#"a->Key("!@#$%^&*_a")"#),
        ("a->1->>-2", r#"a->Index("1")->>Index("-2")"#),
        ("a->0,other", r#"a->Index("0")"#),
        ("a->0.desc", r#"a->Index("0")"#),
        ("a->0)", r#"a->Key("0")"#),
        ("a->\"0\"", r#"a->Key("0")"#),
        ("a->1x", r#"a->Key("1x")"#),
        ("a->b-c", r#"a->Key("b-c")"#),
    ] {
        assert_eq!(read(input).as_deref(), Ok(expected), "{input}");
    }
}

#[test]
fn select_items() {
    for (input, expected) in [
        ("*", "*"),
        ("a:b", "a:b"),
        ("b::text", "b::text"),
        ("a:b->c::d e", "a:b->::d e"),
        ("count()", "*.Count"),
        ("n:count()::int", "n:*.Count::int"),
        ("x.sum()", "x.Sum"),
        ("x::int.max()::text", "x(::int).Max::text"),
        ("x , y ", "x y"),
        ("client(*)", "client(*)"),
        ("c:client!h(a,b(c))", "c:client!h(a b(c))"),
        ("client!inner()", "client!Inner()"),
        ("client!inner!h(*)", "client!h!Inner(*)"),
        ("client!h!left(*)", "client!h!Left(*)"),
        ("...client(a)", "...client(a)"),
        ("... client!inner(a)", "...client!Inner(a)"),
        ("\"a.b\":\"c,d\"(e)", "a.b:c,d(e)"),
        // What follows is ignored, as in PostgREST.
        ("a)b", "a"),
        ("", ""),
    ] {
        let items = select::parse(input).expect(input);
        assert_eq!(show_items(&items), expected, "{input}");
    }
}

fn show_items(items: &[select::SelectItem]) -> String {
    let items: Vec<String> = items.iter().map(show_item).collect();
    items.join(" ")
}

/// Nothing for nothing, else the text with something around it.
fn around(text: Option<impl std::fmt::Display>, before: &str, after: &str) -> String {
    text.map_or_else(String::new, |text| format!("{before}{text}{after}"))
}

fn show_item(item: &select::SelectItem) -> String {
    let head = |relation: &str, hint: &Option<String>, join: Option<select::JoinType>| {
        let join = join.map(|join| format!("{join:?}"));
        let hint = around(hint.as_ref(), "!", "");
        format!("{relation}{hint}{}", around(join, "!", ""))
    };
    match item {
        select::SelectItem::Field {
            field,
            bucket,
            aggregate,
            inner_cast,
            cast,
            alias,
        } => [
            around(alias.as_ref(), "", ":"),
            field.name.clone(),
            "->".repeat(field.json_path.len()),
            around(inner_cast.as_ref(), "(::", ")"),
            around(bucket.as_ref().map(|it| format!("{it:?}")), ".", ""),
            around(aggregate.as_ref().map(|it| format!("{it:?}")), ".", ""),
            around(cast.as_ref(), "::", ""),
        ]
        .concat(),
        select::SelectItem::Embed {
            relation,
            alias,
            hint,
            join,
            select,
        } => {
            let alias = around(alias.as_ref(), "", ":");
            let head = head(relation, hint, *join);
            format!("{alias}{head}({})", show_items(select))
        }
        select::SelectItem::Spread {
            relation,
            hint,
            join,
            select,
        } => format!("...{}({})", head(relation, hint, *join), show_items(select)),
    }
}
