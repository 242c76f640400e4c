//! Who asks.

use tokio_postgres::GenericClient;

use super::error::PoliciesError;

/// The roles that requests can have: those that `login` may become; without a login those that have rights on
/// what `schemas` hold. By name.
///
/// # Errors
/// The database does not answer, or there is no such login.
pub async fn roles_of_requests(
    client: &impl GenericClient,
    login: Option<&str>,
    schemas: &[String],
) -> Result<Vec<String>, PoliciesError> {
    let rows = client
        .query(include_str!("roles.sql"), &[&login, &schemas])
        .await
        .map_err(PoliciesError::database("looking for the roles of requests"))?;
    Ok(rows.iter().map(|row| row.get("role")).collect())
}
