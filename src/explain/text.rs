//! The explanation as a terminal shows it.

use std::fmt::Write as _;

use serde_json::Value;

use super::{Document, Guarded, Planned, Policy, RowSecurity, Sql, Times};

impl Document {
    /// All of it, as text.
    #[must_use]
    pub fn text(&self) -> String {
        let mut out = Text::default();
        out.request(self);
        if let Some(refused) = &self.refused {
            out.title("refused");
            out.line(&format!(
                "at the stage {}, with status {}:",
                refused.stage, refused.status
            ));
            out.line(&refused.body.to_string());
        }
        if let Some(statements) = &self.statements {
            out.title("settings");
            out.statement(&statements.settings);
            if let Some(pre_request) = &statements.pre_request {
                out.title("pre-request");
                out.statement(pre_request);
            }
            out.title("statement");
            out.statement(&statements.main);
        }
        if let Some(relations) = &self.relations {
            out.title("policies");
            for relation in relations {
                out.relation(relation);
            }
            if relations.is_empty() {
                out.line("it reads and writes no relation that shows in its plan");
            }
            for function in &self.functions {
                out.line(&format!(
                    "function {function} runs as it is: what it reads and writes does not show here"
                ));
            }
        }
        if let Some(plan) = &self.plan {
            out.title("plan");
            match plan {
                Planned::Text(text) => out.verbatim(text),
                Planned::Json(json) => out.verbatim(&format!("{json:#}")),
            }
        }
        if let Some(answer) = &self.answer {
            out.title("answer, rolled back");
            let total = answer.total.map(|total| format!(" of {total}"));
            out.line(&format!(
                "status {}, {} row(s){}, {} bytes",
                answer.status,
                answer.rows,
                total.unwrap_or_default(),
                answer.bytes
            ));
        }
        if let Some(time) = &self.time {
            out.title("time");
            out.line(&times(time));
        }
        if let Some(why) = &self.why_empty {
            out.title("why empty");
            for sentence in &why.says {
                out.line(sentence);
            }
        }
        if let Some(psql) = self.statements.as_ref().and_then(|it| it.psql.as_ref()) {
            out.title("for psql, as the server's login");
            out.verbatim(psql);
        }
        out.0
    }
}

#[derive(Default)]
struct Text(String);

impl Text {
    fn title(&mut self, title: &str) {
        self.0.push('\n');
        self.0.push_str(title);
        self.0.push('\n');
    }

    fn line(&mut self, text: &str) {
        self.0.push_str("  ");
        self.0.push_str(text);
        self.0.push('\n');
    }

    fn verbatim(&mut self, text: &str) {
        for line in text.lines() {
            self.line(line);
        }
    }

    fn request(&mut self, document: &Document) {
        let request = &document.request;
        // Writing to a String does not fail.
        let _ = writeln!(self.0, "{} {}", request.method, request.url);
        if let Some(understood) = &request.understood {
            self.line(&format!("{} {}", understood.action, understood.target));
            if !understood.filters.is_empty() {
                self.line(&format!("where {}", understood.filters.join(" and ")));
            }
            for embed in &understood.embeds {
                self.line(&format!("embeds {embed}"));
            }
            let limit = understood.limit.map(|limit| format!("limit {limit}"));
            let offset = (understood.offset > 0).then(|| format!("offset {}", understood.offset));
            let range: Vec<String> = limit.into_iter().chain(offset).collect();
            if !range.is_empty() {
                self.line(&range.join(", "));
            }
            self.line(&format!("answers {}", understood.answer));
        }
        if let Some(caller) = &document.caller {
            let anonymous = if caller.anonymous {
                " (without a token)"
            } else {
                ""
            };
            let claims = Value::Object(caller.claims.clone());
            self.line(&format!("as {}{anonymous} {claims}", caller.role));
        }
    }

    fn statement(&mut self, statement: &Sql) {
        self.verbatim(&statement.sql);
        for (index, value) in statement.parameters.iter().enumerate() {
            self.line(&format!(
                "  ${} = {}",
                index + 1,
                Value::from(value.as_str())
            ));
        }
    }

    fn relation(&mut self, relation: &Guarded) {
        let Guarded {
            kind, role, verbs, ..
        } = relation;
        let through = relation
            .through
            .as_ref()
            .map(|it| format!(", through {it}"));
        self.line(&format!(
            "{kind} {}: {} as {role}{}",
            relation.label(),
            verbs.join(", "),
            through.unwrap_or_default()
        ));
        let state = match relation.row_security {
            RowSecurity::On if relation.policies.is_empty() => {
                "row-level security on, and no policy for the role: nothing passes"
            }
            RowSecurity::On => "row-level security on",
            RowSecurity::Off => "row-level security off: every row passes",
            RowSecurity::Owner => "row-level security does not bind its owner: every row passes",
            RowSecurity::Bypassed => "row-level security does not bind the role: every row passes",
            RowSecurity::None => "has no policies of its own",
        };
        self.line(&format!("  {state}"));
        if relation.row_security == RowSecurity::On {
            for policy in &relation.policies {
                self.policy(policy);
            }
        }
    }

    fn policy(&mut self, policy: &Policy) {
        let kind = if policy.permissive {
            "permissive"
        } else {
            "restrictive"
        };
        self.line(&format!(
            "  {}: {kind}, for {}, to {}",
            policy.name,
            policy.verb,
            policy.roles.join(", ")
        ));
        for (word, expression) in [("using", &policy.using), ("with check", &policy.check)] {
            if let Some(expression) = expression {
                let expression: Vec<&str> = expression.split_whitespace().collect();
                self.line(&format!("    {word} ({})", expression.join(" ")));
            }
        }
    }
}

fn times(time: &Times) -> String {
    let within = [
        ("settings", time.settings),
        ("pre-request", time.pre_request),
        ("statement", time.statement),
    ];
    let within: Vec<String> = within
        .into_iter()
        .filter_map(|(name, time)| Some(format!("{name} {:.1} ms", time?)))
        .collect();
    let within = match within.as_slice() {
        [] => String::new(),
        parts => format!(" ({})", parts.join(", ")),
    };
    let response = time.response.map(|it| format!(", response {it:.1} ms"));
    format!(
        "jwt {:.1} ms, parse {:.1} ms, plan {:.1} ms, transaction {:.1} ms{within}{}",
        time.jwt,
        time.parse,
        time.plan,
        time.transaction,
        response.unwrap_or_default()
    )
}
