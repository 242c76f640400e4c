//! Every function of the API, called with what belongs to the hidden tenant.

use serde_json::{Map, Value, json};

use super::answer::Ask;
use super::doors::Relation;
use super::worlds::{HIDDEN, OWN, World};

pub struct Function {
    pub name: String,
    arguments: Vec<(String, String)>,
    /// A client may call it: else one refusal is all there is to see.
    pub is_clients: bool,
    /// The relation whose column it is as well: its one argument is a row.
    pub column_of: Option<String>,
    row: Map<String, Value>,
}

/// The attributes of the type that takes all filters at once, as one writes them in a URL.
const FILTER: &str = "public.ticket_filter";

/// Every function that `/rpc/` reaches.
pub async fn functions(world: &World, relations: &[Relation]) -> Vec<Function> {
    let statement = "
        select p.proname::text, array_agg(coalesce(a.name, '') order by a.place), array_agg(coalesce(a.kind, '') order by a.place),
            has_function_privilege('desk_client', p.oid, 'execute')
        from pg_proc p
        left join lateral (
            select n.name, format('%s.%s', t.typnamespace::regnamespace, t.typname), n.place
            from unnest(p.proargnames[1:p.pronargs]) with ordinality as n (name, place)
            join pg_type t on t.oid = p.proargtypes[n.place - 1]
        ) as a (name, kind, place) on true
        where p.pronamespace = 'public'::regnamespace and p.prorettype <> 'trigger'::regtype
        group by p.oid, p.proname order by 1";
    let rows = world.admin.query(statement, &[]).await.unwrap();
    let function = |row: &tokio_postgres::Row| {
        let (names, kinds): (Vec<String>, Vec<String>) = (row.get(1), row.get(2));
        let of = relations
            .iter()
            .find(|one| format!("public.{}", one.name) == kinds[0]);
        let arguments = names.into_iter().zip(kinds);
        Function {
            name: row.get(0),
            arguments: arguments.filter(|(_, kind)| !kind.is_empty()).collect(),
            is_clients: row.get(3),
            column_of: of.map(|one| one.name.clone()),
            row: of.map(|one| one.row.clone()).unwrap_or_default(),
        }
    };
    rows.iter().map(function).collect()
}

/// What filters of tickets are filled with: `FILTER`'s attributes and values that hidden rows have.
const FILTERS: &[&str] = &[
    "client_id=eq.770000000",
    "client_id=in.(770000000,510000000)",
    "client_id=not.in.(510000000)",
    "assigned_to=eq.2",
    "assigned_to=not.in.(1)",
    "ticket_type_id=in.(1,2)",
    "tags=ov.%7Bhidb%7D",
    "priority=in.(urgent,low)",
    "status=in.(open,closed)",
    "created_at=gte.2025-10-01&created_at=lte.2025-12-01",
];

impl Function {
    fn url(&self, query: &str) -> String {
        format!("/rpc/{}?{query}", self.name)
    }

    /// Called with what is the hidden tenant's; `everything`: in every form and with every filter.
    pub fn calls(&self, everything: bool) -> Vec<Ask> {
        if let Some(relation) = &self.column_of {
            return self.calls_with_a_row(relation);
        }
        let mut asks = Vec::new();
        for values in self.values(everything) {
            let query = |(name, value): (&String, &Value)| match value {
                Value::String(text) => format!("{name}={text}"),
                other => format!("{name}={other}"),
            };
            let query: Vec<_> = values.iter().map(query).collect();
            let get = Ask::get(self.url(&query.join("&")));
            asks.push(get.clone().prefer("count=exact"));
            // the forms do not depend on the arguments
            if everything && asks.len() < 4 {
                asks.push(get.clone().header("accept", "text/csv"));
                asks.push(get.header("accept", "application/vnd.pgrst.object+json"));
            }
            let post = Ask::new("POST", self.url("")).json(Value::Object(values));
            asks.push(post.prefer("count=exact, tx=rollback"));
        }
        if self.arguments.iter().any(|(_, kind)| kind == FILTER) {
            let filters = if everything { FILTERS } else { &FILTERS[..1] };
            for filter in filters {
                asks.push(Ask::get(self.url(filter)).prefer("count=exact"));
            }
            let counted = format!("select=count()&{}", FILTERS[0]);
            asks.push(Ask::get(self.url(&counted)));
        }
        asks
    }

    /// As a column of its relation, and with the hidden tenant's row for an argument.
    fn calls_with_a_row(&self, relation: &str) -> Vec<Ask> {
        let (argument, _) = &self.arguments[0];
        let body = json!({ argument.as_str(): self.row });
        vec![
            Ask::get(format!("/{relation}?select={}", self.name)).prefer("count=exact"),
            Ask::get(format!("/{relation}?{}=not.is.null", self.name)).prefer("count=exact"),
            Ask::new("POST", self.url("")).json(body),
        ]
    }

    /// Arguments: none, and each kind of id for all that take one. None is of a filter's type: filters are
    /// parameters of their own.
    fn values(&self, everything: bool) -> Vec<Map<String, Value>> {
        let with = |id: i32| {
            let value = |kind: &str| match kind {
                "pg_catalog.int4" | "pg_catalog.int8" => Some(json!(id)),
                "pg_catalog.text" => Some(json!("hidb")),
                _ => None,
            };
            let arguments = self.arguments.iter();
            let known = arguments.filter_map(|(name, kind)| Some((name.clone(), value(kind)?)));
            known.collect::<Map<_, _>>()
        };
        let mut all = vec![Map::new()];
        if !with(0).is_empty() {
            // a client, its tickets: open, closed, merged into another; and the own ones
            let ids = [HIDDEN, HIDDEN + 11, HIDDEN + 15, HIDDEN + 16, OWN, OWN + 11];
            let ids = if everything { &ids[..] } else { &ids[..2] };
            all.extend(ids.iter().map(|id| with(*id)));
        }
        all
    }
}
