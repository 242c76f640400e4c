//! From claims to the database role that a request runs as.

use std::sync::Arc;

use super::{Claims, JwtError};

/// The database role of a request. That it exists and may be set is Postgres' answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Role {
    pub name: Arc<str>,
    /// It is the anonymous role, even if a token named it. PostgREST answers 401 instead of 403
    /// where this one lacks a right.
    pub is_anonymous: bool,
}

/// The role that the claims name, else the anonymous one. `permitted` is `jwt-roles`: empty permits
/// every role. The anonymous role needs no permission, for it needs no token either.
///
/// # Errors
/// [`JwtError::TokenRequired`] without any role, [`JwtError::RoleNotPermitted`].
pub fn resolve_role(
    claims: Option<&Claims>,
    anon: Option<&str>,
    permitted: &[String],
) -> Result<Role, JwtError> {
    let named = claims.and_then(|claims| claims.role.clone());
    let Some(name) = named.or_else(|| anon.map(Arc::from)) else {
        return Err(JwtError::TokenRequired);
    };
    let is_anonymous = anon == Some(&*name);
    // `SET ROLE none` is no role of that name: it gives back the rights of the login role.
    let is_permitted = &*name != "none"
        && (is_anonymous || permitted.is_empty() || permitted.iter().any(|p| **p == *name));
    if !is_permitted {
        return Err(JwtError::RoleNotPermitted(name.to_string()));
    }
    Ok(Role { name, is_anonymous })
}
