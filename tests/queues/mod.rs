//! The queues of open work.

mod contents;
mod pages;
mod plans;
mod rights;

/// Every queue, and the view that they are of.
const QUEUES: [&str; 5] = [
    "open_tickets",
    "queue_own",
    "queue_unassigned",
    "queue_team",
    "queue_overdue",
];

/// As the page asks for them.
const ORDERS: [&str; 2] = [
    "due_at.asc.nullslast,id",
    "priority_rank.desc,created_at,id",
];
