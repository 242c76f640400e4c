//! Reads the catalog into a [`SchemaCache`].

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde::Deserialize;
use tokio_postgres::{Error, Row, Transaction, types::Json};

use super::key::{KeyColumns, TableKey};
use super::routine::split_page;
use super::view::{View, Views};
use super::{
    Cardinality, Column, FilterAttribute, FilterType, Filters, HandledType, JsonKind, MediaHandler,
    Operand, PageDefaults, Parameter, QualifiedName, Relation, Relationship, Representation,
    Returns, Routine, RowFunction, SchemaCache, SqlExpression, SqlType, Volatility, Writes,
};

/// What the catalog says, as it came.
#[derive(Debug)]
pub struct Catalog {
    relations: Vec<Row>,
    representations: Vec<Row>,
    keys: Vec<Row>,
    views: Vec<Row>,
    types: Vec<Row>,
    routines: Vec<Row>,
    computed: Vec<Row>,
    guarded: Vec<Row>,
    handlers: Vec<Row>,
    geo_json: Option<Row>,
}

impl Catalog {
    /// Asks for what `schemas` offer, in one snapshot.
    ///
    /// # Errors
    /// The driver's, where the catalog cannot be read.
    pub async fn read(transaction: &Transaction<'_>, schemas: &[String]) -> Result<Self, Error> {
        // With an empty path `format_type` qualifies every name, so that what it spells means the same
        // under any caller's search path. Compiling the queries would take longer than running them.
        let settings = "select pg_catalog.set_config('search_path', '', true), \
                        pg_catalog.set_config('jit', 'off', true)";
        transaction.execute(settings, &[]).await?;
        Ok(Self {
            relations: transaction
                .query(include_str!("relations.sql"), &[&schemas])
                .await?,
            representations: transaction
                .query(include_str!("representations.sql"), &[])
                .await?,
            keys: transaction.query(include_str!("keys.sql"), &[]).await?,
            views: transaction.query(include_str!("views.sql"), &[]).await?,
            types: transaction
                .query(include_str!("filter_types.sql"), &[])
                .await?,
            routines: transaction
                .query(include_str!("routines.sql"), &[&schemas])
                .await?,
            computed: transaction
                .query(include_str!("computed_relationships.sql"), &[&schemas])
                .await?,
            guarded: transaction
                .query(include_str!("guarded_relations.sql"), &[&schemas])
                .await?,
            handlers: transaction
                .query(include_str!("media_handlers.sql"), &[&schemas])
                .await?,
            geo_json: transaction
                .query_opt(include_str!("geo_json.sql"), &[])
                .await?,
        })
    }

    /// The cache of it. Of a large schema that takes a processor a good while: not for a thread that
    /// answers requests.
    ///
    /// # Errors
    /// The driver's, where a row is not as its query promises.
    pub fn cache(&self) -> Result<SchemaCache, Error> {
        let filters = read_filters(&self.types)?;
        let representations = read_representations(&self.representations)?;
        let mut cache = SchemaCache::default();
        for row in &self.relations {
            let relation = read_relation(row, &representations)?;
            cache.relations.insert(relation.name.clone(), relation);
        }
        let keys: Vec<TableKey> = self.keys.iter().map(read_key).collect::<Result<_, _>>()?;
        let views: Vec<View> = self.views.iter().map(read_view).collect::<Result<_, _>>()?;
        let computed = self
            .computed
            .iter()
            .map(read_computed)
            .collect::<Result<_, _>>()?;
        cache.guarded = self
            .guarded
            .iter()
            .map(read_name)
            .collect::<Result<_, _>>()?;
        cache.relate(&keys, &Views::new(&views), computed);
        for row in &self.routines {
            if !row.try_get("callable")? {
                cache.uncallable.insert(read_name(row)?);
                continue;
            }
            let routine = read_routine(row, &filters)?;
            let overloads = cache.routines.entry(routine.name.clone()).or_default();
            overloads.push(routine);
        }
        for overloads in cache.routines.values_mut() {
            overloads.sort_by_cached_key(place);
        }
        for row in &self.handlers {
            read_media_handler(row, &mut cache)?;
        }
        cache.media_handlers.geo_json = self.geo_json.as_ref().map(read_name).transpose()?;
        Ok(cache)
    }
}

#[derive(Deserialize)]
struct ColumnRow {
    name: String,
    r#type: String,
    type_oid: i64,
    nullable: bool,
    comment: Option<String>,
    default: Option<String>,
    json_kind: String,
    is_tsvector: bool,
}

/// The representations of each domain, by its OID.
fn read_representations(rows: &[Row]) -> Result<HashMap<i64, Arc<Representation>>, Error> {
    let mut domains: HashMap<i64, Representation> = HashMap::new();
    for row in rows {
        let domain = domains.entry(row.try_get("domain_oid")?).or_default();
        let direction: String = row.try_get("direction")?;
        let function = match direction.as_str() {
            "shown" => &mut domain.shown,
            "from_text" => &mut domain.from_text,
            _ => &mut domain.from_json,
        };
        *function = Some(read_name(row)?);
    }
    let shared = domains.into_iter().map(|(oid, one)| (oid, Arc::new(one)));
    Ok(shared.collect())
}

fn read_relation(
    row: &Row,
    representations: &HashMap<i64, Arc<Representation>>,
) -> Result<Relation, Error> {
    let Json(columns): Json<Vec<ColumnRow>> = row.try_get("columns")?;
    Ok(Relation {
        name: read_name(row)?,
        comment: row.try_get("comment")?,
        columns: columns
            .into_iter()
            .map(|column| Column {
                name: column.name,
                sql_type: SqlType::from_catalog(column.r#type),
                nullable: column.nullable,
                comment: column.comment,
                default: column.default.map(SqlExpression::from_catalog),
                json_kind: read_json_kind(&column.json_kind),
                is_tsvector: column.is_tsvector,
                representation: representations.get(&column.type_oid).cloned(),
            })
            .collect(),
        primary_key: row.try_get("primary_key")?,
        computed: row.try_get("computed")?,
        takes: Writes {
            insert: row.try_get("takes_insert")?,
            update: row.try_get("takes_update")?,
            delete: row.try_get("takes_delete")?,
        },
    })
}

fn read_json_kind(text: &str) -> JsonKind {
    match text {
        "integer" => JsonKind::Integer,
        "float" => JsonKind::Float,
        "decimal" => JsonKind::Decimal,
        "boolean" => JsonKind::Boolean,
        "string" => JsonKind::String,
        _ => JsonKind::Any,
    }
}

fn read_key(row: &Row) -> Result<TableKey, Error> {
    let foreign_name: Option<String> = row.try_get("foreign_name")?;
    let foreign = match foreign_name {
        None => None,
        Some(name) => Some(KeyColumns {
            table: QualifiedName {
                schema: row.try_get("foreign_schema")?,
                name,
            },
            table_id: row.try_get("foreign_id")?,
            columns: row.try_get("foreign_columns")?,
            numbers: row.try_get("foreign_numbers")?,
        }),
    };
    Ok(TableKey {
        constraint: row.try_get("constraint_name")?,
        own: KeyColumns {
            table: read_name(row)?,
            table_id: row.try_get("table_id")?,
            columns: row.try_get("columns")?,
            numbers: row.try_get("numbers")?,
        },
        foreign,
        is_one_to_one: row.try_get("is_one_to_one")?,
    })
}

fn read_view(row: &Row) -> Result<View, Error> {
    let numbers: Vec<i16> = row.try_get("numbers")?;
    let columns: Vec<String> = row.try_get("columns")?;
    Ok(View {
        name: read_name(row)?,
        id: row.try_get("view_id")?,
        columns: numbers.into_iter().zip(columns).collect(),
        rule: row.try_get("rule")?,
    })
}

fn read_computed(row: &Row) -> Result<Relationship, Error> {
    let table = read_name(row)?;
    let foreign_table = QualifiedName {
        schema: row.try_get("foreign_schema")?,
        name: row.try_get("foreign_name")?,
    };
    Ok(Relationship {
        is_self: table == foreign_table,
        table,
        foreign_table,
        cardinality: Cardinality::Computed(RowFunction {
            name: QualifiedName {
                schema: row.try_get("function_schema")?,
                name: row.try_get("function_name")?,
            },
            is_to_one: row.try_get("is_to_one")?,
        }),
        // The row of a view is one like any other.
        table_is_view: false,
        foreign_is_view: row.try_get("foreign_is_view")?,
    })
}

fn read_name(row: &Row) -> Result<QualifiedName, Error> {
    Ok(QualifiedName {
        schema: row.try_get("schema")?,
        name: row.try_get("name")?,
    })
}

fn read_media_handler(row: &Row, cache: &mut SchemaCache) -> Result<(), Error> {
    let Some(makes) = HandledType::of_domain(row.try_get("domain")?) else {
        return Ok(());
    };
    let target: Option<String> = row.try_get("target_name")?;
    let target = match target {
        None => None,
        Some(name) => Some(QualifiedName {
            schema: row.try_get("target_schema")?,
            name,
        }),
    };
    let aggregate = read_name(row)?;
    let handler = MediaHandler { aggregate, makes };
    cache.media_handlers.add(target, handler);
    Ok(())
}

#[derive(Deserialize)]
struct AttributeRow {
    name: String,
    type_oid: i64,
}

/// How parameters of each type (by OID) take conditions.
fn read_filters(rows: &[Row]) -> Result<HashMap<i64, Filters>, Error> {
    let mut types = HashMap::new();
    for row in rows {
        let operators: Option<Json<BTreeMap<String, String>>> = row.try_get("operators")?;
        if let Some(Json(operators)) = operators {
            let filter_type = FilterType {
                name: row.try_get("name")?,
                sql_type: SqlType::from_catalog(row.try_get("sql_type")?),
                comment: row.try_get("comment")?,
                operators: operators
                    .into_iter()
                    .map(|(name, operand)| (name, read_operand(&operand)))
                    .collect(),
                combines: row.try_get("combines")?,
            };
            types.insert(row.try_get::<_, i64>("type_oid")?, Arc::new(filter_type));
        }
    }
    let mut filters: HashMap<i64, Filters> = types
        .iter()
        .map(|(oid, filter_type)| (*oid, Filters::One(Arc::clone(filter_type))))
        .collect();
    for row in rows {
        let attributes: Option<Json<Vec<AttributeRow>>> = row.try_get("attributes")?;
        if let Some(Json(attributes)) = attributes {
            let spread = attributes
                .into_iter()
                .filter_map(|attribute| {
                    Some(FilterAttribute {
                        filter_type: Arc::clone(types.get(&attribute.type_oid)?),
                        name: attribute.name,
                    })
                })
                .collect();
            filters.insert(row.try_get("type_oid")?, Filters::Spread(spread));
        }
    }
    Ok(filters)
}

fn read_operand(text: &str) -> Operand {
    match text {
        "none" => Operand::None,
        "one" => Operand::One,
        _ => Operand::Many,
    }
}

#[derive(Deserialize)]
struct ParameterRow {
    name: String,
    r#type: String,
    type_oid: i64,
    required: bool,
    variadic: bool,
}

#[derive(Deserialize)]
struct SettingRow {
    name: String,
    value: String,
}

#[derive(Deserialize)]
struct NameRow {
    schema: String,
    name: String,
}

fn read_routine(row: &Row, filters: &HashMap<i64, Filters>) -> Result<Routine, Error> {
    let Json(parameters): Json<Vec<ParameterRow>> = row.try_get("parameters")?;
    let Json(settings): Json<Vec<SettingRow>> = row.try_get("settings")?;
    let relation: Option<Json<NameRow>> = row.try_get("relation")?;
    let comment: Option<String> = row.try_get("comment")?;
    let (comment, page) = match comment.as_deref().map(split_page) {
        Some((text, page)) => (Some(text.to_owned()), page),
        None => (None, PageDefaults::default()),
    };
    let volatility: String = row.try_get("volatility")?;
    let returns: String = row.try_get("returns")?;
    let returns_set: bool = row.try_get("returns_set")?;
    let domain: Option<&str> = row.try_get("domain")?;
    let domain = domain.filter(|_| returns == "scalar" && !returns_set);
    Ok(Routine {
        name: read_name(row)?,
        comment,
        page,
        inlined: row.try_get("inlined")?,
        volatility: match volatility.as_str() {
            "i" => Volatility::Immutable,
            "s" => Volatility::Stable,
            _ => Volatility::Volatile,
        },
        returns: match returns.as_str() {
            "void" => Returns::Void,
            "scalar" => Returns::Scalar,
            _ => Returns::Composite {
                output: row.try_get("output")?,
                relation: relation.map(|Json(name)| QualifiedName {
                    schema: name.schema,
                    name: name.name,
                }),
            },
        },
        returns_set,
        makes: domain.and_then(HandledType::of_domain),
        parameters: parameters
            .into_iter()
            .map(|parameter| Parameter {
                name: parameter.name,
                sql_type: SqlType::from_catalog(parameter.r#type),
                required: parameter.required,
                variadic: parameter.variadic,
                filters: filters.get(&parameter.type_oid).cloned(),
            })
            .collect(),
        settings: settings
            .into_iter()
            .map(|setting| (setting.name, setting.value))
            .collect(),
    })
}

/// Overloads stand in one order, that of PostgREST: it shows where a call is ambiguous.
fn place(routine: &Routine) -> (usize, Option<String>, Vec<(String, String)>) {
    let parameters = routine.parameters.iter();
    (
        routine.parameters.len(),
        routine.comment.clone(),
        parameters
            .map(|one| (one.name.clone(), one.sql_type.as_sql().to_owned()))
            .collect(),
    )
}
