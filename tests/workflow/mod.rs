//! What people do with tickets, through HTTP.

mod take;
