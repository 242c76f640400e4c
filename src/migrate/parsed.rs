//! What sqlparser finds a statement to need at its creation. Unlike the names of `names`, these are
//! certain: a relation in FROM, a function called, a type returned.

use std::collections::BTreeSet;
use std::ops::ControlFlow;

use sqlparser::ast::{
    ArrayElemTypeDef, CreateFunctionBody, DataType, Expr, FunctionReturnType, ObjectName,
    Statement, Value, visit_expressions, visit_relations,
};
use sqlparser::dialect::PostgreSqlDialect;
use sqlparser::parser::Parser;

/// The qualified names that one statement needs; empty where sqlparser cannot read it.
pub(super) fn needed(sql: &str, is_late_bound: bool) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for statement in Parser::parse_sql(&PostgreSqlDialect {}, sql).unwrap_or_default() {
        collect(&statement, &mut found);
        let Statement::CreateFunction(function) = &statement else {
            continue;
        };
        found.extend(function.return_type.as_ref().and_then(returned));
        for argument in function.args.iter().flatten() {
            found.extend(custom(&argument.data_type));
        }
        if let (false, Some(body)) = (
            is_late_bound,
            function.function_body.as_ref().and_then(text),
        ) {
            found.append(&mut needed(body, false));
        }
    }
    found
}

fn collect(statement: &Statement, found: &mut BTreeSet<String>) {
    let _ = visit_relations(statement, |relation| {
        found.extend(name(relation));
        ControlFlow::<()>::Continue(())
    });
    let _ = visit_expressions(statement, |expression| {
        if let Expr::Function(function) = expression {
            found.extend(name(&function.name));
        }
        ControlFlow::<()>::Continue(())
    });
    match statement {
        Statement::Call(function) => found.extend(name(&function.name)),
        Statement::CreateTrigger(trigger) => {
            found.extend(
                trigger
                    .exec_body
                    .as_ref()
                    .and_then(|body| name(&body.func_desc.name)),
            );
        }
        _ => {}
    }
}

fn returned(returned: &FunctionReturnType) -> Option<String> {
    match returned {
        FunctionReturnType::DataType(of) | FunctionReturnType::SetOf(of) => custom(of),
    }
}

fn custom(of: &DataType) -> Option<String> {
    match of {
        DataType::Custom(of, _) => name(of),
        DataType::Array(
            ArrayElemTypeDef::AngleBracket(of)
            | ArrayElemTypeDef::SquareBracket(of, _)
            | ArrayElemTypeDef::Parenthesis(of),
        ) => custom(of),
        _ => None,
    }
}

fn text(body: &CreateFunctionBody) -> Option<&str> {
    match body {
        CreateFunctionBody::AsBeforeOptions {
            body: Expr::Value(value),
            ..
        }
        | CreateFunctionBody::AsAfterOptions(Expr::Value(value)) => match &value.value {
            Value::DollarQuotedString(text) => Some(&text.value),
            Value::SingleQuotedString(text) => Some(text),
            _ => None,
        },
        _ => None,
    }
}

/// `None` for a name without schema: it may be a CTE or a built-in.
fn name(of: &ObjectName) -> Option<String> {
    let [schema, object] = of.0.as_slice() else {
        return None;
    };
    let part = |part: &sqlparser::ast::ObjectNamePart| {
        let ident = part.as_ident()?;
        Some(if ident.quote_style.is_some() {
            ident.value.clone()
        } else {
            ident.value.to_lowercase()
        })
    };
    Some(format!("{}.{}", part(schema)?, part(object)?))
}

#[cfg(test)]
mod tests {
    use super::needed;

    #[test]
    fn what_a_statement_needs_is_found_at_every_depth() {
        for (sql, expected) in [
            (
                "create view v as select x.f(t.a) from p.t join (select 1 from q.u) s on true",
                "p.t q.u x.f",
            ),
            (
                "create function f.g(a f.arg) returns setof r.row language sql stable as $$ select * from p.t where h.i(a) $$",
                "f.arg h.i p.t r.row",
            ),
            (
                "create policy p on s.t for select to x using (id = (select c.me()))",
                "c.me s.t",
            ),
            (
                "create or replace trigger t before update on a.b for each row execute function o.f()",
                "o.f",
            ),
        ] {
            let found = Vec::from_iter(needed(sql, false)).join(" ");
            assert_eq!(found, expected, "{sql}");
        }
        assert!(
            needed(
                "create function f.g() returns int language plpgsql as $$ begin x.y() end $$",
                true
            )
            .is_empty()
        );
    }
}
