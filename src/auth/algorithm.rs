//! Algorithms of signatures, by the names that tokens and keys give them (RFC 7518, section 3.1; RFC 8037;
//! RFC 9864).

use jsonwebtoken::Algorithm as Known;

/// Those that our library knows, and those that it lacks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Algorithm {
    Known(Known),
    ES512,
    /// `EdDSA` over the one curve.
    Ed25519,
    /// `EdDSA` over the other.
    Ed448,
}

impl Algorithm {
    /// None for `none` and for what nobody knows.
    pub(super) fn named(name: &str) -> Option<Self> {
        match name {
            "ES512" => Some(Self::ES512),
            "Ed25519" => Some(Self::Ed25519),
            "Ed448" => Some(Self::Ed448),
            _ => name.parse().ok().map(Self::Known),
        }
    }
}

pub(super) const HMAC: &[Algorithm] = &[
    Algorithm::Known(Known::HS256),
    Algorithm::Known(Known::HS384),
    Algorithm::Known(Known::HS512),
];
pub(super) const RSA: &[Algorithm] = &[
    Algorithm::Known(Known::RS256),
    Algorithm::Known(Known::RS384),
    Algorithm::Known(Known::RS512),
    Algorithm::Known(Known::PS256),
    Algorithm::Known(Known::PS384),
    Algorithm::Known(Known::PS512),
];
pub(super) const P256: &[Algorithm] = &[Algorithm::Known(Known::ES256)];
pub(super) const P384: &[Algorithm] = &[Algorithm::Known(Known::ES384)];
pub(super) const P521: &[Algorithm] = &[Algorithm::ES512];
pub(super) const ED25519: &[Algorithm] = &[Algorithm::Known(Known::EdDSA), Algorithm::Ed25519];
pub(super) const ED448: &[Algorithm] = &[Algorithm::Known(Known::EdDSA), Algorithm::Ed448];
