//! Reads the catalog into a [`SchemaCache`].

mod details;
mod filter_types;
mod relations;
mod relationships;
mod routines;

use tokio_postgres::{Error, Row, Transaction};

use self::details::DetailRows;
use self::filter_types::read_filters;
use self::relations::{read_relation, read_representations};
use self::relationships::{read_computed, read_key, read_view};
use self::routines::{place, read_media_handler, read_routine};
use super::key::TableKey;
use super::view::{View, Views};
use super::{QualifiedName, SchemaCache};

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
    details: DetailRows,
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
                .query(include_str!("../relations.sql"), &[&schemas])
                .await?,
            representations: transaction
                .query(include_str!("../representations.sql"), &[])
                .await?,
            keys: transaction.query(include_str!("../keys.sql"), &[]).await?,
            views: transaction.query(include_str!("../views.sql"), &[]).await?,
            types: transaction
                .query(include_str!("../filter_types.sql"), &[])
                .await?,
            routines: transaction
                .query(include_str!("../routines.sql"), &[&schemas])
                .await?,
            computed: transaction
                .query(include_str!("../computed_relationships.sql"), &[&schemas])
                .await?,
            guarded: transaction
                .query(include_str!("../guarded_relations.sql"), &[&schemas])
                .await?,
            handlers: transaction
                .query(include_str!("../media_handlers.sql"), &[&schemas])
                .await?,
            geo_json: transaction
                .query_opt(include_str!("../geo_json.sql"), &[])
                .await?,
            details: DetailRows::read(transaction, schemas).await?,
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
        cache.details = self.details.details()?;
        Ok(cache)
    }
}

fn read_name(row: &Row) -> Result<QualifiedName, Error> {
    Ok(QualifiedName {
        schema: row.try_get("schema")?,
        name: row.try_get("name")?,
    })
}
