//! Service levels: when a promise is due, what changes that, and who notices that it was broken.

mod breaches;
mod calendars;
mod clocks;
mod desk;
mod jobs;
mod lists;
mod promises;
mod recompute;
mod seeded;
mod working_time;
