//! Whatever was parsed prints back to a query string that parses to the same; and no text makes a
//! parser panic.

use proptest::{collection::vec, option, prelude::*, sample::select as one_of};

use super::{
    aggregate::{Aggregate, Bucket, BucketUnit},
    filter::{
        EmbedPath, Field, Filter, JsonKey, JsonStep, LogicOperator, LogicTree, Operation,
        Quantifier,
    },
    order::{Direction, Nulls, OrderTerm},
    parse, parse_for_call,
    select::{JoinType, SelectItem},
    written::{
        IS_VALUES, OPERATORS, SEARCHES, param, star, write_children, write_field, write_items,
        write_names, write_operation, write_operator, write_path, write_term, write_tree,
    },
};
use crate::request::{accept, media_type::MediaType, prefer::Preferences, range::RowRange};

const AGGREGATES: [Aggregate; 6] = [
    Aggregate::Sum,
    Aggregate::Avg,
    Aggregate::Max,
    Aggregate::Min,
    Aggregate::Count,
    Aggregate::Median,
];

fn text() -> impl Strategy<Value = String> {
    "[^\0]{0,12}"
}

fn name() -> impl Strategy<Value = String> {
    let hard = one_of(vec![
        "order", "limit", "select", "and", "a.b", "a-b", " a ", "\"", "\\",
    ]);
    // `count` is no relation and `not` no part of a logic path, quoted or not.
    prop_oneof!["[a-z_][a-z0-9_]{0,8}", text(), hard.prop_map(str::to_owned)]
        .prop_filter("has another meaning", |name| {
            name != "count" && name != "not"
        })
}

fn word() -> impl Strategy<Value = String> {
    "[a-z][a-z0-9_]{0,8}"
}

fn path() -> impl Strategy<Value = EmbedPath> {
    vec(name(), 0..3)
}

/// Before a closing parenthesis PostgREST reads `->0` as a key, so indexes are not used there.
fn field(with_index: bool) -> impl Strategy<Value = Field> {
    let key = text().prop_map(JsonKey::Key);
    let key = if with_index {
        prop_oneof![key, "-?[0-9]{1,5}".prop_map(JsonKey::Index)].boxed()
    } else {
        key.boxed()
    };
    let step = (any::<bool>(), key).prop_map(|(as_text, key)| JsonStep { as_text, key });
    (name(), vec(step, 0..3)).prop_map(|(name, json_path)| Field { name, json_path })
}

fn operation() -> impl Strategy<Value = Operation> {
    let quantifier = option::of(one_of(vec![Quantifier::Any, Quantifier::All]));
    let compare = (one_of(OPERATORS.to_vec()), quantifier, text()).prop_map(
        |((operator, _, quantifiable), quantifier, value)| Operation::Compare {
            operator,
            quantifier: quantifier.filter(|_| quantifiable),
            value,
        },
    );
    let list = vec(text(), 0..4)
        .prop_filter("is the empty list", |values| values != &[String::new()])
        .prop_map(Operation::In);
    let is = one_of(IS_VALUES.to_vec()).prop_map(|(value, _)| Operation::Is(value));
    let search = (one_of(SEARCHES.to_vec()), option::of(word()), text()).prop_map(
        |((operator, _), config, value)| Operation::FullText {
            operator,
            config,
            value,
        },
    );
    prop_oneof![
        compare,
        list,
        is,
        text().prop_map(Operation::IsDistinctFrom),
        search,
    ]
}

fn filter() -> impl Strategy<Value = Filter> {
    (field(true), any::<bool>(), operation()).prop_map(|(field, negated, operation)| Filter {
        field,
        negated,
        operation,
    })
}

fn tree() -> impl Strategy<Value = LogicTree> {
    let branch = |children: BoxedStrategy<LogicTree>| {
        let operator = one_of(vec![LogicOperator::And, LogicOperator::Or]);
        (any::<bool>(), operator, vec(children, 1..4)).prop_map(|(negated, operator, children)| {
            LogicTree::Branch {
                negated,
                operator,
                children,
            }
        })
    };
    let leaf = filter().prop_map(LogicTree::Leaf).boxed();
    branch(
        leaf.prop_recursive(3, 12, 4, move |tree| branch(tree).boxed())
            .boxed(),
    )
}

fn term() -> impl Strategy<Value = OrderTerm> {
    let direction = option::of(one_of(vec![Direction::Asc, Direction::Desc]));
    let nulls = option::of(one_of(vec![Nulls::First, Nulls::Last]));
    let place = prop_oneof![
        field(true).prop_map(|field| (None, field)),
        (name(), field(false)).prop_map(|(relation, field)| (Some(relation), field)),
    ];
    (place, direction, nulls).prop_map(|((relation, field), direction, nulls)| OrderTerm {
        relation,
        field,
        direction,
        nulls,
    })
}

fn aggregate() -> impl Strategy<Value = Aggregate> {
    let fraction = || "[0-9a-z.+ -]{0,6}".prop_map(|text| text.trim().to_owned());
    prop_oneof![
        one_of(AGGREGATES.to_vec()),
        fraction().prop_map(Aggregate::PercentileCont),
        fraction().prop_map(Aggregate::PercentileDisc),
    ]
}

fn bucket() -> impl Strategy<Value = Bucket> {
    let zone = option::of("[A-Za-z][A-Za-z/_+:,é-]{0,12}");
    (one_of(BucketUnit::ALL.to_vec()), zone).prop_map(|(unit, zone)| Bucket { unit, zone })
}

fn field_item() -> impl Strategy<Value = SelectItem> {
    let called = prop_oneof![
        Just((None, None)),
        aggregate().prop_map(|aggregate| (None, Some(aggregate))),
        bucket().prop_map(|bucket| (Some(bucket), None)),
    ];
    let casts = (option::of(word()), option::of(word()));
    let plain = (field(false), called, casts, option::of(name())).prop_map(
        |(field, (bucket, aggregate), (inner_cast, cast), alias)| SelectItem::Field {
            field,
            inner_cast: inner_cast.filter(|_| aggregate.is_some() || bucket.is_some()),
            bucket,
            aggregate,
            cast,
            alias,
        },
    );
    let count =
        (option::of(word()), option::of(name())).prop_map(|(cast, alias)| SelectItem::Field {
            field: star(),
            bucket: None,
            aggregate: Some(Aggregate::Count),
            inner_cast: None,
            cast,
            alias,
        });
    prop_oneof![4 => plain, 1 => Just(SelectItem::all()), 1 => count]
}

fn item() -> impl Strategy<Value = SelectItem> {
    field_item().prop_recursive(3, 12, 4, |item| {
        let join = option::of(one_of(vec![JoinType::Inner, JoinType::Left]));
        let head = (name(), option::of(name()), option::of(name()), join);
        (head, any::<bool>(), vec(item, 0..4)).prop_map(
            |((relation, alias, hint, join), is_spread, select)| {
                if is_spread {
                    SelectItem::Spread {
                        relation,
                        hint,
                        join,
                        select,
                    }
                } else {
                    SelectItem::Embed {
                        relation,
                        alias,
                        hint,
                        join,
                        select,
                    }
                }
            },
        )
    })
}

// What must hold

proptest! {
    #[test]
    fn select_prints_back(items in vec(item(), 0..5)) {
        let query = param("select", &write_items(&items));
        let parsed = parse(&query).expect(&query);
        prop_assert_eq!(parsed.select, items);
    }

    #[test]
    fn filters_print_back(filters in vec((path(), filter()), 0..5)) {
        let params: Vec<String> = filters
            .iter()
            .map(|(path, filter)| {
                let key = write_path(path, &write_field(&filter.field));
                param(&key, &write_operation(filter.negated, &filter.operation, str::to_owned))
            })
            .collect();
        let query = params.join("&");
        prop_assert_eq!(parse(&query).expect(&query).filters, filters);
    }

    #[test]
    fn logic_prints_back(trees in vec((path(), tree()), 0..3)) {
        let params: Vec<String> = trees
            .iter()
            .map(|(path, tree)| match tree {
                LogicTree::Branch { negated, operator, children } => param(
                    &write_path(path, write_operator(*negated, *operator)),
                    &write_children(children),
                ),
                LogicTree::Leaf(_) => unreachable!("trees are branches"),
            })
            .collect();
        let query = params.join("&");
        prop_assert_eq!(parse(&query).expect(&query).logic, trees);
    }

    #[test]
    fn having_prints_back(trees in vec((path(), tree(), any::<bool>()), 0..3)) {
        let params: Vec<String> = trees
            .iter()
            .map(|(path, tree, is_bare)| {
                let written = match tree {
                    LogicTree::Branch { negated: false, operator: LogicOperator::And, children }
                        if *is_bare => write_children(children),
                    tree => write_tree(tree),
                };
                param(&write_path(path, "having"), &written)
            })
            .collect();
        let query = format!("select=count()&{}", params.join("&"));
        let parsed = parse(&query).expect(&query);
        let found: Vec<_> = parsed.having.into_iter().map(|it| (it.path, it.tree)).collect();
        let expected: Vec<_> = trees.into_iter().map(|(path, tree, _)| (path, Ok(tree))).collect();
        prop_assert_eq!(found, expected);
        prop_assert_eq!(parsed.filters, vec![]);
    }

    #[test]
    fn order_prints_back(orders in vec((path(), vec(term(), 1..4)), 0..3)) {
        let params: Vec<String> = orders
            .iter()
            .map(|(path, terms)| {
                let terms: Vec<String> = terms.iter().map(write_term).collect();
                param(&write_path(path, "order"), &terms.join(","))
            })
            .collect();
        let query = params.join("&");
        prop_assert_eq!(parse(&query).expect(&query).order, orders);
    }

    #[test]
    fn ranges_and_columns_print_back(
        path in vec(name(), 1..3),
        offset in 0_u64..=1_000_000,
        limit in 0_u64..=1_000_000,
        columns in vec(name(), 1..4),
    ) {
        let query = [
            param(&write_path(&path, "limit"), &limit.to_string()),
            param(&write_path(&path, "offset"), &offset.to_string()),
            param("columns", &write_names(&columns)),
            param("on_conflict", &write_names(&columns)),
        ]
        .join("&");
        let parsed = parse(&query).expect(&query);
        prop_assert_eq!(parsed.ranges, vec![(path, RowRange { offset, limit: Some(limit) })]);
        prop_assert_eq!(parsed.columns.as_ref(), Some(&columns));
        prop_assert_eq!(parsed.on_conflict, Some(columns));
    }

    #[test]
    fn nothing_panics_on_any_text(text in any::<String>()) {
        everything(&text);
    }

    #[test]
    fn nothing_panics_on_nearly_right_text(
        text in "(select=|order=|or=|a=|columns=|a.limit=|select=count%28%29&having=)?[a-z.,()\"\\\\:!>*{}&=;% é+0-9-]{0,60}"
    ) {
        everything(&text);
    }
}

fn everything(text: &str) {
    let _ = parse(text);
    let _ = parse_for_call(text);
    let _ = super::filter::parse_for_call(text, text);
    let _ = super::filter::parse_list(text);
    let _ = super::logic::parse(text, text);
    let _ = super::select::parse(text);
    let _ = super::order::parse(text);
    let _ = MediaType::parse(text).content_type();
    let _ = accept::parse(Some(text));
    let _ = Preferences::parse([text]).applied();
    let _ = crate::request::path::segments(text);
}
