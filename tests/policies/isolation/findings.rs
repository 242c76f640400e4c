//! What should not have come back: each a line that says who learnt what by which question.

use super::answer::{Answer, Ask};
use super::callers::{Caller, Depth, HIDDEN_IDS, MARKS};
use super::doors::{Relation, relations};
use super::embeds::{Edge, edges};
use super::functions::{Function, functions};
use super::worlds::Worlds;

/// PostgREST's answer too, a 500, to whoever writes to a view that Postgres cannot write.
const UNWRITABLE: &str = "\"code\":\"55000\"";

/// Everything that can be asked, as the catalog and the server have it now.
pub struct Doors {
    pub relations: Vec<Relation>,
    pub edges: Vec<Edge>,
    pub functions: Vec<Function>,
}

impl Doors {
    pub async fn of(worlds: &Worlds, admin: &Caller) -> Self {
        let relations = relations(&worlds.both).await;
        Self {
            edges: edges(&worlds.both, &relations, admin).await,
            functions: functions(&worlds.both, &relations).await,
            relations,
        }
    }

    /// What reads, of the relations and functions of these names; what tells most comes first.
    pub fn reading(&self, caller: &Caller, chosen: &dyn Fn(&str) -> bool) -> Vec<Ask> {
        let everything = caller.depth == Depth::Everything;
        let mut asks = Vec::new();
        for relation in self.relations.iter().filter(|one| chosen(&one.name)) {
            asks.extend(relation.lists());
            if everything && relation.is_clients {
                asks.extend(relation.forms());
                asks.extend(relation.by_column());
            }
        }
        // An embed asks the policies of both relations: who sees no row of either, or every row, was asked
        // for both.
        let embeds = everything || caller.visibility != "all";
        let edges = self.edges.iter().filter(|one| chosen(&one.from));
        for edge in edges.filter(|_| embeds) {
            asks.push(edge.whole());
            if everything && edge.is_clients {
                asks.extend(edge.asks());
            }
        }
        for function in self.functions.iter().filter(|one| chosen(&one.name)) {
            asks.extend(function.calls(everything && function.is_clients));
        }
        asks
    }

    /// What writes: nothing of it may stay.
    pub fn writing(&self, depth: Depth, chosen: &dyn Fn(&str) -> bool) -> Vec<Ask> {
        if depth == Depth::Marks {
            return Vec::new();
        }
        let everything = depth == Depth::Everything;
        let relations = self.relations.iter().filter(|one| chosen(&one.name));
        let writes = relations.flat_map(|one| one.writes(everything && one.is_clients));
        let edges = self
            .edges
            .iter()
            .filter(|one| everything && chosen(&one.from));
        writes.chain(edges.map(Edge::with_a_write)).collect()
    }
}

/// Asks everything of these names as this caller, and stops at `enough` findings.
pub async fn findings(
    worlds: &Worlds,
    doors: &Doors,
    caller: &Caller,
    chosen: &dyn Fn(&str) -> bool,
    enough: usize,
) -> Vec<String> {
    worlds.set_visibility(caller.visibility).await;
    let mut found = Vec::new();
    let mut asks = doors.reading(caller, chosen);
    asks.extend(doors.writing(caller.depth, chosen));
    let before = worlds.both.digest().await;
    for ask in asks {
        found.extend(finding(worlds, caller, &ask).await);
        if found.len() >= enough {
            return found;
        }
    }
    if worlds.both.digest().await != before {
        found.push(format!("{} changed something", caller.name));
    }
    found
}

async fn finding(worlds: &Worlds, caller: &Caller, ask: &Ask) -> Option<String> {
    let token = caller.token.as_deref();
    let answer = ask.send(&worlds.both, token).await;
    let without = if ask.compares && caller.depth != Depth::Marks && !is_denied(&answer) {
        Some(ask.send(&worlds.alone, token).await)
    } else {
        None
    };
    let said = ask.said();
    let question = format!("{} {} {:?}", ask.method, ask.url, ask.headers);
    if let Some(mark) = marked(caller, &answer, &said) {
        return Some(format!("{} learns {mark}: {question}", caller.name));
    }
    if answer.status >= 500 && !answer.text.contains(UNWRITABLE) {
        let text = &answer.text;
        return Some(format!(
            "{} breaks something: {question}: {text}",
            caller.name
        ));
    }
    let without = without.filter(|without| *without != answer)?;
    let difference = difference(&answer.text, &without.text);
    Some(format!(
        "{} tells the worlds apart by {difference}: {question}",
        caller.name
    ))
}

/// Refused for want of a right, which does not depend on rows.
fn is_denied(answer: &Answer) -> bool {
    [401, 403].contains(&answer.status)
        && answer.text.contains(r#""message":"permission denied for "#)
}

/// Something of the hidden tenant in an answer that was not in the question.
fn marked(caller: &Caller, answer: &Answer, said: &str) -> Option<String> {
    let text = &answer.text;
    for mark in MARKS {
        for (at, _) in text.match_indices(mark) {
            let word = word(text.split_at(at).1);
            if !said.contains(word) && !caller.is_entitled_to(word) {
                return Some(word.to_owned());
            }
        }
    }
    for (at, _) in text.match_indices(HIDDEN_IDS) {
        let (before, number) = text.split_at(at);
        let number = word(number);
        let begins = !before.ends_with(|c: char| c.is_ascii_alphanumeric() || c == '.');
        if begins && !said.contains(number) && !caller.is_entitled_to_id(number) {
            return Some(number.to_owned());
        }
    }
    None
}

fn word(text: &str) -> &str {
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "-_.@".contains(c)));
    text.get(..end.unwrap_or(text.len())).expect("a boundary")
}

/// Where two answers part, with a little of both.
fn difference(one: &str, other: &str) -> String {
    let same = one.bytes().zip(other.bytes()).take_while(|(a, b)| a == b);
    let at = same.count().saturating_sub(30);
    let part = |text: &str| text.chars().skip(at).take(90).collect::<String>();
    format!("{:?} instead of {:?}", part(one), part(other))
}
