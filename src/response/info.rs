//! OPTIONS: which methods a resource allows (PostgREST, `options.rst`).

use super::answer::Answer;

/// The answer to OPTIONS, with the methods of [`relation_methods`], [`routine_methods`] or, for the
/// root, `OPTIONS,GET,HEAD`.
#[must_use]
pub fn info(methods: &str) -> Answer {
    Answer::empty(
        200,
        vec![
            ("Access-Control-Allow-Origin", "*".to_owned()),
            ("Allow", methods.to_owned()),
        ],
    )
}

/// What a relation allows, from what Postgres says of it.
///
/// ```
/// use rowdesk::response::relation_methods;
///
/// assert_eq!(
///     relation_methods(true, true, true, true),
///     "OPTIONS,GET,HEAD,POST,PUT,PATCH,DELETE"
/// );
/// assert_eq!(relation_methods(false, false, false, true), "OPTIONS,GET,HEAD");
/// assert_eq!(relation_methods(true, true, false, false), "OPTIONS,GET,HEAD,POST,PATCH");
/// ```
#[must_use]
#[expect(
    clippy::fn_params_excessive_bools,
    reason = "the four facts of Postgres' catalog, in the order of the methods"
)]
pub fn relation_methods(
    is_insertable: bool,
    is_updatable: bool,
    is_deletable: bool,
    has_primary_key: bool,
) -> String {
    let allowed = [
        ("OPTIONS,GET,HEAD", true),
        ("POST", is_insertable),
        ("PUT", is_insertable && is_updatable && has_primary_key),
        ("PATCH", is_updatable),
        ("DELETE", is_deletable),
    ];
    let methods: Vec<&str> = allowed
        .into_iter()
        .filter_map(|(method, is_allowed)| is_allowed.then_some(method))
        .collect();
    methods.join(",")
}

/// What a function allows: one that may write is not called by GET.
#[must_use]
pub const fn routine_methods(is_volatile: bool) -> &'static str {
    if is_volatile {
        "OPTIONS,POST"
    } else {
        "OPTIONS,GET,HEAD,POST"
    }
}
