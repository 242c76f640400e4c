//! QUERY: GET whose query string goes on in the body, for what no URL can hold
//! (draft-ietf-httpbis-safe-method-w-body).

use std::borrow::Cow;

use super::{RawRequest, RequestError, media_type::MediaType};

/// What the body of a QUERY is: `Accept-Query` names it.
pub const CONTENT_TYPE: &str = "application/x-www-form-urlencoded";

/// The query string of a request. That of a QUERY is its URL's and its body's, one behind the other, as
/// if both stood in the URL; without a body it is its URL's.
///
/// # Errors
/// A body of another content type, or one that is no text.
///
/// ```
/// use rowdesk::request::{RawRequest, query_method::query_string};
///
/// let headers = [(
///     "content-type".to_owned(),
///     "application/x-www-form-urlencoded".to_owned(),
/// )];
/// let mut request = RawRequest {
///     method: "QUERY",
///     query: "select=id",
///     headers: &headers,
///     body: "id=in.(1,2)&limit=5".into(),
///     ..RawRequest::default()
/// };
/// assert_eq!(query_string(&request).unwrap(), "select=id&id=in.(1,2)&limit=5");
///
/// request.headers = &[];
/// let error = query_string(&request).unwrap_err().to_string();
/// assert_eq!(error, "A QUERY takes a body of application/x-www-form-urlencoded, not of no type");
///
/// request.method = "POST";
/// assert_eq!(query_string(&request).unwrap(), "select=id");
/// ```
pub fn query_string<'a>(request: &RawRequest<'a>) -> Result<Cow<'a, str>, RequestError> {
    if request.method != "QUERY" || request.body.is_empty() {
        return Ok(request.query.into());
    }
    let content_type = request.header("content-type");
    if content_type.map(MediaType::parse) != Some(MediaType::UrlEncoded) {
        let found = content_type.unwrap_or("no type").to_owned();
        return Err(RequestError::QueryContentType(found));
    }
    let body = str::from_utf8(&request.body)
        .map_err(|_| RequestError::Body("Form is not valid UTF-8".to_owned()))?;
    Ok(format!("{}&{body}", request.query).into())
}
