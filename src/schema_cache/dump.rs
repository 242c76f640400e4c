//! The schema cache as JSON, for people who look for what is missing in it. Its form is nobody's
//! interface and may change (PostgREST says the same of its own).

use serde_json::{Value, json};

use super::{
    Cardinality, ColumnPair, QualifiedName, Relation, Relationship, Returns, Routine, SchemaCache,
};

impl SchemaCache {
    /// Relations, relationships and routines, by name.
    #[must_use]
    pub fn dump(&self) -> Value {
        let mut relations: Vec<_> = self.relations.values().collect();
        relations.sort_by_key(|relation| spelt(&relation.name));
        let mut relationships: Vec<_> = self.relationships.values().flatten().collect();
        relationships.sort_by_key(|one| (spelt(&one.table), spelt(&one.foreign_table)));
        let mut routines: Vec<_> = self.routines.values().flatten().collect();
        routines.sort_by_key(|routine| spelt(&routine.name));
        json!({
            "dbTables": relations.into_iter().map(relation).collect::<Vec<_>>(),
            "dbRelationships": relationships.into_iter().map(relationship).collect::<Vec<_>>(),
            "dbRoutines": routines.into_iter().map(routine).collect::<Vec<_>>(),
        })
    }
}

fn spelt(name: &QualifiedName) -> String {
    format!("{}.{}", name.schema, name.name)
}

fn relation(relation: &Relation) -> Value {
    let columns = relation.columns.iter().map(|column| {
        json!({
            "name": column.name,
            "type": column.sql_type.as_sql(),
            "nullable": column.nullable,
            "description": column.comment,
        })
    });
    json!({
        "name": spelt(&relation.name),
        "description": relation.comment,
        "columns": columns.collect::<Vec<_>>(),
        "primaryKey": relation.primary_key,
        "insertable": relation.takes.insert,
        "updatable": relation.takes.update,
        "deletable": relation.takes.delete,
    })
}

fn relationship(one: &Relationship) -> Value {
    let pairs = |pairs: &[ColumnPair]| -> Vec<[String; 2]> {
        let both = |pair: &ColumnPair| [pair.own.clone(), pair.foreign.clone()];
        pairs.iter().map(both).collect()
    };
    let mut said = json!({
        "table": spelt(&one.table),
        "foreignTable": spelt(&one.foreign_table),
    });
    said["by"] = match &one.cardinality {
        Cardinality::ManyToMany(junction) => json!({
            "junction": spelt(&junction.table),
            "constraints": [junction.constraints.0, junction.constraints.1],
        }),
        Cardinality::Computed(function) => json!({ "function": spelt(&function.name) }),
        _ => match one.cardinality.key() {
            Some(key) => json!({ "constraint": key.constraint, "columns": pairs(&key.columns) }),
            None => Value::Null,
        },
    };
    said["toOne"] = one.is_to_one().into();
    said
}

fn routine(routine: &Routine) -> Value {
    let parameters = routine.parameters.iter().map(|parameter| {
        json!({
            "name": parameter.name,
            "type": parameter.sql_type.as_sql(),
            "required": parameter.required,
            "variadic": parameter.variadic,
        })
    });
    let returns = match &routine.returns {
        Returns::Void => json!("void"),
        Returns::Scalar => json!("scalar"),
        Returns::Composite { output, relation } => json!({
            "columns": output,
            "relation": relation.as_ref().map(spelt),
        }),
    };
    json!({
        "name": spelt(&routine.name),
        "description": routine.comment,
        "parameters": parameters.collect::<Vec<_>>(),
        "returns": returns,
        "returnsSet": routine.returns_set,
    })
}
