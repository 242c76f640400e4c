//! The page that a function's comment describes, in the statement.

use super::tests::statement;

/// The page's size goes into the function, and not into what tells the total.
#[test]
fn a_function_that_is_told_the_page_is_not_counted() {
    let exact = &[("prefer", "count=exact")];
    let empty = "row(null::filter.sizes, null::filter.sizes)::public.item_filter";
    let first = statement("GET", "/rpc/worst?offset=40", exact, "").unwrap();
    let total = format!(r#"select "sums"."worst_total"("where_items" => {empty}) as total"#);
    assert!(first.sql.starts_with(&total), "{}", first.sql);
    let call = format!(r#""public"."worst"("where_items" => {empty}, "most" => $2::bigint)"#);
    assert!(first.sql.contains(&call), "{}", first.sql);
    let given: Vec<&str> = first.params.iter().map(|p| p.0.as_str()).collect();
    assert_eq!(given, ["caller", "60", "20", "40"]);

    for (url, counts, told, top) in [
        ("/rpc/worst", false, false, Some("20")),
        ("/rpc/worst?limit=5", true, true, Some("5")),
        (
            "/rpc/worst?order=sold.desc,color&limit=5",
            true,
            true,
            Some("5"),
        ),
        ("/rpc/worst?height=eq.3", true, true, Some("20")),
        // another order has other first rows, but as many rows in all
        ("/rpc/worst?order=sold&limit=5", true, true, None),
        // what is asked of the result, only the result knows
        ("/rpc/worst?sold=gt.2", true, false, None),
        ("/rpc/worst?or=(sold.gt.2,sold.lt.1)", false, false, None),
        // who says it counts among those
        ("/rpc/worst?most=7", true, false, Some("7")),
        ("/rpc/stock", true, false, None),
    ] {
        let headers: &[_] = if counts { exact } else { &[] };
        let statement = statement("GET", url, headers, "").unwrap();
        assert_eq!(
            statement.sql.contains("worst_total"),
            told,
            "{url}: {}",
            statement.sql
        );
        let given = statement.sql.split(r#""most" => $"#).nth(1);
        let given = given.map(|rest| rest.split("::").next().unwrap().parse::<usize>().unwrap());
        let given = given.map(|number| statement.params[number - 1].0.as_str());
        assert_eq!(given, top, "{url}: {}", statement.sql);
    }
}

#[test]
fn the_page_that_a_comment_describes_holds_until_the_url_describes_another() {
    for (url, order, params) in [
        ("/rpc/stock", Some(r#""sold" desc"#), vec!["caller", "20"]),
        (
            "/rpc/stock?offset=3",
            Some(r#""sold" desc"#),
            vec!["caller", "20", "3"],
        ),
        (
            "/rpc/stock?order=color&limit=500",
            Some(r#""color""#),
            vec!["caller", "500"],
        ),
        ("/rpc/report", None, vec!["caller"]),
    ] {
        let statement = statement("GET", url, &[], "").unwrap();
        let ordered = order.map(|order| format!(r#"order by "stock".{order}"#));
        match ordered {
            Some(text) => assert!(statement.sql.contains(&text), "{url}: {}", statement.sql),
            None => assert!(!statement.sql.contains("order by"), "{url}"),
        }
        let given: Vec<&str> = statement.params.iter().map(|p| p.0.as_str()).collect();
        assert_eq!(given, params, "{url}");
    }
}
