//! Every way into a relation: generated from what the catalog says of it, so that a new one is covered.

use serde_json::{Map, Value, json};
use tokio_postgres::Client;

use super::answer::Ask;
use super::worlds::{HIDDEN, World};
use crate::harness::desk::execute;

/// A relation of the API.
pub struct Relation {
    pub name: String,
    pub columns: Vec<Column>,
    /// A row of the hidden tenant where it has one, else any: what is guessed at, and sent in its place.
    pub row: Map<String, Value>,
    is_table: bool,
    /// A client may read something of it: else one refusal is all there is to see.
    pub is_clients: bool,
}

pub struct Column {
    pub name: String,
    kind: String,
    is_key: bool,
    is_generated: bool,
    /// A client gives values to it.
    is_clients: bool,
}

impl Column {
    fn is_text(&self) -> bool {
        self.kind == "text" || self.kind.starts_with("character varying")
    }
}

/// Every relation of the schema, with a row of the hidden tenant if there is one.
pub async fn relations(world: &World) -> Vec<Relation> {
    let statement = "select c.relname::text, c.relkind = 'r', has_any_column_privilege('desk_client', c.oid, 'select')
        from pg_class c
        where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'v', 'm', 'p', 'f') order by 1";
    let mut relations = Vec::new();
    for row in world.admin.query(statement, &[]).await.unwrap() {
        let name: String = row.get(0);
        relations.push(Relation {
            columns: columns(&world.admin, &name).await,
            row: hidden_row(&world.admin, &name).await,
            is_table: row.get(1),
            is_clients: row.get(2),
            name,
        });
    }
    relations
}

async fn columns(admin: &Client, relation: &str) -> Vec<Column> {
    let statement = format!(
        "select attname::text, format_type(atttypid, null),
            exists (select from pg_constraint k where k.conrelid = attrelid and k.contype = 'p' and attnum = any (k.conkey)),
            attgenerated <> '' or attidentity <> '',
            has_column_privilege('desk_client', attrelid, attnum, 'insert')
        from pg_attribute where attrelid = 'public.{relation}'::regclass and attnum > 0 and not attisdropped
        order by attnum"
    );
    let rows = admin.query(&statement, &[]).await.unwrap();
    let column = |row: &tokio_postgres::Row| Column {
        name: row.get(0),
        kind: row.get(1),
        is_key: row.get(2),
        is_generated: row.get(3),
        is_clients: row.get(4),
    };
    rows.iter().map(column).collect()
}

/// As the superuser, and as the agent of that tenant, whom the queues ask for.
async fn hidden_row(admin: &Client, relation: &str) -> Map<String, Value> {
    execute(admin, r#"set request.jwt.claims = '{"team_member_id": 2}'"#).await;
    let statement = format!(
        "select to_jsonb(r) from public.{relation} as r
        order by to_jsonb(r)::text !~ '{HIDDEN}|hidb', to_jsonb(r)::text !~ '77000', to_jsonb(r)::text limit 1"
    );
    let row = admin.query_opt(&statement, &[]).await.unwrap();
    match row.map(|row| row.get(0)) {
        Some(Value::Object(map)) => map,
        _ => Map::new(),
    }
}

fn encoded(text: &str) -> String {
    form_urlencoded::byte_serialize(text.as_bytes()).collect()
}

fn written(value: &Value) -> String {
    match value {
        Value::String(text) => encoded(text),
        other => encoded(&other.to_string()),
    }
}

const PLAN: &str = "application/vnd.pgrst.plan+json; options=analyze|verbose|settings|buffers";

impl Relation {
    fn url(&self, query: &str) -> String {
        format!("/{}?{query}", self.name)
    }

    /// Everything there is, counted, and the one row that is guessed at.
    pub fn lists(&self) -> Vec<Ask> {
        let key = self.key();
        let mut asks = vec![
            Ask::get(self.url("")).prefer("columns=granted, count=exact"),
            Ask::new("HEAD", self.url("")).prefer("count=exact"),
            Ask::get(self.url("select=count()")),
        ];
        if !key.is_empty() {
            asks.push(Ask::get(self.url(&key)).prefer("columns=granted, count=exact"));
        }
        asks
    }

    /// The same in every form that an answer has.
    pub fn forms(&self) -> Vec<Ask> {
        let url = self.url("");
        let key = self.key();
        let object = "application/vnd.pgrst.object+json";
        let mut asks: Vec<_> = [
            "application/json",
            "text/csv",
            object,
            "application/vnd.pgrst.array+json;nulls=stripped",
        ]
        .into_iter()
        .map(|accept| Ask::get(&url).header("accept", accept))
        .collect();
        asks.push(Ask::get(&url).header("accept", PLAN).estimated());
        for count in ["planned", "estimated"] {
            asks.push(Ask::get(&url).prefer(&format!("columns=granted, count={count}")));
        }
        let order = format!("order={}", self.columns[0].name);
        for page in ["limit=1", "limit=1&offset=1"] {
            let page = format!("{page}&{order}");
            asks.push(Ask::get(self.url(&page)).prefer("columns=granted, count=exact"));
        }
        for range in ["0-0", "5-"] {
            asks.push(Ask::get(self.url(&order)).header("range", range));
        }
        asks.push(Ask::get(self.url(&key)).header("accept", object));
        asks
    }

    /// Each column, read, filtered by, ordered by and summed up, alone.
    pub fn by_column(&self) -> Vec<Ask> {
        let mut asks = Vec::new();
        for column in &self.columns {
            let name = &column.name;
            let value = self.row.get(name).map(written).unwrap_or_default();
            let found = match column.kind.as_str() {
                _ if column.is_text() => "ilike.*hid*".to_owned(),
                "text[]" => "cs.%7Bhidstaff%7D".to_owned(),
                "integer" | "bigint" => format!("gte.{HIDDEN}"),
                _ => "not.is.null".to_owned(),
            };
            for query in [
                format!("select=x:{name}::text"),
                format!("select=count()&{name}=eq.{value}"),
                format!("select=count()&or=({name}.{found},{name}.is.null)"),
                format!("select=x:{name}&order={name}.desc.nullslast&limit=1"),
                format!("select={name}.max(),least:{name}.min(),many:{name}.count()"),
            ] {
                asks.push(Ask::get(self.url(&query)).prefer("count=exact"));
            }
        }
        asks
    }

    /// Writes that reach the hidden tenant's rows if anything does. Those that could reach own ones as well
    /// are taken back, and tell by their counts and errors whom they reached.
    pub fn writes(&self, each_column: bool) -> Vec<Ask> {
        if !self.is_table {
            return self.writes_of_views();
        }
        let mut asks = Vec::new();
        let key = self.key();
        let rolled_back = "return=representation, count=exact, tx=rollback";
        let blind = "return=minimal, count=exact, tx=rollback";
        let columns = if each_column { self.columns.len() } else { 1 };
        for column in self.columns.iter().take(columns) {
            let value = self.row.get(&column.name).cloned().unwrap_or_default();
            let body = json!({ column.name.as_str(): value });
            // without a condition and without an answer no policy of SELECT helps
            let all = Ask::new("PATCH", self.url("")).prefer(blind);
            asks.push(all.json(body.clone()));
            let all = Ask::new("PATCH", self.url("")).prefer(rolled_back);
            asks.push(all.json(body.clone()));
            let one =
                Ask::new("PATCH", self.url(&key)).prefer("return=representation, count=exact");
            asks.push(one.json(body));
        }
        for prefer in [rolled_back, blind] {
            asks.push(Ask::new("DELETE", self.url("")).prefer(prefer));
        }
        let one = Ask::new("DELETE", self.url(&key)).prefer("return=representation, count=exact");
        asks.push(one);
        asks.extend(self.insertions(rolled_back));
        asks
    }

    fn insertions(&self, prefer: &str) -> Vec<Ask> {
        let without = |dropped: &dyn Fn(&Column) -> bool| {
            let kept = self.columns.iter().filter(|column| !dropped(column));
            let row = kept.filter_map(|c| Some((c.name.clone(), self.row.get(&c.name)?.clone())));
            Value::Object(row.collect())
        };
        let whole = without(&|column| column.is_generated);
        let keyless = without(&|column| column.is_generated || column.is_key);
        let bare = without(&|column| !column.is_clients);
        let merge = format!("resolution=merge-duplicates, {prefer}");
        let ignore = format!("resolution=ignore-duplicates, {prefer}");
        let mut asks = Vec::new();
        for (body, prefer) in [
            (&whole, prefer),
            (&whole, &merge),
            (&whole, &ignore),
            (&keyless, prefer),
            (&bare, prefer),
            (&bare, "return=minimal, tx=rollback"),
        ] {
            let post = Ask::new("POST", self.url("")).json(body.clone());
            asks.push(post.prefer(prefer));
        }
        let put = Ask::new("PUT", self.url(&self.key())).json(whole);
        asks.push(put.prefer(prefer));
        asks
    }

    fn writes_of_views(&self) -> Vec<Ask> {
        let (name, value) = self.row.iter().next().expect("a view with a row");
        let body = json!({ name.as_str(): value });
        ["PATCH", "DELETE", "POST"]
            .into_iter()
            .map(|method| {
                let ask = Ask::new(method, self.url("")).json(body.clone());
                ask.prefer("return=representation, tx=rollback")
            })
            .collect()
    }

    /// The hidden tenant's row and no other.
    fn key(&self) -> String {
        let keys = self.columns.iter().filter(|column| column.is_key);
        let equals = |column: &Column| {
            let value = self.row.get(&column.name)?;
            Some(format!("{}=eq.{}", column.name, written(value)))
        };
        keys.filter_map(equals).collect::<Vec<_>>().join("&")
    }

    /// Columns of text.
    pub fn texts(&self) -> Vec<String> {
        let texts = self.columns.iter().filter(|column| column.is_text());
        texts.map(|column| column.name.clone()).collect()
    }

    /// Whether the row is the hidden tenant's.
    pub fn has_hidden_row(&self) -> bool {
        let text = Value::Object(self.row.clone()).to_string();
        text.contains("hidb") || text.contains("77000")
    }
}
