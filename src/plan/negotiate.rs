//! Which of the accepted media types is made, and by what (PostgREST,
//! `docs/references/api/resource_representation.rst` and `media_type_handlers.rst`).

use super::{Limits, Node, PlanError, Representation};
use crate::request::ApiRequest;
use crate::request::media_type::MediaType;
use crate::schema_cache::{
    HandledType, MediaHandler, QualifiedName, Returns, Routine, SchemaCache,
};

/// What the rows are, of which an answer is to be made.
#[derive(Debug, Clone, Copy)]
pub(super) struct Offered<'a> {
    /// The relation whose rows they are.
    relation: Option<&'a QualifiedName>,
    /// What a function says that its one value is.
    value: Option<&'a HandledType>,
}

impl<'a> Offered<'a> {
    pub fn rows_of(relation: &'a QualifiedName) -> Self {
        Self {
            relation: Some(relation),
            value: None,
        }
    }

    pub fn result_of(routine: &'a Routine) -> Self {
        Self {
            relation: match &routine.returns {
                Returns::Composite { relation, .. } => relation.as_ref(),
                Returns::Scalar | Returns::Void => None,
            },
            value: routine.makes.as_ref(),
        }
    }
}

/// The first acceptable media type that can be made of the rows of `node`.
pub(super) fn negotiate(
    request: &ApiRequest,
    offered: Offered,
    node: &Node,
    cache: &SchemaCache,
    limits: &Limits,
) -> Result<(MediaType, Representation), PlanError> {
    let negotiation = Negotiation {
        // Handlers of a relation take its whole rows.
        offered: if is_whole_row(node) {
            offered
        } else {
            Offered {
                relation: None,
                value: None,
            }
        },
        cache,
        plans_are_shown: limits.plan_enabled,
    };
    let mut accepted = request.accept.iter();
    let chosen = accepted.find_map(|media_type| negotiation.choose(media_type));
    let Some((media_type, representation)) = chosen else {
        return Err(PlanError::NotAcceptable {
            accepted: request.accept.iter().map(ToString::to_string).collect(),
        });
    };
    if request.action.is_head() {
        return Ok((media_type, Representation::None));
    }
    Ok((media_type, representation))
}

/// Whether all columns are shown as they are, and nothing else.
fn is_whole_row(node: &Node) -> bool {
    let [column] = node.select.as_slice() else {
        return false;
    };
    column.is_star() && node.embeds.is_empty()
}

struct Negotiation<'a> {
    offered: Offered<'a>,
    cache: &'a SchemaCache,
    plans_are_shown: bool,
}

impl Negotiation<'_> {
    /// How `media_type` is made, and what the answer then calls itself.
    fn choose(&self, media_type: &MediaType) -> Option<(MediaType, Representation)> {
        match media_type {
            MediaType::Plan { of, .. } if self.plans_are_shown => {
                let representation = match fixed(of) {
                    Some(representation) => representation,
                    None => self.made(of)?.1,
                };
                Some((media_type.clone(), representation))
            }
            MediaType::Plan { .. } => None,
            _ => match fixed(media_type) {
                Some(representation) => Some((media_type.clone(), representation)),
                None => self.made(media_type),
            },
        }
    }

    /// What can be overridden: handlers of the relation or function first, among them those of any type,
    /// then those of any relation, then the built-in ones.
    fn made(&self, media_type: &MediaType) -> Option<(MediaType, Representation)> {
        let name = media_type.to_string();
        self.by_value(&name)
            .or_else(|| self.by_relation(&name))
            .or_else(|| {
                let handlers = self.cache.media_handlers.of_any().iter();
                let handler = handlers.into_iter().find(|it| it.makes.is(&name))?;
                Some(aggregate(handler, None))
            })
            .or_else(|| self.built_in(media_type))
    }

    fn by_value(&self, name: &str) -> Option<(MediaType, Representation)> {
        let made = self.offered.value?;
        let answers = made.is_any() || made.is(name);
        answers.then(|| (media_type_of(made), Representation::Value))
    }

    fn by_relation(&self, name: &str) -> Option<(MediaType, Representation)> {
        let relation = self.offered.relation?;
        let handlers = self.cache.media_handlers.of_relation(relation);
        let any = handlers.iter().find(|it| it.makes.is_any());
        let handler = any.or_else(|| handlers.iter().find(|it| it.makes.is(name)))?;
        Some(aggregate(handler, Some(relation)))
    }

    fn built_in(&self, media_type: &MediaType) -> Option<(MediaType, Representation)> {
        let representation = match media_type {
            MediaType::Json | MediaType::Any => Representation::Json { strip_nulls: false },
            MediaType::Csv => Representation::Csv,
            MediaType::GeoJson => {
                let feature = self.cache.media_handlers.geo_json.as_ref()?;
                Representation::GeoJson(feature.clone())
            }
            _ => return None,
        };
        let made = match media_type {
            MediaType::Any => MediaType::Json,
            _ => media_type.clone(),
        };
        Some((made, representation))
    }
}

/// What nothing can override.
fn fixed(media_type: &MediaType) -> Option<Representation> {
    match media_type {
        MediaType::ArrayNullsStripped => Some(Representation::Json { strip_nulls: true }),
        MediaType::Object { nulls_stripped } => Some(Representation::Object {
            strip_nulls: *nulls_stripped,
        }),
        _ => None,
    }
}

fn aggregate(
    handler: &MediaHandler,
    relation: Option<&QualifiedName>,
) -> (MediaType, Representation) {
    let representation = Representation::Aggregate {
        function: handler.aggregate.clone(),
        takes: relation.cloned(),
    };
    (media_type_of(&handler.makes), representation)
}

fn media_type_of(made: &HandledType) -> MediaType {
    MediaType::parse(made.media_type())
}
