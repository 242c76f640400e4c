//! What is counted, in Prometheus' text format (PostgREST, `docs/references/observability.rst`,
//! "Metrics"). `pgrst_…` are PostgREST's; `rowdesk_…` are our own.

use std::time::Duration;

use hyper::StatusCode;
use prometheus::{
    Encoder, Gauge, Histogram, HistogramOpts, IntCounter, IntCounterVec, IntGauge, Opts, Registry,
    TextEncoder,
};

use crate::auth::CacheCounts;
use crate::session::PoolStatus;

/// Seconds.
const BUCKETS: [f64; 12] = [
    0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 5.0, 30.0,
];

/// The figures of one server.
pub(super) struct Metrics {
    registry: Registry,
    cache_loads: IntCounterVec,
    cache_seconds: Gauge,
    pool_timeouts: IntCounter,
    pool_available: IntGauge,
    pool_waiting: IntGauge,
    pool_max: IntGauge,
    jwt_requests: IntCounter,
    jwt_hits: IntCounter,
    jwt_evictions: IntCounter,
    requests: IntCounterVec,
    request_seconds: Histogram,
    job_calls: IntCounterVec,
    job_done: IntCounterVec,
}

/// Where the walk of a request ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct EndedAt(pub &'static str);

impl EndedAt {
    /// It was a browser's question, which nothing but CORS answers.
    pub const PREFLIGHT: Self = Self("preflight");
}

impl Metrics {
    pub fn new() -> Self {
        let registry = Registry::new();
        let metrics = Self {
            cache_loads: counters(
                "pgrst_schema_cache_loads_total",
                "The total number of times the schema cache was loaded",
                &["status"],
            ),
            cache_seconds: valid(Gauge::new(
                "pgrst_schema_cache_query_time_seconds",
                "The query time in seconds of the last schema cache load",
            )),
            pool_timeouts: valid(IntCounter::new(
                "pgrst_db_pool_timeouts_total",
                "The total number of pool connection timeouts",
            )),
            pool_available: valid(IntGauge::new(
                "pgrst_db_pool_available",
                "Available connections in the pool",
            )),
            pool_waiting: valid(IntGauge::new(
                "pgrst_db_pool_waiting",
                "Requests waiting to acquire a pool connection",
            )),
            pool_max: valid(IntGauge::new("pgrst_db_pool_max", "Max pool connections")),
            jwt_requests: valid(IntCounter::new(
                "pgrst_jwt_cache_requests_total",
                "The total number of JWT cache lookups",
            )),
            jwt_hits: valid(IntCounter::new(
                "pgrst_jwt_cache_hits_total",
                "The total number of JWT cache hits",
            )),
            jwt_evictions: valid(IntCounter::new(
                "pgrst_jwt_cache_evictions_total",
                "The total number of JWT cache evictions",
            )),
            requests: counters(
                "rowdesk_requests_total",
                "Requests by the status of their answer and the stage at which they ended: jwt, parse, \
                 plan, transaction, response, preflight, or done",
                &["status", "stage"],
            ),
            request_seconds: valid(Histogram::with_opts(
                HistogramOpts::new(
                    "rowdesk_request_seconds",
                    "How long requests took, from their head to their answer",
                )
                .buckets(BUCKETS.to_vec()),
            )),
            job_calls: counters(
                "rowdesk_job_calls_total",
                "Calls of the functions of db-jobs",
                &["function", "status"],
            ),
            job_done: counters(
                "rowdesk_job_done_total",
                "How much the functions of db-jobs have done",
                &["function"],
            ),
            registry,
        };
        let all: [Box<dyn prometheus::core::Collector>; 13] = [
            Box::new(metrics.cache_loads.clone()),
            Box::new(metrics.cache_seconds.clone()),
            Box::new(metrics.pool_timeouts.clone()),
            Box::new(metrics.pool_available.clone()),
            Box::new(metrics.pool_waiting.clone()),
            Box::new(metrics.pool_max.clone()),
            Box::new(metrics.jwt_requests.clone()),
            Box::new(metrics.jwt_hits.clone()),
            Box::new(metrics.jwt_evictions.clone()),
            Box::new(metrics.requests.clone()),
            Box::new(metrics.request_seconds.clone()),
            Box::new(metrics.job_calls.clone()),
            Box::new(metrics.job_done.clone()),
        ];
        for one in all {
            valid(metrics.registry.register(one));
        }
        metrics
    }

    pub fn schema_cache_loaded(&self, succeeded: bool) {
        let status = if succeeded { "SUCCESS" } else { "FAIL" };
        self.cache_loads.with_label_values(&[status]).inc();
    }

    pub fn schema_cache_took(&self, took: Duration) {
        self.cache_seconds.set(took.as_secs_f64());
    }

    pub fn answered(&self, status: StatusCode, ended_at: EndedAt, took: Duration) {
        let labels = [status.as_str(), ended_at.0];
        self.requests.with_label_values(&labels).inc();
        self.request_seconds.observe(took.as_secs_f64());
    }

    /// A function of `db-jobs` was called: how much it did, unless it failed.
    pub fn worked(&self, function: &str, done: Option<i32>) {
        let status = if done.is_some() { "SUCCESS" } else { "FAIL" };
        self.job_calls.with_label_values(&[function, status]).inc();
        let done = done.and_then(|done| u64::try_from(done).ok());
        let total = self.job_done.with_label_values(&[function]);
        total.inc_by(done.unwrap_or_default());
    }

    /// All of it, with what pool and tokens say at this moment.
    pub fn text(&self, pool: PoolStatus, tokens: CacheCounts) -> String {
        let whole = |n: usize| i64::try_from(n).unwrap_or(i64::MAX);
        self.pool_available.set(whole(pool.available));
        self.pool_waiting.set(whole(pool.waiting));
        self.pool_max.set(whole(pool.max));
        for (counter, now) in [
            (&self.pool_timeouts, pool.timeouts),
            (&self.jwt_requests, tokens.lookups),
            (&self.jwt_hits, tokens.hits),
            (&self.jwt_evictions, tokens.evictions),
        ] {
            counter.inc_by(now.saturating_sub(counter.get()));
        }
        let mut text = Vec::new();
        // Into memory, of figures with valid names.
        let _ = TextEncoder::new().encode(&self.registry.gather(), &mut text);
        String::from_utf8_lossy(&text).into_owned()
    }
}

fn counters(name: &str, help: &str, labels: &[&str]) -> IntCounterVec {
    valid(IntCounterVec::new(Opts::new(name, help), labels))
}

fn valid<T>(made: prometheus::Result<T>) -> T {
    made.expect("names and labels are valid, and each name stands here once")
}
