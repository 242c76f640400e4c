//! All rules, asked about all that was read; told once, less what is excluded.

use std::collections::{BTreeMap, BTreeSet};

use super::exclude::{Exclusion, Target};
use super::files::Files;
use super::locate::{is_same, locate};
use super::model::{Catalog, Exposure, Object, Place, Subject};
use super::rules::{self, Finding, Level, MALFORMED_EXCLUSION, Reach, Rule, UNUSED_EXCLUSION};

/// What to look at, and how.
#[derive(Debug)]
pub struct Inspection {
    /// The database's definitions.
    pub catalog: Option<Catalog>,
    /// What the files say.
    pub files: Option<Files>,
    /// Files that the database does not know yet as they are; `None`: it keeps no ledger of them. Of all others it
    /// knows better what came of them.
    pub pending: Option<BTreeSet<String>>,
    /// What can be reached.
    pub exposure: Exposure,
    /// Empty: all of them.
    pub rules: Vec<&'static Rule>,
    /// Besides those of the files.
    pub exclusions: Vec<Exclusion>,
}

/// What was found.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Report {
    /// By level, the worst first, then by place and object.
    pub found: Vec<Found>,
    /// The names of the rules that were asked.
    pub rules: Vec<&'static str>,
    /// Statements that no parser reads.
    pub unread: Vec<Place>,
}

/// A finding and what became of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Found {
    /// Which rule's.
    pub rule: &'static str,
    /// The rule's.
    pub level: Level,
    /// What is wrong.
    pub finding: Finding,
    /// Somebody says that it is right as it is.
    pub excluded: Option<Excuse>,
}

/// Why nothing needs to be done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Excuse {
    /// In somebody's words.
    pub reason: String,
    /// It is said in a comment of the files.
    pub is_in_source: bool,
}

impl Report {
    /// What nobody excluded.
    pub fn open(&self) -> impl Iterator<Item = &Found> {
        self.found.iter().filter(|found| found.excluded.is_none())
    }

    /// Whether there is anything of this level or worse.
    pub fn fails(&self, from: Level) -> bool {
        self.open().any(|found| found.level >= from)
    }
}

/// Asks the rules.
pub fn inspect(inspection: Inspection) -> Report {
    let Inspection {
        mut catalog,
        files,
        pending,
        exposure,
        rules: chosen,
        exclusions,
    } = inspection;
    if let (Some(catalog), Some(files)) = (&mut catalog, &files) {
        locate(catalog, &files.catalog);
    }
    let asks_all = chosen.is_empty();
    let asked = if asks_all {
        rules::ALL.to_vec()
    } else {
        chosen
    };
    let mut found = Vec::new();
    for rule in &asked {
        if let Some(catalog) = &catalog {
            add(&mut found, rule, catalog, &exposure, |_| true);
        }
        if let (Reach::Both, Some(files)) = (rule.reach, &files) {
            let is_news = |finding: &Finding| match (&catalog, &pending, &finding.place) {
                (Some(_), Some(pending), Some(place)) => pending.contains(&place.file),
                (Some(_), Some(_), None) => false,
                _ => true,
            };
            add(&mut found, rule, &files.catalog, &exposure, is_news);
        }
    }
    let files = files.unwrap_or_default();
    let mut all = exclusions;
    all.extend(files.exclusions);
    let used = exclude(&mut found, &all);
    if asked
        .iter()
        .any(|rule| rule.name == MALFORMED_EXCLUSION.name)
    {
        found.extend(files.malformed.into_iter().map(|malformed| {
            let object = Object::new("comment", &malformed.place);
            let finding = Finding::new(object, Some(&malformed.place), malformed.why);
            told(&MALFORMED_EXCLUSION, finding)
        }));
    }
    if catalog.is_some() && asks_all {
        let idle = all.iter().zip(used).filter(|(_, used)| !used);
        found.extend(idle.map(|(one, _)| told(&UNUSED_EXCLUSION, unused(one))));
    }
    found.sort_by(|one, other| {
        let key = |found: &Found| {
            let finding = &found.finding;
            (
                std::cmp::Reverse(found.level),
                finding.place.clone(),
                found.rule,
                finding.object.clone(),
            )
        };
        key(one).cmp(&key(other))
    });
    Report {
        found,
        rules: asked.iter().map(|rule| rule.name).collect(),
        unread: files.unread,
    }
}

fn told(rule: &Rule, finding: Finding) -> Found {
    Found {
        rule: rule.name,
        level: rule.level,
        finding,
        excluded: None,
    }
}

/// What the rule finds, unless the other source has told it.
fn add(
    found: &mut Vec<Found>,
    rule: &Rule,
    catalog: &Catalog,
    exposure: &Exposure,
    is_news: impl Fn(&Finding) -> bool,
) {
    let mut earlier: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for one in found.iter().filter(|one| one.rule == rule.name) {
        let name = bare(&one.finding.object).to_owned();
        earlier.entry(name).or_default().push(one.finding.clone());
    }
    for finding in (rule.find)(Subject { catalog, exposure }) {
        let namesakes = earlier.get(bare(&finding.object)).into_iter().flatten();
        let is_known = namesakes.into_iter().any(|one| is_alike(one, &finding));
        if !is_known && is_news(&finding) {
            found.push(told(rule, finding));
        }
    }
}

/// The same thing, though one source may write the types of a function's arguments otherwise.
fn is_alike(one: &Finding, other: &Finding) -> bool {
    let is_same_object = one.object == other.object
        || one.object.kind == other.object.kind
            && bare(&one.object) == bare(&other.object)
            && is_same(one.place.as_ref(), other.place.as_ref());
    is_same_object && one.roles == other.roles
}

/// Its name without arguments.
fn bare(object: &Object) -> &str {
    object.name.split('(').next().unwrap_or_default()
}

/// Writes the reasons to the findings; which of the exclusions were of use.
fn exclude(found: &mut [Found], exclusions: &[Exclusion]) -> Vec<bool> {
    let mut used = vec![false; exclusions.len()];
    for found in found {
        let finding = &found.finding;
        let about = |role: Option<&str>| {
            let mut of_rule = exclusions.iter().enumerate();
            of_rule.find(|(_, one)| {
                one.rule == found.rule
                    && one.is_about(&finding.object, finding.place.as_ref(), role)
            })
        };
        if let Some((at, one)) = about(None) {
            used[at] = true;
            found.excluded = Some(Excuse {
                reason: one.reason.clone(),
                is_in_source: one.place.is_some(),
            });
            continue;
        }
        // Because of several roles: each needs its reason.
        let by_role: Vec<_> = finding.roles.iter().map(|role| about(Some(role))).collect();
        let reasons: Option<BTreeSet<&str>> = by_role
            .iter()
            .map(|one| one.map(|(_, one)| one.reason.as_str()))
            .collect();
        if let Some(reasons) = reasons.filter(|reasons| !reasons.is_empty()) {
            for (at, _) in by_role.iter().flatten() {
                used[*at] = true;
            }
            found.excluded = Some(Excuse {
                reason: Vec::from_iter(reasons).join("; "),
                is_in_source: by_role.iter().flatten().all(|(_, one)| one.place.is_some()),
            });
        }
    }
    used
}

fn unused(one: &Exclusion) -> Finding {
    let what = match &one.target {
        Target::Here => one.rule.to_owned(),
        Target::Object(name) => format!("{} {name}", one.rule),
        Target::Role(name) => format!("{} for {name}", one.rule),
    };
    Finding::new(
        Object::new("exclusion", &what),
        one.place.as_ref(),
        format!(
            "nothing is found that `{what}: {}` would exclude",
            one.reason
        ),
    )
}
