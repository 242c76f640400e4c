//! A call of a function, filters pushed down into it.

use super::body::{Source, document};
use super::fragment::{Sql, Statement, array_literal};
use crate::plan::{
    Argument, ArgumentValue, CallPlan, Condition, ConditionValue, Conditions, Given, ResultShape,
};
use crate::schema_cache::{FILTER_SCHEMA, FilterType};

pub(super) fn render(plan: &CallPlan, role: &str) -> Statement {
    let mut sql = Sql::default();
    let source = Source {
        role,
        owner: &|sql| {
            sql.push("pgrst_source");
        },
        from: &|sql| {
            sql.push("(");
            call(sql, plan);
            sql.push(") as pgrst_source");
        },
        // what Postgres works into the statement is counted without the columns and joins of the
        // page; all else runs once
        once: !plan.inlined,
        shape: plan.shape,
    };
    document(&mut sql, &source, &plan.rows);
    sql.finish()
}

/// `select … from function(arguments)`.
fn call(sql: &mut Sql, plan: &CallPlan) {
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
        function(sql, plan);
        sql.push(" as pgrst_scalar");
        if !from_body.is_empty() {
            sql.push(" from ");
            body_record(sql, plan, &from_body);
        }
    } else {
        sql.push("select pgrst_call.*");
        for field in &plan.computed {
            sql.push(", pgrst_call.").ident(field);
        }
        sql.push(" from ");
        if !from_body.is_empty() {
            body_record(sql, plan, &from_body);
            sql.push(", lateral ");
        }
        function(sql, plan);
        sql.push(" as pgrst_call");
    }
}

/// The JSON body as a record: Postgres reads each member by its parameter's type.
fn body_record(sql: &mut Sql, plan: &CallPlan, arguments: &[&Argument]) {
    sql.push("pg_catalog.json_to_record(");
    sql.param(plan.body.clone().unwrap_or_else(|| "{}".to_owned()));
    sql.push("::json) as pgrst_body(");
    sql.join(arguments, ", ", |sql, argument| {
        sql.ident(&argument.name)
            .push(" ")
            .sql_type(&argument.sql_type);
    });
    sql.push(")");
}

fn function(sql: &mut Sql, plan: &CallPlan) {
    sql.qualified(&plan.routine).push("(");
    sql.join(&plan.arguments, ", ", |sql, argument| {
        if argument.variadic {
            sql.push("variadic ");
        }
        sql.ident(&argument.name).push(" => ");
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
        ArgumentValue::Body => {
            sql.push("pgrst_body.").ident(&argument.name);
        }
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
