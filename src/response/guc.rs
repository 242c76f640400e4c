//! Headers and status that functions set for the answer, which win over our own
//! (PostgREST, `docs/references/transactions.rst`, "Response Headers", "Response Status Code").

use serde_json::{Map, Value};

use super::header::{STATUSES, refusal};
use super::{Answer, ResponseError};

impl Answer {
    /// The answer with what the settings `response.headers` and `response.status` say instead.
    ///
    /// # Errors
    /// PGRST111, PGRST112: they do not say it so that it could be sent.
    pub fn overridden(
        mut self,
        headers: Option<&str>,
        status: Option<&str>,
    ) -> Result<Self, ResponseError> {
        if let Some(status) = status {
            let status = status.parse().ok();
            let status = status.filter(|status| STATUSES.contains(status));
            self.status = status.ok_or(ResponseError::GucStatus)?;
        }
        if let Some(headers) = headers {
            let set = parse(headers)?;
            self.headers.retain(|(ours, _)| {
                let mut names = set.iter().map(|(name, _)| name);
                !names.any(|name| name.eq_ignore_ascii_case(ours))
            });
            self.headers.extend(set);
        }
        Ok(self)
    }
}

/// `[{"Cache-Control": "public"}, {"Cache-Control": "max-age=60"}]`: a list, because names may repeat.
fn parse(headers: &str) -> Result<Vec<(String, String)>, ResponseError> {
    const MALFORMED: ResponseError = ResponseError::GucHeaders { unsendable: None };
    let list: Vec<Map<String, Value>> = serde_json::from_str(headers).map_err(|_| MALFORMED)?;
    list.into_iter()
        .map(|object| {
            let mut members = object.into_iter();
            let (Some((name, Value::String(value))), None) = (members.next(), members.next())
            else {
                return Err(MALFORMED);
            };
            match refusal(&name, &value) {
                None => Ok((name, value)),
                unsendable => Err(ResponseError::GucHeaders { unsendable }),
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Body;

    fn overridden(
        headers: Option<&str>,
        status: Option<&str>,
    ) -> Result<(u16, Vec<String>), ResponseError> {
        let ours = vec![
            ("Content-Type", "application/json".to_owned()),
            ("Content-Range", "0-0/*".to_owned()),
        ];
        let answer = Answer::new(200, ours, Body::Empty).overridden(headers, status)?;
        let headers = answer.headers.iter();
        let headers = headers.map(|(name, value)| format!("{name}: {value}"));
        Ok((answer.status, headers.collect()))
    }

    #[test]
    fn what_was_set_takes_the_place_of_ours() {
        let ours = ["Content-Type: application/json", "Content-Range: 0-0/*"];
        for (headers, status, expected_status, expected) in [
            (None, None, 200, ours.to_vec()),
            (Some("[]"), Some("418"), 418, ours.to_vec()),
            (
                Some(r#"[{"content-type": "image/png"}, {"A": "1"}, {"A": "2"}]"#),
                None,
                200,
                vec![ours[1], "content-type: image/png", "A: 1", "A: 2"],
            ),
            (
                Some(r#"[{"A": "é"}]"#),
                Some("599"),
                599,
                vec![ours[0], ours[1], "A: é"],
            ),
        ] {
            let (status, headers) = overridden(headers, status).unwrap();
            assert_eq!(status, expected_status);
            assert_eq!(headers, expected);
        }
    }

    #[test]
    fn what_cannot_be_sent_is_refused() {
        for headers in [
            "",
            "text",
            "{}",
            r#"{"A": "1"}"#,
            r#"["A"]"#,
            r#"[{"A": 1}]"#,
            r#"[{"A": null}]"#,
            "[{}]",
            r#"[{"A": "1", "B": "2"}]"#,
            r#"[{"A": "1"}, "B"]"#,
        ] {
            let refused = overridden(Some(headers), None);
            let expected = ResponseError::GucHeaders { unsendable: None };
            assert_eq!(refused, Err(expected), "{headers}");
        }
        for headers in [
            r#"[{"A": "1\r\nSet-Cookie: x=1"}]"#,
            r#"[{"A": "\u0000"}]"#,
            r#"[{"A B": "1"}]"#,
            r#"[{"": "1"}]"#,
            r#"[{"A: x\r\nB": "1"}]"#,
            r#"[{"Transfer-Encoding": "chunked"}]"#,
            r#"[{"content-length": "0"}]"#,
        ] {
            let refused = overridden(Some(headers), None);
            let Err(ResponseError::GucHeaders {
                unsendable: Some(_),
            }) = refused
            else {
                panic!("{headers}: {refused:?}");
            };
        }
        for status in [
            "", "bad", "-1", "0", "100", "199", "600", "65736", "200 OK", "2e2",
        ] {
            let refused = overridden(None, Some(status));
            assert_eq!(refused, Err(ResponseError::GucStatus), "{status}");
        }
    }
}
