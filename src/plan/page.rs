//! What the last lines of a function's comment say of its page, where the URL does not
//! ([`PageDefaults`](crate::schema_cache::PageDefaults)).

use super::{Argument, ArgumentValue, Grouping, OrderKey, PlanError, Rows, Total};
use crate::request::ApiRequest;
use crate::request::query_string::order::{self, OrderTerm};
use crate::schema_cache::{QualifiedName, Relation, Routine};

/// Gives the rows the function's own order and limit, and the function how many rows the page is about. Returns
/// the function that tells the total, where that is the one asked for.
pub(super) fn resolve_page(
    request: &ApiRequest,
    routine: &Routine,
    relation: Option<&Relation>,
    max_rows: Option<u64>,
    rows: &mut Rows,
    arguments: &mut Vec<Argument>,
) -> Result<Option<QualifiedName>, PlanError> {
    let page = &routine.page;
    let node = &mut rows.node;
    let mut is_in_own_order = false;
    if let Some(order) = &page.order
        && node.grouping == Grouping::Rows
    {
        let own = |terms: Vec<OrderTerm>| -> Vec<OrderKey> {
            let terms = terms.into_iter();
            terms.map(|term| OrderKey::own(term, relation)).collect()
        };
        if node.order.is_empty() {
            node.order = own(order::parse(order)?);
            is_in_own_order = true;
        } else if page.top.is_some() {
            let terms = order::parse(order);
            is_in_own_order = terms.is_ok_and(|terms| node.order == own(terms));
        }
    }
    if request.range.limit.is_none() {
        node.range = request.range.at_most(page.limit).at_most(max_rows);
    }

    // what the URL says of the result, only the result can tell
    let is_whole = node.grouping == Grouping::Rows
        && node.conditions.is_empty()
        && node.embeds.is_empty()
        && arguments.iter().all(|argument| !is_of_body(argument));
    let parameter = page.top.as_deref().and_then(|name| {
        let is_given = arguments.iter().any(|argument| argument.name == name);
        let mut parameters = routine.parameters.iter();
        parameters.find(|parameter| parameter.name == name && !is_given)
    });
    let told = page.total.as_deref().filter(|_| {
        is_whole
            && rows.total == Total::Exact
            && node.range.limit.is_some()
            && (page.top.is_none() || parameter.is_some())
    });
    if let Some(parameter) = parameter
        && let Some(limit) = node.range.limit
        && is_whole
        && is_in_own_order
        && (rows.total == Total::Unasked || told.is_some())
    {
        arguments.push(Argument {
            name: parameter.name.clone(),
            sql_type: parameter.sql_type.clone(),
            variadic: false,
            value: ArgumentValue::Top(node.range.offset.saturating_add(limit)),
        });
    }
    Ok(told.map(|name| match name.split_once('.') {
        Some((schema, name)) => QualifiedName::new(schema, name),
        None => QualifiedName::new(&routine.name.schema, name),
    }))
}

/// A value that the statement reads out of the body, which another call in it could not.
fn is_of_body(argument: &Argument) -> bool {
    matches!(argument.value, ArgumentValue::Body)
}
