//! Every embed that the server offers, found by asking it: each relation within each other.

use serde_json::{Value, json};
use tokio::sync::OnceCell;

use super::answer::Ask;
use super::callers::Caller;
use super::doors::Relation;
use super::worlds::World;

/// A relation within another, as one names it: with the foreign key where there are several.
pub struct Edge {
    pub from: String,
    to: String,
    /// Columns of the embedded relation that hold text.
    texts: Vec<String>,
    /// A client may read something of both.
    pub is_clients: bool,
}

/// Which can be embedded is the same in every world, and takes a request for every pair to find out.
static PAIRS: OnceCell<Vec<(String, String)>> = OnceCell::const_new();

/// What an admin can embed. There is no embed that only others see.
pub async fn edges(world: &World, relations: &[Relation], admin: &Caller) -> Vec<Edge> {
    let pairs = PAIRS.get_or_init(|| pairs(world, relations, admin)).await;
    let relation = |name: &str| {
        let name = name.split('!').next();
        let found = relations.iter().find(|one| Some(&*one.name) == name);
        found.expect("a relation")
    };
    let edge = |(from, to): &(String, String)| Edge {
        from: from.clone(),
        to: to.clone(),
        texts: relation(to).texts(),
        is_clients: relation(from).is_clients && relation(to).is_clients,
    };
    pairs.iter().map(edge).collect()
}

async fn pairs(world: &World, relations: &[Relation], admin: &Caller) -> Vec<(String, String)> {
    let token = admin.token.as_deref().expect("a token");
    let mut pairs = Vec::new();
    for from in relations {
        for to in relations {
            let url = format!("/{}?select={}(*)&limit=0", from.name, to.name);
            let reply = world.server.get(&url).token(token).send().await;
            let names = match reply.status.as_u16() {
                200 => vec![to.name.clone()],
                300 => hints(&to.name, &reply.json()),
                _ => continue,
            };
            pairs.extend(names.into_iter().map(|name| (from.name.clone(), name)));
        }
    }
    pairs
}

/// The names that tell relationships apart, as the error lists them.
fn hints(to: &str, error: &Value) -> Vec<String> {
    let details = error["details"].as_array().expect("relationships");
    let hint = |one: &Value| {
        let relationship = one["relationship"].as_str().expect("its words");
        let name = relationship.split([' ', '(']).next().expect("a name");
        format!("{to}!{name}")
    };
    let mut names: Vec<_> = details.iter().map(hint).collect();
    names.sort();
    names.dedup();
    names
}

impl Edge {
    pub fn asks(&self) -> Vec<Ask> {
        let Self {
            from, to, texts, ..
        } = self;
        let name = to.split('!').next().expect("a name");
        let mut queries = vec![
            format!("select={to}(*)"),
            format!("select=x:{to}!inner(*)"),
            format!("select=...{to}(*)"),
            format!("select={to}(count())"),
            format!("select={to}()&{name}=is.null"),
        ];
        if !texts.is_empty() {
            let like: Vec<_> = texts
                .iter()
                .map(|text| format!("{text}.like.*hid*"))
                .collect();
            queries.push(format!("select=x:{to}!inner()&x.or=({})", like.join(",")));
        }
        let prefer = "columns=granted, count=exact";
        let ask = |query| Ask::get(format!("/{from}?{query}")).prefer(prefer);
        queries.into_iter().map(ask).collect()
    }

    /// The main one alone.
    pub fn whole(&self) -> Ask {
        let url = format!("/{}?select=*,{}(*)", self.from, self.to);
        Ask::get(url).prefer("columns=granted, count=exact")
    }

    /// What an own write brings along.
    pub fn with_a_write(&self) -> Ask {
        let url = format!("/{}?select=*,{}(*)", self.from, self.to);
        let ask = Ask::new("PATCH", url).json(json!({ "metadata": {} }));
        ask.prefer("columns=granted, return=representation, count=exact, tx=rollback")
    }
}
