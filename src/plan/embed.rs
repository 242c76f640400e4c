//! The levels of a `select`: conditions, order and limits find the level that they name, then each
//! level its relationship.

use super::aggregate::find_order_keys;
use super::find_relationship::find_relationship;
use super::having::resolve_having;
use super::resolve_read::{columns, select_column};
use super::{
    Embed, EmbedOutput, Granted, Grouping, Limits, Node, OrderKey, PlanError, Predicate,
    ResolvedField, shortened,
};
use crate::request::Action;
use crate::request::query_string::LegacyName;
use crate::request::query_string::filter::{Filter, IsValue, LogicTree, Operation};
use crate::request::query_string::having::Having;
use crate::request::query_string::order::OrderTerm;
use crate::request::query_string::select::{JoinType, SelectItem};
use crate::request::range::RowRange;
use crate::schema_cache::{Cardinality, QualifiedName, Relation, SchemaCache};

/// What levels are resolved against.
#[derive(Clone, Copy)]
pub(super) struct Resolver<'a> {
    pub cache: &'a SchemaCache,
    pub limits: &'a Limits,
    /// Most rows of each.
    pub max_rows: Option<u64>,
    pub granted: &'a Granted,
    /// Only what this schema has is embedded.
    pub schema: &'a str,
}

impl<'a> Resolver<'a> {
    /// Nothing for a function's result that has no relation's rows.
    fn relation(self, name: &QualifiedName) -> Option<&'a Relation> {
        self.cache.relation(name)
    }
}

/// What the levels above a level demand of it.
#[derive(Clone, Copy, Default)]
struct Within {
    /// The columns in the place of `*`.
    spelled_out: bool,
    /// It is spread into a level that is grouped.
    group: bool,
    /// Its rows are what a function returns, which takes no right on columns.
    returned: bool,
}

/// A level as the request describes it: nothing of it is known to exist.
pub(super) struct Draft<'a> {
    /// Empty for the top level.
    target: &'a str,
    alias: Option<&'a str>,
    hint: Option<&'a str>,
    inner: bool,
    spread: bool,
    is_legacy_named: bool,
    fields: Vec<&'a SelectItem>,
    children: Vec<Draft<'a>>,
    pub conditions: Vec<LogicTree>,
    pub having: Vec<&'a Having>,
    pub order: Vec<OrderTerm>,
    pub range: RowRange,
}

impl<'a> Draft<'a> {
    /// The top level.
    pub fn new(select: &'a [SelectItem]) -> Self {
        let mut draft = Self {
            target: "",
            alias: None,
            hint: None,
            inner: false,
            spread: false,
            is_legacy_named: false,
            fields: Vec::new(),
            children: Vec::new(),
            conditions: Vec::new(),
            having: Vec::new(),
            order: Vec::new(),
            range: RowRange::ALL,
        };
        for item in select {
            match item {
                SelectItem::Field { .. } => draft.fields.push(item),
                SelectItem::Embed {
                    relation,
                    alias,
                    hint,
                    join,
                    select,
                } => draft.children.push(Self {
                    target: relation,
                    alias: alias.as_deref(),
                    hint: hint.as_deref(),
                    inner: *join == Some(JoinType::Inner),
                    ..Self::new(select)
                }),
                SelectItem::Spread {
                    relation,
                    hint,
                    join,
                    select,
                } => draft.children.push(Self {
                    target: relation,
                    hint: hint.as_deref(),
                    inner: *join == Some(JoinType::Inner),
                    spread: true,
                    ..Self::new(select)
                }),
            }
        }
        draft
    }

    /// The level that a filter's, an order's or a limit's path names: by aliases, and with `legacy`
    /// names by relations also where they have an alias.
    ///
    /// # Errors
    /// [`PlanError::NotEmbedded`], [`PlanError::NotByAlias`].
    pub fn at(&mut self, path: &[String], legacy: bool) -> Result<&mut Self, PlanError> {
        let mut level = self;
        for name in path {
            let children = &mut level.children;
            let by_name = children.iter().position(|child| child.name() == name);
            let by_target = || children.iter().position(|child| child.target == name);
            let index = by_name.or_else(by_target);
            let Some(child) = index.and_then(|index| children.get_mut(index)) else {
                return Err(not_embedded(name));
            };
            match child.alias {
                Some(alias) if by_name.is_none() && !legacy => {
                    return Err(PlanError::NotByAlias {
                        resource: shortened(name),
                        alias: shortened(alias),
                    });
                }
                _ => child.is_legacy_named |= by_name.is_none(),
            }
            level = child;
        }
        Ok(level)
    }

    /// The resources of this level and below that were named by their relations.
    pub fn legacy_names(&self) -> Vec<LegacyName> {
        let mut names = Vec::new();
        for child in &self.children {
            if child.is_legacy_named {
                names.push(LegacyName {
                    target: child.target.to_owned(),
                    alias: child.name().to_owned(),
                });
            }
            names.extend(child.legacy_names());
        }
        names
    }

    /// Whether the name is that of a resource embedded at this level.
    pub fn embeds(&self, name: &str) -> bool {
        self.children.iter().any(|child| child.name() == name)
    }

    /// Whether it names computed fields of the relation.
    fn is_computed(&self, relation: &Relation) -> bool {
        let shown = self.fields.iter().filter_map(|item| match item {
            SelectItem::Field { field, .. } => Some(field),
            SelectItem::Embed { .. } | SelectItem::Spread { .. } => None,
        });
        let filters = self.conditions.iter().flat_map(LogicTree::leaves);
        let ordering = self.order.iter().filter(|term| term.relation.is_none());
        shown
            .chain(filters.map(|filter| &filter.field))
            .chain(ordering.map(|term| &term.field))
            .map(|field| field.name.as_str())
            .any(|name| relation.is_computed(name))
    }

    fn name(&self) -> &'a str {
        self.alias.unwrap_or(self.target)
    }

    /// Whether its rows are grouped, unless it is spread itself.
    fn has_aggregates(&self) -> bool {
        let mut spread = self.children.iter().filter(|child| child.spread);
        let is_aggregate = |item: &&SelectItem| {
            matches!(
                item,
                SelectItem::Field {
                    aggregate: Some(_),
                    ..
                }
            )
        };
        self.fields.iter().any(is_aggregate) || spread.any(Self::has_aggregates)
    }

    /// Resolves the top level and those below. `origin` is its relation.
    pub fn resolve_top(
        self,
        resolver: Resolver,
        origin: &QualifiedName,
        action: Action,
    ) -> Result<Node, PlanError> {
        let relation = resolver.relation(origin);
        let within = Within {
            // Rows that come from a change or a call carry their computed fields as columns, which `*` is
            // not to show.
            spelled_out: !matches!(action, Action::Read { .. })
                && relation.is_some_and(|relation| self.is_computed(relation)),
            group: false,
            returned: matches!(action, Action::Call { .. }),
        };
        self.resolve(resolver, origin, within)
    }

    fn resolve(
        self,
        resolver: Resolver,
        origin: &QualifiedName,
        within: Within,
    ) -> Result<Node, PlanError> {
        let grouping = match (within.group, self.has_aggregates()) {
            (true, _) => Grouping::Above,
            (false, true) => Grouping::Groups,
            (false, false) => Grouping::Rows,
        };
        let within = Within {
            spelled_out: within.spelled_out || grouping != Grouping::Rows,
            group: grouping != Grouping::Rows,
            ..within
        };
        let mut embeds = Vec::new();
        for child in self.children {
            embeds.push(child.embed(resolver, origin, within)?);
        }
        let relation = resolver.relation(origin);
        let mut select = Vec::new();
        for item in self.fields {
            let Some(column) = select_column(item, relation, grouping)? else {
                continue;
            };
            match every_column(resolver, origin, within).filter(|_| column.is_star()) {
                Some(names) => {
                    select.extend(
                        relation
                            .map(|it| columns(names, it, grouping))
                            .into_iter()
                            .flatten(),
                    );
                }
                None => select.push(column),
            }
        }
        let has_column = relation.is_some_and(|it| it.column("having").is_some());
        let (of_rows, having): (Vec<_>, Vec<_>) = self
            .having
            .into_iter()
            .partition(|_| !resolver.limits.aggregates || has_column);
        let mut conditions = self.conditions;
        for one in of_rows {
            conditions.push(LogicTree::Leaf(one.filter.clone()?));
        }
        let conditions = conditions.into_iter();
        let order = self.order.into_iter();
        let mut node = Node {
            conditions: conditions
                .map(|tree| tree.map(&|filter| predicate(filter, &embeds, relation)))
                .collect(),
            order: order
                .map(|term| order_key(term, resolver, origin, &embeds))
                .collect::<Result<_, _>>()?,
            select,
            embeds,
            having: Vec::new(),
            range: self.range.at_most(resolver.max_rows),
            grouping,
        };
        find_order_keys(&mut node, relation)?;
        for one in having {
            if grouping != Grouping::Groups {
                return Err(PlanError::HavingWithoutGroups);
            }
            let tree = resolve_having(one.tree.clone()?, &node)?;
            node.having.push(tree);
        }
        Ok(node)
    }

    fn embed(
        self,
        resolver: Resolver,
        origin: &QualifiedName,
        above: Within,
    ) -> Result<Embed, PlanError> {
        let Self {
            hint,
            inner,
            spread,
            ..
        } = self;
        let name = self.name().to_owned();
        let relationship =
            find_relationship(resolver.cache, resolver.schema, origin, self.target, hint)?;
        let is_to_one = relationship.is_to_one();
        let foreign = &relationship.foreign_table;
        let within = Within {
            spelled_out: above.spelled_out || spread && !is_to_one,
            group: above.group && spread && is_to_one,
            returned: matches!(relationship.cardinality, Cardinality::Computed(_)),
        };
        let mut node = self.resolve(resolver, foreign, within)?;
        let output = match (node.is_empty(), spread, is_to_one) {
            (true, ..) => EmbedOutput::Nothing,
            (_, false, _) => EmbedOutput::Value,
            (_, true, true) => EmbedOutput::Columns,
            (_, true, false) => EmbedOutput::Lists(
                node.columns()
                    .iter()
                    .map(|column| column.name.to_owned())
                    .collect(),
            ),
        };
        if output == EmbedOutput::Value && is_to_one && relationship.may_repeat() {
            node.range = node.range.at_most(Some(1));
        }
        Ok(Embed {
            name,
            relationship: relationship.clone(),
            inner,
            output,
            node,
        })
    }
}

/// What `*` stands for, where it is not left to Postgres.
fn every_column<'a>(
    resolver: Resolver<'a>,
    origin: &QualifiedName,
    within: Within,
) -> Option<Vec<&'a str>> {
    let relation = resolver.relation(origin);
    let granted = resolver.granted.columns(origin);
    if let Some(columns) = granted.filter(|_| !within.returned) {
        return Some(columns.iter().map(String::as_str).collect());
    }
    if !within.spelled_out && !relation.is_some_and(Relation::has_shown_domains) {
        return None;
    }
    let columns = relation.into_iter().flat_map(|it| &it.columns);
    Some(columns.map(|column| column.name.as_str()).collect())
}

pub(super) fn not_embedded(name: &str) -> PlanError {
    PlanError::NotEmbedded {
        resource: shortened(name),
    }
}

/// `client=is.null` asks whether something is embedded, where `client` is the name of a resource; any
/// other condition of that name is one on a column.
fn predicate(filter: Filter, embeds: &[Embed], relation: Option<&Relation>) -> Predicate {
    let is_null = filter.operation == Operation::Is(IsValue::Null);
    let embed = embeds.iter().position(|e| e.name == filter.field.name);
    match embed {
        Some(embed) if is_null && filter.field.json_path.is_empty() => Predicate::Embedded {
            embed,
            exists: filter.negated,
        },
        _ => Predicate::Filter(ResolvedField::filter(filter, relation)),
    }
}

fn order_key(
    term: OrderTerm,
    resolver: Resolver,
    origin: &QualifiedName,
    embeds: &[Embed],
) -> Result<OrderKey, PlanError> {
    let Some(name) = &term.relation else {
        return Ok(OrderKey::own(term, resolver.relation(origin)));
    };
    let mut numbered = embeds.iter().enumerate();
    let Some((index, embed)) = numbered.find(|(_, embed)| embed.name == *name) else {
        return Err(not_embedded(name));
    };
    if !embed.relationship.is_to_one() {
        return Err(PlanError::OrderNotToOne {
            origin: origin.name.clone(),
            target: name.clone(),
        });
    }
    let relation = resolver.relation(&embed.relationship.foreign_table);
    Ok(OrderKey {
        embed: Some(index),
        ..OrderKey::own(term, relation)
    })
}
