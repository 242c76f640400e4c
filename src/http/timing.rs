//! How long each stage of the walk took: the `Server-Timing` header (PostgREST, `observability.rst`;
//! W3C Server Timing). Only answers tell it, errors do not, as in PostgREST.

use std::time::{Duration, Instant};

use crate::response::Answer;

/// The stages that are told, in the order of the header.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Stage {
    /// The token is verified.
    Jwt,
    /// The request is read; its body has arrived before.
    Parse,
    /// It is resolved against the schema cache.
    Plan,
    /// From waiting for a connection to the end of the transaction.
    Transaction,
    /// Status and headers are computed.
    Response,
}

const NAMES: [&str; 5] = ["jwt", "parse", "plan", "transaction", "response"];

/// A watch for one request's stages; a stage that it skips takes no time. Switched off
/// (`server-timing-enabled`), no clock is read.
pub(super) struct Timing {
    watch: Option<Watch>,
    is_told: bool,
}

#[derive(Default)]
struct Watch {
    durations: [Duration; NAMES.len()],
    running: Option<(Stage, Instant)>,
}

impl Timing {
    pub fn new(is_enabled: bool) -> Self {
        Self {
            watch: is_enabled.then(Watch::default),
            is_told: is_enabled,
        }
    }

    /// One that runs where somebody may ask for it, whether or not answers tell it.
    pub fn also(is_enabled: bool, may_be_asked: bool) -> Self {
        Self {
            is_told: is_enabled,
            ..Self::new(is_enabled || may_be_asked)
        }
    }

    /// How long a stage took so far, in milliseconds. The one that runs is ended.
    pub fn milliseconds(&mut self, stage: Stage) -> f64 {
        self.end();
        let watch = self.watch.as_ref();
        watch.map_or(0.0, |it| milliseconds(it.durations[stage as usize]))
    }

    /// From here on it is this stage.
    pub fn begin(&mut self, stage: Stage) {
        self.end();
        if let Some(watch) = &mut self.watch {
            watch.running = Some((stage, Instant::now()));
        }
    }

    /// From here on it is none.
    pub fn end(&mut self) {
        let Some(watch) = &mut self.watch else { return };
        if let Some((stage, begun)) = watch.running.take() {
            watch.durations[stage as usize] += begun.elapsed();
        }
    }

    /// The answer, which ends the last stage, with its header where that is wanted.
    pub fn told_in(mut self, mut answer: Answer) -> Answer {
        self.end();
        if let Some(watch) = self.watch.as_ref().filter(|_| self.is_told) {
            let name = "Server-Timing".to_owned();
            answer.headers.push((name, header(&watch.durations)));
        }
        answer
    }
}

/// Milliseconds with one digit behind the point.
fn header(durations: &[Duration; NAMES.len()]) -> String {
    let metrics: Vec<String> = NAMES
        .iter()
        .zip(durations)
        .map(|(name, duration)| format!("{name};dur={:.1}", milliseconds(*duration)))
        .collect();
    metrics.join(", ")
}

pub(super) fn milliseconds(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::response::Body;

    #[test]
    fn a_header_in_milliseconds() {
        let durations = [14_900, 71, 109_000, 0, 4_449].map(Duration::from_micros);
        assert_eq!(
            header(&durations),
            "jwt;dur=14.9, parse;dur=0.1, plan;dur=109.0, transaction;dur=0.0, response;dur=4.4"
        );
    }

    #[test]
    fn only_where_it_is_wanted() {
        let answer = || Answer {
            status: 200,
            headers: Vec::new(),
            body: Body::Empty,
        };
        let mut timing = Timing::new(false);
        timing.begin(Stage::Plan);
        assert_eq!(timing.told_in(answer()).header("server-timing"), None);

        let mut timing = Timing::new(true);
        timing.begin(Stage::Transaction);
        std::thread::sleep(Duration::from_millis(2));
        timing.begin(Stage::Response);
        timing.end();
        let durations = timing.watch.as_ref().expect("it is switched on").durations;
        assert!(durations[Stage::Transaction as usize] >= Duration::from_millis(2));
        assert_eq!(durations[Stage::Jwt as usize], Duration::ZERO);
        let told = timing.told_in(answer());
        assert!(told.header("server-timing").is_some());
    }
}
