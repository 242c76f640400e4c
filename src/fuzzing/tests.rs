//! The same without the fuzzer: its seeds, and requests made of the grammar's words.

use include_dir::{Dir, include_dir};
use proptest::{collection::vec, prelude::*, sample::select as one_of};

use super::{Reached, check};

static SEEDS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/fuzz/seeds/request");

#[test]
fn every_seed_becomes_a_statement() {
    assert!(SEEDS.files().count() >= 20);
    let lost: Vec<_> = SEEDS
        .files()
        .filter(|seed| check(seed.contents()) != Reached::Statement)
        .map(include_dir::File::path)
        .collect();
    assert!(lost.is_empty(), "{lost:?}");
}

#[test]
fn what_the_fuzzer_stumbled_over_holds() {
    for request in [
        "GET /items?select=name,n:count()&having=(n.gt.3,or(n.lt.9,n.is.null)=o)r",
        "GET /items?select=name,id.sum()::+",
        "GET /items?select=name,id.sum()&having\u{fffd}=match.3",
        "GET /items?select=*,parts()&parts.limit=2&parts!.limit=3&\"parts\".offset=1",
    ] {
        check(request.as_bytes());
    }
}

/// A piece of a request, or something that has no place in one.
fn piece() -> impl Strategy<Value = String> {
    let words = "select= order= limit= offset= columns= on_conflict= and= or= not. id= name= items. \
                 parts. id name data items shops parts * , . : :: ( ) ! !inner !items_shop ... -> ->> \
                 eq. neq. in. in.( is.null like(any).{ fts(english). cs.{ ov.[ not.or= count() \
                 .sum() .desc .nullslast .asc & ; = \" ' \\ -- /* $1 $$ ;drop%20table %22 %27 %00 %0A \
                 .median() .percentile_cont( .month( Europe/Berlin 0.5 having= count.gt.1 cursor= full_name city \
                 \u{2028} é height= where_items= size= a= eq.5 1 null {} []";
    let words: Vec<String> = words.split_whitespace().map(str::to_owned).collect();
    prop_oneof![20 => one_of(words), 1 => "\\PC{0,6}", 1 => Just(" ".to_owned())]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn nothing_of_a_request_becomes_sql(
        line in one_of(vec![
            "GET /items", "HEAD /items", "GET /parts", "GET /shops", "GET /rpc/report", "GET /rpc/find",
            "GET /rpc/add", "POST /rpc/take", "POST /items", "PATCH /items", "PUT /items", "DELETE /items",
            "POST /rpc/find", "OPTIONS /items", "QUERY /items", "GET /", "GET /no%20such",
        ]),
        start in one_of(vec![
            "", "select=", "id=eq.", "select=*,parts(", "or=(", "order=", "data->", "name=in.(",
        ]),
        pieces in vec(piece(), 0..14),
        headers in one_of(vec![
            "", "\nprefer: count=exact", "\nprefer: count=planned", "\naccept: application/vnd.pgrst.plan+json", "\naccept: text/csv", "\nprefer: return=representation",
            "\ncontent-type: application/x-www-form-urlencoded", "\nrange: 0-5",
        ]),
        body in one_of(vec!["", "{\"id\": 1, \"a\\\"b\": null}", "[{\"id\": 1}]", "id=eq.5&limit=1"]),
    ) {
        check(format!("{line}?{start}{}{headers}\n\n{body}", pieces.concat()).as_bytes());
    }
}
