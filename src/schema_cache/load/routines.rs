//! Functions, and the aggregates that make media types.

use std::collections::HashMap;

use serde::Deserialize;
use tokio_postgres::{Error, Row, types::Json};

use super::read_name;
use crate::schema_cache::routine::split_page;
use crate::schema_cache::{
    Filters, HandledType, MediaHandler, PageDefaults, Parameter, QualifiedName, Returns, Routine,
    SchemaCache, SqlType, Volatility,
};

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

pub(super) fn read_routine(row: &Row, filters: &HashMap<i64, Filters>) -> Result<Routine, Error> {
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
        oid: row.try_get("oid")?,
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
pub(super) fn place(routine: &Routine) -> (usize, Option<String>, Vec<(String, String)>) {
    let parameters = routine.parameters.iter();
    (
        routine.parameters.len(),
        routine.comment.clone(),
        parameters
            .map(|one| (one.name.clone(), one.sql_type.as_sql().to_owned()))
            .collect(),
    )
}

pub(super) fn read_media_handler(row: &Row, cache: &mut SchemaCache) -> Result<(), Error> {
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
