//! Text in, a typed request out. Pure: knows the URL grammar and the headers, not the schema cache,
//! not Postgres. Follows PostgREST (`docs/references/api/*.rst`, `url_grammar.rst`).

pub mod query_string;
