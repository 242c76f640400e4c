//! Where links lead, and how many are mailed.

use std::time::Duration;

use url::Url;

use super::credentials::LinkKind;
use crate::config::{Config, Signup};

/// What the settings say of links.
pub(super) struct Links {
    pub signup: Signup,
    pub lifetime: Duration,
    pub invite_lifetime: Duration,
    pub mails_per_account: i32,
    pub mails_per_address: i32,
    pub mails_window: Duration,
    /// Where clients reach this server.
    server: Url,
    /// Where people are, when nothing else is said.
    site: Url,
    /// Where else links may lead.
    permitted: Vec<Url>,
}

impl Links {
    pub fn new(config: &Config) -> Result<Self, String> {
        let url = |name: &str, text: &str| {
            let url =
                Url::parse(text).map_err(|error| format!("{name} {text:?} is no URL: {error}"))?;
            match url.scheme() {
                "http" | "https" => Ok(url),
                other => Err(format!(
                    "{name} begins with {other}:; it must be http: or https:"
                )),
            }
        };
        let server = match config.auth_url.as_str() {
            "" => url(
                "auth-url",
                &format!("http://127.0.0.1:{}", config.server_port),
            )?,
            text => url("auth-url", text)?,
        };
        let site = match config.site_url.as_str() {
            "" => server.clone(),
            text => url("site-url", text)?,
        };
        let permitted = config.auth_redirect_urls.iter();
        Ok(Self {
            signup: config.signup,
            lifetime: config.auth_link_lifetime,
            invite_lifetime: config.auth_invite_lifetime,
            mails_per_account: config.auth_mails_per_account,
            mails_per_address: config.auth_mails_per_address,
            mails_window: config.auth_attempts_window,
            server,
            site,
            permitted: permitted
                .map(|text| url("auth-redirect-urls", text))
                .collect::<Result<_, _>>()?,
        })
    }

    /// What is mailed.
    pub fn verify_url(&self, token: &str, kind: LinkKind, redirect_to: Option<&str>) -> String {
        let mut url = self.verify_page();
        url.query_pairs_mut()
            .append_pair("token", token)
            .append_pair("type", kind.name())
            .append_pair("redirect_to", self.landing(redirect_to).as_str());
        url.into()
    }

    /// What links begin with.
    pub fn verify_page(&self) -> Url {
        let mut url = self.server.clone();
        let path = format!("{}/auth/v1/verify", url.path().trim_end_matches('/'));
        url.set_path(&path);
        url
    }

    /// The address asked for, if links may lead there, else the site. Anything else would hand sessions to whoever
    /// makes a link.
    pub fn landing(&self, redirect_to: Option<&str>) -> Url {
        let asked = redirect_to.and_then(|text| Url::parse(text).ok());
        let asked = asked.filter(|asked| {
            let mut places = std::iter::once(&self.site).chain(&self.permitted);
            places.any(|place| is_below(asked, place))
        });
        let mut url = asked.unwrap_or_else(|| self.site.clone());
        url.set_fragment(None);
        url
    }
}

/// The same origin, and a path that begins as the place's.
fn is_below(url: &Url, place: &Url) -> bool {
    let folder = place.path().trim_end_matches('/');
    url.origin() == place.origin()
        && url.username().is_empty()
        && url.password().is_none()
        && url
            .path()
            .strip_prefix(folder)
            .is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn links_lead_to_the_site_or_what_is_permitted_and_nowhere_else() {
        let url = |text: &str| Url::parse(text).unwrap();
        let links = Links {
            signup: Signup::Allowlist,
            lifetime: Duration::ZERO,
            invite_lifetime: Duration::ZERO,
            mails_per_account: 1,
            mails_per_address: 1,
            mails_window: Duration::ZERO,
            server: url("https://desk.example/api"),
            site: url("https://desk.example/app/"),
            permitted: vec![url("http://127.0.0.1:5173")],
        };
        for (asked, expected) in [
            (None, "https://desk.example/app/"),
            (
                Some("https://desk.example/app/reset?x=1#y"),
                "https://desk.example/app/reset?x=1",
            ),
            (
                Some("http://127.0.0.1:5173/reset"),
                "http://127.0.0.1:5173/reset",
            ),
            (
                Some("https://desk.example/apple"),
                "https://desk.example/app/",
            ),
            (
                Some("https://desk.example/app/../x"),
                "https://desk.example/app/",
            ),
            (
                Some("https://desk.example.evil/app/"),
                "https://desk.example/app/",
            ),
            (
                Some("https://desk.example@evil/app/"),
                "https://desk.example/app/",
            ),
            (
                Some("https://x:y@desk.example/app/"),
                "https://desk.example/app/",
            ),
            (Some("javascript:alert(1)"), "https://desk.example/app/"),
            (Some("//evil/app/"), "https://desk.example/app/"),
            (Some("http://127.0.0.1:51730/"), "https://desk.example/app/"),
        ] {
            assert_eq!(links.landing(asked).as_str(), expected, "{asked:?}");
        }
        assert_eq!(
            links.verify_url("T", LinkKind::Recovery, None),
            "https://desk.example/api/auth/v1/verify?token=T&type=recovery&redirect_to=https%3A%2F%2Fdesk.example%2Fapp%2F"
        );
    }
}
