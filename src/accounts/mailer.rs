//! Sends what is in the outbox: by SMTP, or to the terminal of a demo.

use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use lettre::message::Mailbox;
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};
use serde::Deserialize;
use serde_json::json;
use tokio::time::timeout;
use tracing::warn;

use super::database::Database;
use super::{AccountError, Accounts};
use crate::config::Secret;

const AT_ONCE: u32 = 10;
/// How many mails of the terminal are kept.
const SHOWN: usize = 50;
/// For one mail. The database lends it for longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// How mails leave.
pub(super) struct Mailer {
    way: Way,
    from: Mailbox,
}

enum Way {
    Smtp(AsyncSmtpTransport<Tokio1Executor>),
    /// For whoever tries things out: links open accounts. Where that is wanted, the latest are kept, to be shown.
    Terminal(Option<Mutex<Vec<PrintedMail>>>),
}

/// A mail that went to the terminal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PrintedMail {
    pub recipient: String,
    pub subject: String,
    pub body: String,
}

#[derive(Deserialize)]
struct Taken {
    mails: Vec<Mail>,
}

#[derive(Deserialize)]
struct Mail {
    id: i64,
    recipient: String,
    subject: String,
    body: String,
}

#[derive(Deserialize)]
struct Settled {}

impl Mailer {
    /// `mail-url`: `smtp://user:password@host:587`, `smtps://…`, or `terminal:`; `None`: nothing is sent.
    pub fn new(url: Option<&Secret>, from: &str) -> Result<Option<Self>, String> {
        let Some(url) = url else { return Ok(None) };
        let way = match str::from_utf8(url.expose()).unwrap_or_default() {
            "terminal:" => Way::Terminal(None),
            "terminal:shown" => Way::Terminal(Some(Mutex::default())),
            url if url.starts_with("smtp://") || url.starts_with("smtps://") => {
                let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(url)
                    .map_err(|error| format!("mail-url: {error}"))?;
                Way::Smtp(transport.timeout(Some(PATIENCE)).build())
            }
            _ => {
                return Err(
                    "mail-url must be smtp://user:password@host:587, smtps://… or terminal:"
                        .to_owned(),
                );
            }
        };
        let from = from.parse().map_err(|error| {
            format!("mail-from {from:?} is no sender, as Desk <desk@example.com>: {error}")
        })?;
        Ok(Some(Self { way, from }))
    }

    async fn send(&self, mail: &Mail) -> Result<(), String> {
        match &self.way {
            Way::Terminal(kept) => {
                print(mail);
                let Some(kept) = kept else { return Ok(()) };
                let mut kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                let surplus = (kept.len() + 1).saturating_sub(SHOWN);
                kept.drain(..surplus);
                kept.push(PrintedMail {
                    recipient: mail.recipient.clone(),
                    subject: mail.subject.clone(),
                    body: mail.body.clone(),
                });
                Ok(())
            }
            Way::Smtp(transport) => {
                let recipient = mail.recipient.parse().map_err(|error| format!("{error}"))?;
                let message = Message::builder()
                    .from(self.from.clone())
                    .to(Mailbox::new(None, recipient))
                    .subject(&mail.subject)
                    .body(mail.body.clone())
                    .map_err(|error| error.to_string())?;
                match timeout(PATIENCE, transport.send(message)).await {
                    Ok(Ok(_)) => Ok(()),
                    Ok(Err(error)) => Err(error.to_string()),
                    Err(_) => Err("the mail server took too long".to_owned()),
                }
            }
        }
    }
}

impl Accounts {
    /// The mails that went to the terminal, the latest last; `None` where they are not to be
    /// shown.
    pub fn printed_mails(&self) -> Option<Vec<PrintedMail>> {
        match &self.mailer.as_ref()?.way {
            Way::Terminal(Some(kept)) => {
                let kept = kept.lock().unwrap_or_else(PoisonError::into_inner);
                Some(kept.clone())
            }
            Way::Terminal(None) | Way::Smtp(_) => None,
        }
    }

    /// Sends what is in the outbox, some mails at a time. What fails is tried again another time; servers share the
    /// work.
    ///
    /// # Errors
    /// Those of the database.
    pub async fn send_mails(&self, database: Database<'_>) -> Result<(), AccountError> {
        let Some(mailer) = &self.mailer else {
            return Ok(());
        };
        let request = json!({
            "limit": AT_ONCE,
            "verify_url": self.links.verify_page().as_str(),
            "token_seconds": self.links.invite_lifetime.as_secs(),
        });
        let taken: Taken = self.contract.call(database, "take_mails", &request).await?;
        for mail in taken.mails {
            let sent = mailer.send(&mail).await;
            if let Err(failure) = &sent {
                warn!(mail = mail.id, failure, "a mail could not be sent");
            }
            let settled = json!({ "id": mail.id, "failure": sent.err() });
            let Settled {} = self
                .contract
                .call(database, "settle_mail", &settled)
                .await?;
        }
        Ok(())
    }
}

#[expect(clippy::print_stdout, reason = "it is what terminal: is for")]
fn print(mail: &Mail) {
    println!(
        "\nMail to {}: {}\n\n{}\n",
        mail.recipient, mail.subject, mail.body
    );
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_way_that_is_none_says_what_to_write() {
        for (url, from, problem) in [
            ("terminal:", "Desk <desk@example.com>", None),
            ("smtp://u:p@mail.example:587", "desk@example.com", None),
            ("smtps://mail.example", "desk@example.com", None),
            (
                "http://mail.example",
                "desk@example.com",
                Some("mail-url must be smtp://"),
            ),
            (
                "mail.example",
                "desk@example.com",
                Some("mail-url must be smtp://"),
            ),
            ("terminal:", "desk", Some("mail-from \"desk\" is no sender")),
        ] {
            let found = Mailer::new(Some(&Secret::new(url)), from).err();
            let fits = match (&found, problem) {
                (None, None) => true,
                (Some(found), Some(expected)) => found.starts_with(expected),
                _ => false,
            };
            assert!(fits, "{url} {from}: {found:?}");
        }
    }
}
