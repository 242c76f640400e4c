//! The order of the repeatable files, and which follow when one has changed. Pure.

use std::collections::{BTreeMap, BTreeSet};

use sha2::{Digest as _, Sha256};

use super::error::MigrateError;
use super::header;
use super::names::{Effect, Object, effect, is_late_bound, mentioned};
use super::parsed::needed;
use super::source::{REPEATABLE, Source};
use super::split::statements;

/// A repeatable file.
#[derive(Debug)]
pub(super) struct File {
    pub path: String,
    pub text: String,
    pub hash: String,
    /// What the database holds after it ran.
    pub objects: BTreeSet<Object>,
}

/// The repeatable files, each behind all that it requires.
#[derive(Debug)]
pub(super) struct Ordered {
    pub files: Vec<File>,
    /// For each file, by index, the files that it requires.
    required: Vec<BTreeSet<usize>>,
}

impl Ordered {
    pub fn new(source: &Source) -> Result<Self, MigrateError> {
        let files: Vec<File> = source
            .repeatable()
            .map(|(path, text)| file(path, text))
            .collect();
        let required = requirements(&files)?;
        let order = sorted(&files, &required);
        let position: BTreeMap<usize, usize> = order
            .iter()
            .enumerate()
            .map(|(new, old)| (*old, new))
            .collect();
        let required = order
            .iter()
            .map(|old| {
                required[*old]
                    .iter()
                    .map(|needed| position[needed])
                    .collect()
            })
            .collect();
        let mut files: Vec<Option<File>> = files.into_iter().map(Some).collect();
        let files = order.iter().filter_map(|old| files[*old].take()).collect();
        Ok(Self { files, required })
    }

    /// The files that require one of `changed`, directly or not, with the one that each follows.
    pub fn dependents(&self, changed: &BTreeSet<usize>) -> BTreeMap<usize, usize> {
        let mut found = BTreeMap::new();
        // One pass is enough: everything comes behind what it requires.
        for (index, required) in self.required.iter().enumerate() {
            let cause = required
                .iter()
                .find(|one| changed.contains(one) || found.contains_key(*one));
            if let (false, Some(&cause)) = (changed.contains(&index), cause) {
                found.insert(index, cause);
            }
        }
        found
    }
}

/// What the ledger remembers of a text.
pub(super) fn hash(text: &str) -> String {
    use std::fmt::Write as _;
    Sha256::digest(text.as_bytes())
        .iter()
        .fold(String::new(), |mut hash, byte| {
            let _ = write!(hash, "{byte:02x}");
            hash
        })
}

fn file(path: &str, text: &str) -> File {
    let hash = hash(text);
    let mut objects = BTreeSet::new();
    for statement in statements(text) {
        match effect(&statement) {
            Some(Effect::Creates(object)) => {
                objects.insert(object);
            }
            Some(Effect::Drops(object)) => {
                objects.remove(&object);
            }
            None => {}
        }
    }
    File {
        path: path.to_owned(),
        text: text.to_owned(),
        hash,
        objects,
    }
}

/// First what is written down, then what is certain, then what is guessed; whatever would close a
/// circle with something more reliable is left out, and a circle within the first two is an error.
fn requirements(files: &[File]) -> Result<Vec<BTreeSet<usize>>, MigrateError> {
    let mut required = vec![BTreeSet::new(); files.len()];
    for (index, file) in files.iter().enumerate() {
        for name in header::values(&file.text, "requires") {
            required[index].insert(named(files, &file.path, name)?);
        }
    }
    refuse_cycle(files, &required)?;
    let written = required.clone();
    let (certain, guessed) = found(files);
    for (index, needed) in certain {
        if !reaches(&written, needed, index) {
            required[index].insert(needed);
        }
    }
    refuse_cycle(files, &required)?;
    for (index, needed) in guessed {
        if !reaches(&required, needed, index) {
            required[index].insert(needed);
        }
    }
    Ok(required)
}

fn named(files: &[File], path: &str, name: &str) -> Result<usize, MigrateError> {
    files
        .iter()
        .position(|file| file.path == name)
        .ok_or_else(|| {
            let similar = |file: &&File| ordered_similarity(&file.path, name);
            let nearest = files
                .iter()
                .max_by_key(similar)
                .filter(|file| similar(file) > 700);
            MigrateError::UnknownRequirement {
                path: path.to_owned(),
                required: name.to_owned(),
                hint: nearest.map(|file| file.path.clone()),
            }
        })
}

/// In thousandths, because floats have no order.
#[expect(
    clippy::cast_possible_truncation,
    clippy::cast_sign_loss,
    reason = "it is between 0 and 1"
)]
fn ordered_similarity(one: &str, other: &str) -> u32 {
    (strsim::normalized_levenshtein(one, other) * 1000.0) as u32
}

type Edges = BTreeSet<(usize, usize)>;

/// The certain and the guessed requirements of files on objects that other files define.
fn found(files: &[File]) -> (Edges, Edges) {
    let definers: BTreeMap<&str, usize> = files
        .iter()
        .enumerate()
        .flat_map(|(index, file)| {
            file.objects
                .iter()
                .map(move |object| (object.name.as_str(), index))
        })
        .collect();
    let (mut certain, mut guessed) = (Edges::new(), Edges::new());
    for (index, file) in files.iter().enumerate() {
        let edges = |names: BTreeSet<String>| {
            let defined = names
                .into_iter()
                .filter_map(|name| definers.get(name.as_str()).copied());
            defined
                .filter(|needed| *needed != index)
                .map(|needed| (index, needed))
                .collect::<Edges>()
        };
        for statement in statements(&file.text) {
            certain.append(&mut edges(needed(
                statement.text,
                is_late_bound(&statement),
            )));
            guessed.append(&mut edges(mentioned(&statement)));
        }
    }
    (certain, guessed)
}

fn reaches(required: &[BTreeSet<usize>], from: usize, to: usize) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(here) = open.pop() {
        if here == to {
            return true;
        }
        open.extend(required[here].iter().filter(|next| seen.insert(**next)));
    }
    false
}

fn refuse_cycle(files: &[File], required: &[BTreeSet<usize>]) -> Result<(), MigrateError> {
    let mut done = BTreeSet::new();
    for start in 0..files.len() {
        if let Some(cycle) = cycle_from(start, required, &mut Vec::new(), &mut done) {
            let path = cycle
                .into_iter()
                .map(|index| files[index].path.clone())
                .collect();
            return Err(MigrateError::Cycle { path });
        }
    }
    Ok(())
}

fn cycle_from(
    here: usize,
    required: &[BTreeSet<usize>],
    path: &mut Vec<usize>,
    done: &mut BTreeSet<usize>,
) -> Option<Vec<usize>> {
    if let Some(start) = path.iter().position(|one| *one == here) {
        let mut cycle = path.split_off(start);
        cycle.push(here);
        return Some(cycle);
    }
    if done.contains(&here) {
        return None;
    }
    path.push(here);
    for next in &required[here] {
        if let Some(cycle) = cycle_from(*next, required, path, done) {
            return Some(cycle);
        }
    }
    path.pop();
    done.insert(here);
    None
}

/// Always the first file, by kind and name, of those whose requirements are all there: so the order
/// is the same everywhere, and the usual one wherever nothing speaks against it.
fn sorted(files: &[File], required: &[BTreeSet<usize>]) -> Vec<usize> {
    let mut waiting: BTreeSet<(usize, &str, usize)> = files
        .iter()
        .enumerate()
        .map(|(index, file)| (kind(&file.path), file.path.as_str(), index))
        .collect();
    let (mut order, mut placed) = (Vec::new(), BTreeSet::new());
    while let Some(next) = waiting
        .iter()
        .find(|(_, _, index)| required[*index].is_subset(&placed))
        .copied()
    {
        waiting.remove(&next);
        placed.insert(next.2);
        order.push(next.2);
    }
    order
}

fn kind(path: &str) -> usize {
    REPEATABLE
        .iter()
        .position(|folder| path.starts_with(folder))
        .unwrap_or(REPEATABLE.len())
}

#[cfg(test)]
mod tests {
    use super::super::source::Source;
    use super::Ordered;
    use std::collections::BTreeSet;

    fn ordered(files: &[(&str, &str)]) -> Ordered {
        Ordered::new(&files.iter().copied().collect()).unwrap()
    }

    fn paths(files: &[(&str, &str)]) -> Vec<String> {
        ordered(files)
            .files
            .into_iter()
            .map(|file| file.path)
            .collect()
    }

    fn failure(files: &[(&str, &str)]) -> String {
        Ordered::new(&files.iter().copied().collect::<Source>())
            .unwrap_err()
            .to_string()
    }

    const F: &str = "sql/functions/s.f.sql";
    const V: &str = "sql/views/s.v.sql";
    const P: &str = "sql/policies/s.t.sql";

    #[test]
    fn functions_views_policies_unless_one_needs_another() {
        let plain = [
            (P, "select 1"),
            (V, "create view s.v as select 1"),
            (F, "select 2"),
        ];
        assert_eq!(paths(&plain), [F, V, P]);
        let returning =
            "create function s.f() returns setof s.v language plpgsql as $$ begin end $$";
        assert_eq!(
            paths(&[(F, returning), (V, "create view s.v as select 1")]),
            [V, F]
        );
    }

    #[test]
    fn what_no_parser_reads_is_still_ordered_by_the_names_in_it() {
        let atomic =
            "create function s.f() returns bigint begin atomic select count(*) from s.v; end";
        assert_eq!(
            paths(&[(F, atomic), (V, "create view s.v as select 1")]),
            [V, F]
        );
    }

    #[test]
    fn a_late_bound_body_requires_nothing() {
        let late = "create function s.f() returns int language plpgsql as $$ begin return (select 1 from s.v); end $$";
        assert_eq!(
            paths(&[(F, late), (V, "create view s.v as select s.f()")]),
            [F, V]
        );
    }

    #[test]
    fn a_guess_gives_way_to_what_is_written() {
        let view = format!("-- requires: {F}\ncreate view s.v as select 1");
        let mentions = "create table x (a int); comment on view s.v is 'x'";
        assert_eq!(paths(&[(F, mentions), (V, &view)]), [F, V]);
    }

    #[test]
    fn a_circle_shows_its_path() {
        let (f, v) = (format!("-- requires: {V}"), format!("-- requires: {F}"));
        let text = failure(&[(F, &f), (V, &v)]);
        assert!(
            text.contains(&format!("{F}\n  requires {V}\n  requires {F}")),
            "{text}"
        );
    }

    #[test]
    fn a_requirement_that_names_nothing_suggests_what_was_meant() {
        let text = failure(&[(F, "-- requires: sql/views/s.vv.sql"), (V, "")]);
        assert_eq!(
            text,
            format!("{F}: `requires: sql/views/s.vv.sql` names no file; did you mean {V}?")
        );
    }

    #[test]
    fn dependents_of_dependents_run_again() {
        let files = [
            (
                "sql/functions/a.a.sql",
                "create function a.a() returns int language sql as $$ select 1 $$",
            ),
            (
                "sql/functions/a.b.sql",
                "create function a.b() returns int language sql as $$ select a.a() $$",
            ),
            (
                "sql/functions/a.c.sql",
                "create function a.c() returns int language sql as $$ select 3 $$",
            ),
            ("sql/views/a.d.sql", "create view a.d as select a.b()"),
        ];
        let ordered = ordered(&files);
        let again = ordered.dependents(&BTreeSet::from([0]));
        let names: Vec<_> = again
            .keys()
            .map(|index| ordered.files[*index].path.as_str())
            .collect();
        assert_eq!(names, ["sql/functions/a.b.sql", "sql/views/a.d.sql"]);
    }
}
