//! What is described: the part of the schema cache that the caller may use.

use std::collections::HashMap;

use serde::Deserialize;

use crate::schema_cache::{
    ColumnDetails, Member, QualifiedName, Relation, Routine, SchemaCache, Signature,
};

/// Where clients find the API, and what is said of it as a whole.
#[derive(Debug, Clone)]
pub struct Site {
    /// `http` or `https`.
    pub scheme: String,
    /// Perhaps one of PostgREST's names for all addresses: `!4`.
    pub host: String,
    pub port: u16,
    /// Begins with a slash.
    pub path: String,
    /// Version 2.0 says that requests may carry a token.
    pub says_tokens: bool,
    /// The exposed schemas, the default one first.
    pub schemas: Vec<String>,
    /// Whether requests without a token are heard.
    pub takes_anonymous: bool,
    /// Tells versions of a row apart, where a relation has it.
    pub version_column: Option<String>,
}

/// One schema, as far as one caller may use it.
#[derive(Debug)]
pub struct Api<'a> {
    pub site: &'a Site,
    pub cache: &'a SchemaCache,
    pub schema: &'a str,
    /// The comment of the schema.
    pub comment: Option<String>,
    /// By name.
    pub relations: Vec<ApiRelation<'a>>,
    /// By name; overloads by their number of parameters.
    pub routines: Vec<ApiRoutine<'a>>,
}

#[derive(Debug)]
pub struct ApiRelation<'a> {
    pub relation: &'a Relation,
    /// One a column, in the same order.
    pub details: Vec<&'a ColumnDetails>,
    pub rights: Rights,
}

/// What the caller may do with a relation; by column only where that was asked for.
#[derive(Debug, Default)]
pub struct Rights {
    columns: HashMap<String, Vec<String>>,
    pub deletes: bool,
}

#[derive(Debug)]
pub struct ApiRoutine<'a> {
    pub routine: &'a Routine,
    pub signature: &'a Signature,
    /// The types of its parameters, spelt for the schema's search path.
    pub types: Vec<String>,
}

/// What Postgres said of the rights (`sql/inspect.sql`).
#[derive(Deserialize)]
struct Granted {
    comment: Option<String>,
    relations: Vec<GrantedRelation>,
    routines: Vec<GrantedRoutine>,
}

#[derive(Deserialize)]
struct GrantedRelation {
    name: String,
    columns: Option<HashMap<String, Vec<String>>>,
    deletes: bool,
}

#[derive(Deserialize)]
struct GrantedRoutine {
    oid: i64,
    types: Vec<String>,
}

impl<'a> Api<'a> {
    /// Joins the schema cache and the rights. What only one of them knows is not described: the cache
    /// is older than the table, or the table is gone.
    ///
    /// # Errors
    /// `granted` is not what `sql/inspect.sql` makes.
    pub fn new(
        site: &'a Site,
        cache: &'a SchemaCache,
        schema: &'a str,
        granted: &[u8],
    ) -> Result<Self, serde_json::Error> {
        let granted: Granted = serde_json::from_slice(granted)?;
        let relations = granted.relations.into_iter();
        let routines: HashMap<i64, &Routine> = cache
            .routines
            .values()
            .flatten()
            .filter(|routine| routine.name.schema == schema)
            .map(|routine| (routine.oid, routine))
            .collect();
        let mut relations: Vec<ApiRelation> = relations
            .filter_map(|granted| ApiRelation::new(cache, schema, granted))
            .collect();
        relations.sort_by_key(|described| &described.relation.name);
        Ok(Self {
            site,
            cache,
            schema,
            comment: granted.comment,
            relations,
            routines: granted
                .routines
                .into_iter()
                .filter_map(|granted| {
                    Some(ApiRoutine {
                        routine: routines.get(&granted.oid)?,
                        signature: cache.details.signatures.get(&granted.oid)?,
                        types: granted.types,
                    })
                })
                .collect(),
        })
    }

    /// The relation, if it is described.
    #[must_use]
    pub fn relation(&self, name: &QualifiedName) -> Option<&ApiRelation<'a>> {
        let found = self
            .relations
            .binary_search_by_key(&name, |described| &described.relation.name);
        self.relations.get(found.ok()?)
    }
}

impl<'a> ApiRelation<'a> {
    fn new(cache: &'a SchemaCache, schema: &str, granted: GrantedRelation) -> Option<Self> {
        let relation = cache.relation(&QualifiedName::new(schema, &granted.name))?;
        let details = relation
            .columns
            .iter()
            .map(|column| cache.details.column(&relation.name, &column.name))
            .collect::<Option<_>>()?;
        Some(Self {
            relation,
            details,
            rights: Rights {
                columns: granted.columns.unwrap_or_default(),
                deletes: granted.deletes,
            },
        })
    }

    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.relation.name.name
    }
}

impl Rights {
    /// Whether the caller may `select`, `insert` or `update` the column.
    #[must_use]
    pub fn allow(&self, verb: &str, column: &str) -> bool {
        let verbs = self.columns.get(column);
        verbs.is_some_and(|verbs| verbs.iter().any(|allowed| allowed == verb))
    }
}

impl<'a> ApiRoutine<'a> {
    #[must_use]
    pub fn name(&self) -> &'a str {
        &self.routine.name.name
    }

    /// Each parameter's name and type, in order.
    pub fn parameters(&self) -> impl Iterator<Item = &'a Member> {
        self.signature.parameters.iter()
    }
}
