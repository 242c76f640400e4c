//! A call of a function, filters pushed down into it.

use super::Caller;
use super::body::{Source, document};
use super::fragment::{Sql, Statement, array_literal};
use crate::plan::{
    Argument, ArgumentValue, CallBody, CallPlan, Condition, ConditionValue, Conditions, Given,
    ResultShape,
};
use crate::schema_cache::{FILTER_SCHEMA, FilterType, QualifiedName, SqlType};

pub(super) fn render(plan: &CallPlan, caller: Caller) -> Statement {
    let mut sql = Sql::default();
    let total = |sql: &mut Sql| {
        if let Some(total) = &plan.total {
            let arguments = plan.arguments.iter();
            let shared = arguments.filter(|it| !matches!(it.value, ArgumentValue::Top(_)));
            function(sql, total, shared);
        }
    };
    let source = Source {
        caller,
        owner: &|sql| {
            sql.ident(&plan.result_name);
        },
        from: &|sql| {
            sql.push("(");
            call(sql, plan);
            sql.push(") as ").ident(&plan.result_name);
        },
        // what Postgres works into the statement is counted without the columns and joins of the
        // page; all else runs once
        once: !plan.inlined,
        total: plan.total.is_some().then_some(&total),
        shape: plan.shape,
    };
    document(&mut sql, &source, &plan.rows);
    sql.finish()
}

/// `select … from function(arguments)`.
pub(super) fn call(sql: &mut Sql, plan: &CallPlan) {
    let from_body: Vec<&Argument> = plan
        .arguments
        .iter()
        .filter(|argument| matches!(argument.value, ArgumentValue::Body))
        .collect();
    let scalar = !matches!(
        plan.shape,
        ResultShape::Composite | ResultShape::SetOfComposite
    );
    if scalar {
        sql.push("select ");
        function(sql, &plan.routine, &plan.arguments);
        sql.push(" as pgrst_scalar");
        if !from_body.is_empty() {
            sql.push(" from ");
            body_record(sql, plan, &from_body);
        }
    } else {
        sql.push("select ").ident(&plan.result_name).push(".*");
        for field in &plan.named {
            sql.push(", ").ident(&plan.result_name);
            sql.push(".").ident(field);
        }
        sql.push(" from ");
        if !from_body.is_empty() {
            body_record(sql, plan, &from_body);
            sql.push(", lateral ");
        }
        function(sql, &plan.routine, &plan.arguments);
        sql.push(" as ").ident(&plan.result_name);
    }
}

/// The JSON body as a record: Postgres reads each member by its parameter's type.
fn body_record(sql: &mut Sql, plan: &CallPlan, arguments: &[&Argument]) {
    let (json, is_array) = match &plan.body {
        Some(CallBody::Array(json)) => (json.as_str(), true),
        Some(CallBody::Object(json)) => (json.as_str(), false),
        None => ("{}", false),
    };
    sql.push(if is_array {
        "(select * from pg_catalog.json_to_recordset("
    } else {
        "pg_catalog.json_to_record("
    });
    sql.param(json).push("::json) as pgrst_body(");
    sql.join(arguments, ", ", |sql, argument| {
        sql.ident(&argument.name)
            .push(" ")
            .sql_type(&argument.sql_type);
    });
    sql.push(if is_array {
        ") limit 1) as pgrst_body"
    } else {
        ")"
    });
}

fn function<'a>(
    sql: &mut Sql,
    name: &QualifiedName,
    arguments: impl IntoIterator<Item = &'a Argument>,
) {
    sql.qualified(name).push("(");
    sql.join(arguments, ", ", |sql, argument| {
        if argument.variadic {
            sql.push("variadic ");
        }
        if !argument.name.is_empty() {
            sql.ident(&argument.name).push(" => ");
        }
        value(sql, argument);
    });
    sql.push(")");
}

fn value(sql: &mut Sql, argument: &Argument) {
    match &argument.value {
        ArgumentValue::Text(text) => {
            sql.param(text).push("::").sql_type(&argument.sql_type);
        }
        ArgumentValue::List(values) => {
            sql.param(array_literal(values.iter().map(String::as_str)));
            sql.push("::").sql_type(&argument.sql_type);
        }
        ArgumentValue::Top(rows) => {
            sql.param(rows.to_string())
                .push("::")
                .sql_type(&argument.sql_type);
        }
        ArgumentValue::Body => {
            sql.push("pgrst_body.").ident(&argument.name);
        }
        ArgumentValue::Whole(bytes) => whole(sql, bytes, &argument.sql_type),
        ArgumentValue::Filter(given) => conditions(sql, given),
        // Every attribute spelt out, given or not: only then does Postgres see through the whole
        // chain down to plain conditions. As one composite parameter it would be opaque.
        ArgumentValue::Spread(attributes) => {
            sql.push("row(");
            sql.join(attributes, ", ", |sql, attribute| match attribute {
                Given::Conditions(given) => conditions(sql, given),
                Given::Absent(filter_type) => {
                    sql.push("null::").sql_type(&filter_type.sql_type);
                }
            });
            sql.push(")::").sql_type(&argument.sql_type);
        }
    }
}

/// A body as it came. Bytes that should be text and are not get the database's own answer.
fn whole(sql: &mut Sql, bytes: &[u8], sql_type: &SqlType) {
    match str::from_utf8(bytes) {
        Ok(text) if sql_type.as_sql() != "bytea" => {
            sql.param(text).push("::").sql_type(sql_type);
        }
        Err(_) if sql_type.as_sql() != "bytea" => {
            sql.push("pg_catalog.convert_from(").bytes(bytes);
            sql.push(", 'UTF8')::").sql_type(sql_type);
        }
        _ => {
            sql.bytes(bytes);
        }
    }
}

/// `filter.T_and(filter.T_gte($1::text), filter.T_lte($2::text))`.
fn conditions(sql: &mut Sql, given: &Conditions) {
    let combinations = given.conditions.len().saturating_sub(1);
    for _ in 0..combinations {
        operator(sql, &given.filter_type, "and");
    }
    for (index, one) in given.conditions.iter().enumerate() {
        if index > 0 {
            sql.push(", ");
        }
        condition(sql, &given.filter_type, one);
        if index > 0 {
            sql.push(")");
        }
    }
}

fn condition(sql: &mut Sql, filter_type: &FilterType, condition: &Condition) {
    operator(sql, filter_type, &condition.operator);
    match &condition.value {
        ConditionValue::Nothing => {}
        ConditionValue::One(text) => {
            sql.param(text).push("::text");
        }
        ConditionValue::Many(values) => {
            sql.param(array_literal(values.iter().map(String::as_str)));
            sql.push("::text[]");
        }
    }
    sql.push(")");
}

/// `"filter"."TYPE_OPERATOR"(`.
fn operator(sql: &mut Sql, filter_type: &FilterType, name: &str) {
    sql.ident(FILTER_SCHEMA).push(".");
    sql.ident(&format!("{}_{name}", filter_type.name)).push("(");
}
