//! Accounts: who may sign in.

use super::PLAIN;
use crate::config::value;
use crate::config::{Kind, Secrecy, Secret, Setting, Signup};

pub(super) const SETTINGS: &[Setting] = &[
    Setting {
        name: "auth-role",
        from_postgrest: false,
        doc: "The role that may call the functions by which people sign in, and nothing else. It \
              switches /auth/v1 on. The login role becomes it for these calls alone: a token that \
              names it is refused. Signing in needs auth-keys-file or a symmetric jwt-secret.",
        write: |config, text| {
            config.auth_role = value::optional(text);
            Ok(())
        },
        read: |config| config.auth_role.clone().unwrap_or_default(),
        ..PLAIN
    },
    Setting {
        name: "auth-schema",
        default: "auth",
        from_postgrest: false,
        doc: "The schema of the functions by which people sign in. It must not be one of db-schemas.",
        write: |config, text| {
            text.trim().clone_into(&mut config.auth_schema);
            Ok(())
        },
        read: |config| config.auth_schema.clone(),
        ..PLAIN
    },
    Setting {
        name: "auth-keys-file",
        in_database: false,
        from_postgrest: false,
        doc: "A file of private keys that sign the tokens of whoever signs in, with ES256, so that others verify them \
              by /auth/v1/.well-known/jwks.json. It is made where there is none; `rowdesk keys rotate` changes the key \
              that signs. Servers of one desk need the same. Unless set, jwt-secret signs, with HS256.",
        write: |config, text| {
            config.auth_keys_file = value::optional(text).map(Into::into);
            Ok(())
        },
        read: |config| {
            let path = config.auth_keys_file.as_ref();
            path.map_or_else(String::new, |path| path.display().to_string())
        },
        ..PLAIN
    },
    Setting {
        name: "auth-cookies",
        kind: Kind::Boolean,
        default: "false",
        from_postgrest: false,
        doc: "Whether pages of this server's own origin (that of auth-url) may have their session in cookies that no \
              script reads, by signing in with the header X-Rowdesk-Session: cookie. Requests of other origins that bring \
              them are refused.",
        write: |config, text| {
            config.auth_cookies = value::boolean(text)?;
            Ok(())
        },
        read: |config| config.auth_cookies.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-token-lifetime",
        kind: Kind::Seconds,
        default: "900",
        from_postgrest: false,
        doc: "How long an access token is good for. Until then it works, whatever becomes of the \
              account.",
        write: |config, text| {
            config.auth_token_lifetime = value::database_seconds(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_token_lifetime.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-session-lifetime",
        kind: Kind::Seconds,
        default: "2592000",
        from_postgrest: false,
        doc: "How long a refresh token is good for, 30 days unless set. Each refresh starts this \
              time anew.",
        write: |config, text| {
            config.auth_session_lifetime = value::database_seconds(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_session_lifetime.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-refresh-reuse-interval",
        kind: Kind::Seconds,
        default: "10",
        from_postgrest: false,
        doc: "How long a used refresh token may be sent again, for tabs of a browser that refresh at \
              once. After that it ends its session.",
        write: |config, text| {
            config.auth_refresh_reuse_interval = value::database_seconds(text, 0)?;
            Ok(())
        },
        read: |config| config.auth_refresh_reuse_interval.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-attempts-per-account",
        kind: Kind::Number,
        default: "10",
        from_postgrest: false,
        doc: "How many failed sign-ins with the same email there may be within auth-attempts-window, \
              whether or not there is such an account. The next is answered with 429.",
        write: |config, text| {
            config.auth_attempts_per_account = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_attempts_per_account.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-attempts-per-address",
        kind: Kind::Number,
        default: "100",
        from_postgrest: false,
        doc: "How many failed sign-ins there may be from the same address within \
              auth-attempts-window. Of IPv6, 64 bits are an address.",
        write: |config, text| {
            config.auth_attempts_per_address = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_attempts_per_address.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-attempts-window",
        kind: Kind::Seconds,
        default: "900",
        from_postgrest: false,
        doc: "The time in which failed sign-ins are forgotten, one after the other.",
        write: |config, text| {
            config.auth_attempts_window = value::database_seconds(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_attempts_window.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "signup",
        default: "allowlist",
        from_postgrest: false,
        doc: "Who may ask for an account. closed: nobody, others invite them. allowlist: whom the database \
              knows by their email, by a link that is mailed to it; any other email is answered alike. \
              approval: others, too, who wait once they have confirmed their address. open: others, too, \
              who need not wait.",
        write: |config, text| {
            config.signup = Signup::parse(text)?;
            Ok(())
        },
        read: |config| config.signup.name().to_owned(),
        ..PLAIN
    },
    Setting {
        name: "auth-password-min-length",
        kind: Kind::Number,
        default: "10",
        from_postgrest: false,
        doc: "The fewest characters of a new password.",
        write: |config, text| {
            config.auth_password_min_length = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_password_min_length.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-argon2-memory",
        kind: Kind::Number,
        default: "19456",
        from_postgrest: false,
        doc: "How much memory the hash of a password takes, in KiB, while it is computed: as many at once as there \
              are cores. Hashes of other parameters are made anew when their owners sign in.",
        write: |config, text| {
            config.auth_argon2_memory = value::number(text, 8)?;
            Ok(())
        },
        read: |config| config.auth_argon2_memory.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-argon2-passes",
        kind: Kind::Number,
        default: "2",
        from_postgrest: false,
        doc: "How many times the hash of a password goes over its memory.",
        write: |config, text| {
            config.auth_argon2_passes = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_argon2_passes.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-argon2-lanes",
        kind: Kind::Number,
        default: "1",
        from_postgrest: false,
        doc: "How many parts of its memory the hash of a password fills by themselves; each needs 8 KiB.",
        write: |config, text| {
            config.auth_argon2_lanes = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_argon2_lanes.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-link-lifetime",
        kind: Kind::Seconds,
        default: "3600",
        from_postgrest: false,
        doc: "How long a link that was mailed may be followed, once.",
        write: |config, text| {
            config.auth_link_lifetime = value::database_seconds(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_link_lifetime.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-invite-lifetime",
        kind: Kind::Seconds,
        default: "259200",
        from_postgrest: false,
        doc: "The same of an invitation, which nobody waits for: over a weekend.",
        write: |config, text| {
            config.auth_invite_lifetime = value::database_seconds(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_invite_lifetime.as_secs().to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-mails-per-account",
        kind: Kind::Number,
        default: "4",
        from_postgrest: false,
        doc: "How many links may be asked for with the same email within auth-attempts-window, whether or \
              not anything is mailed to it.",
        write: |config, text| {
            config.auth_mails_per_account = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_mails_per_account.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-mails-per-address",
        kind: Kind::Number,
        default: "30",
        from_postgrest: false,
        doc: "How many links may be asked for from the same address within auth-attempts-window.",
        write: |config, text| {
            config.auth_mails_per_address = value::number(text, 1)?;
            Ok(())
        },
        read: |config| config.auth_mails_per_address.to_string(),
        ..PLAIN
    },
    Setting {
        name: "auth-url",
        from_postgrest: false,
        doc: "Where people's browsers reach this server, for links in mails: https://desk.example. Unless \
              set, http://127.0.0.1 and the port that it listens at.",
        write: |config, text| {
            text.trim().clone_into(&mut config.auth_url);
            Ok(())
        },
        read: |config| config.auth_url.clone(),
        ..PLAIN
    },
    Setting {
        name: "site-url",
        from_postgrest: false,
        doc: "The page that a link leads to once it was followed, with the session behind #. Links may \
              ask for another below it. Unless set, auth-url.",
        write: |config, text| {
            text.trim().clone_into(&mut config.site_url);
            Ok(())
        },
        read: |config| config.site_url.clone(),
        ..PLAIN
    },
    Setting {
        name: "auth-redirect-urls",
        from_postgrest: false,
        doc: "Other pages that links may lead to, and what is below them: https://portal.example, \
              http://127.0.0.1:5173.",
        write: |config, text| {
            config.auth_redirect_urls = value::list(text);
            Ok(())
        },
        read: |config| config.auth_redirect_urls.join(","),
        ..PLAIN
    },
    Setting {
        name: "mail-url",
        from_postgrest: false,
        secrecy: Secrecy::Secret,
        doc: "How mails are sent: smtp://user:password@host:587 (with ?tls=required for STARTTLS), smtps://…, or \
              terminal:, which prints them (terminal:shown also shows them at /auth/v1/mails to whoever sits at the machine, for \
              trying things out). Unless set, they wait in the database.",
        write: |config, text| {
            config.mail_url = value::optional(text).map(Secret::new);
            Ok(())
        },
        read: |config| {
            let url = config.mail_url.as_ref();
            url.map_or_else(String::new, Secret::to_string)
        },
        ..PLAIN
    },
    Setting {
        name: "mail-from",
        default: "Rowdesk <desk@localhost>",
        from_postgrest: false,
        doc: "Whom mails are from: Desk <desk@example.com>.",
        write: |config, text| {
            text.trim().clone_into(&mut config.mail_from);
            Ok(())
        },
        read: |config| config.mail_from.clone(),
        ..PLAIN
    },
];
