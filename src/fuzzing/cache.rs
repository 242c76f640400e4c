//! The schema that every request is resolved against: relations with all kinds of relationships,
//! functions with all kinds of parameters.

use std::sync::Arc;

use crate::schema_cache::{
    Cardinality, Column, ColumnPair, FilterAttribute, FilterType, Filters, JsonKind, Junction, Key,
    Operand, PageDefaults, Parameter, QualifiedName, Relation, Relationship, Representation,
    Returns, Routine, SchemaCache, SqlExpression, SqlType, Volatility, Writes,
};

/// Types and defaults, as the catalog would spell them, and the aggregate functions and periods, which
/// are enumerations of the request's.
pub(super) const CATALOG_TEXTS: [&str; 11] = [
    "sum avg max min count",
    "'year'quarter'month'week'day'hour'",
    "integer",
    "text",
    "character varying(20)",
    "jsonb",
    "text[]",
    "tsvector",
    "'red'::api.color",
    "filter.sizes",
    "api.item_filter",
];

pub(super) fn cache() -> SchemaCache {
    let mut cache = SchemaCache::default();
    for relation in [
        relation(
            "items",
            &[
                "id", "name", "shop_id", "data", "tags", "words", "select", "a\"b",
            ],
        ),
        relation("shops", &["id", "name", "city"]),
        relation("parts", &["item_id", "id", "name"]),
        relation("item_shops", &["item_id", "shop_id"]),
    ] {
        cache.relations.insert(relation.name.clone(), relation);
    }
    let to_shop = Cardinality::ManyToOne(key("items_shop", "shop_id", "id"));
    let parts = Cardinality::OneToMany(key("parts_item", "id", "item_id"));
    let detail = Cardinality::OneToOne {
        key: key("detail_item", "id", "item_id"),
        is_parent: true,
    };
    let many = Cardinality::ManyToMany(Junction {
        table: api("item_shops"),
        constraints: ("by_item".to_owned(), "by_shop".to_owned()),
        source: vec![pair("id", "item_id")],
        target: vec![pair("id", "shop_id")],
    });
    let of_items = [
        relationship("items", "shops", to_shop),
        relationship("items", "parts", parts),
        relationship("items", "parts", detail),
        relationship("items", "shops", many),
    ];
    cache.relationships.insert(api("items"), of_items.into());
    let items = Cardinality::OneToMany(key("items_shop", "id", "shop_id"));
    let of_shops = vec![relationship("shops", "items", items)];
    cache.relationships.insert(api("shops"), of_shops);
    let item = Cardinality::ManyToOne(key("parts_item", "item_id", "id"));
    let of_parts = vec![relationship("parts", "items", item)];
    cache.relationships.insert(api("parts"), of_parts);
    for routine in routines() {
        let overloads = cache.routines.entry(routine.name.clone()).or_default();
        overloads.push(routine);
    }
    cache
}

fn api(name: &str) -> QualifiedName {
    QualifiedName::new("api", name)
}

fn relation(name: &str, columns: &[&str]) -> Relation {
    let city = Arc::new(Representation {
        shown: Some(api("city_shown")),
        from_text: Some(api("city_of_text")),
        from_json: Some(api("city_of_json")),
    });
    let column = |name: &&str| Column {
        name: (*name).to_owned(),
        sql_type: SqlType::for_test(match *name {
            "name" => "character varying(20)",
            "data" => "jsonb",
            "tags" => "text[]",
            "words" => "tsvector",
            "select" | "city" => "text",
            _ => "integer",
        }),
        nullable: true,
        comment: None,
        default: (*name == "name").then(|| SqlExpression::for_test("'red'::api.color")),
        json_kind: JsonKind::Any,
        is_tsvector: *name == "words",
        representation: (*name == "city").then(|| Arc::clone(&city)),
    };
    Relation {
        name: api(name),
        comment: None,
        columns: columns.iter().map(column).collect(),
        primary_key: vec!["id".to_owned()],
        computed: vec!["full_name".to_owned()],
        takes: Writes {
            insert: true,
            update: true,
            delete: true,
        },
    }
}

fn pair(own: &str, foreign: &str) -> ColumnPair {
    ColumnPair {
        own: own.to_owned(),
        foreign: foreign.to_owned(),
    }
}

fn key(constraint: &str, own: &str, foreign: &str) -> Key {
    Key {
        constraint: constraint.to_owned(),
        columns: vec![pair(own, foreign)],
    }
}

fn relationship(table: &str, foreign: &str, cardinality: Cardinality) -> Relationship {
    Relationship {
        table: api(table),
        foreign_table: api(foreign),
        is_self: table == foreign,
        cardinality,
        table_is_view: false,
        foreign_is_view: false,
    }
}

fn routines() -> Vec<Routine> {
    let operators = [
        ("eq", Operand::One),
        ("gte", Operand::One),
        ("not_in", Operand::Many),
        ("is_null", Operand::None),
    ];
    let filter_type = Arc::new(FilterType {
        name: "sizes".to_owned(),
        sql_type: SqlType::for_test("filter.sizes"),
        comment: None,
        operators: operators
            .map(|(name, operand)| (name.to_owned(), operand))
            .into(),
        combines: true,
    });
    let attribute = |name: &str| FilterAttribute {
        name: name.to_owned(),
        filter_type: Arc::clone(&filter_type),
    };
    let spread = Filters::Spread(vec![attribute("height"), attribute("width")]);
    let report = Routine {
        oid: 0,
        name: api("report"),
        comment: None,
        volatility: Volatility::Stable,
        returns: Returns::Composite {
            output: vec!["color".to_owned(), "sold".to_owned()],
            relation: None,
        },
        returns_set: true,
        makes: None,
        inlined: true,
        page: PageDefaults {
            order: Some("sold.desc".to_owned()),
            limit: Some(20),
            ..PageDefaults::default()
        },
        parameters: vec![
            parameter("grain", "text", None),
            parameter(
                "size",
                "filter.sizes",
                Some(Filters::One(Arc::clone(&filter_type))),
            ),
            parameter("where_items", "api.item_filter", Some(spread)),
        ],
        settings: vec![("work_mem".to_owned(), "8MB".to_owned())],
    };
    let find = Routine {
        name: api("find"),
        returns: Returns::Composite {
            output: Vec::new(),
            relation: Some(api("items")),
        },
        page: PageDefaults::default(),
        inlined: false,
        parameters: vec![
            parameter("a", "integer", None),
            parameter("q\"", "jsonb", None),
        ],
        ..report.clone()
    };
    let add = Routine {
        name: api("add"),
        volatility: Volatility::Volatile,
        returns: Returns::Scalar,
        returns_set: false,
        parameters: vec![Parameter {
            variadic: true,
            ..parameter("a", "text[]", None)
        }],
        ..find.clone()
    };
    let take = Routine {
        name: api("take"),
        volatility: Volatility::Volatile,
        parameters: vec![parameter("", "json", None)],
        ..find.clone()
    };
    vec![report, find, add, take]
}

fn parameter(name: &str, sql_type: &str, filters: Option<Filters>) -> Parameter {
    Parameter {
        name: name.to_owned(),
        sql_type: SqlType::for_test(sql_type),
        required: false,
        variadic: false,
        filters,
    }
}
