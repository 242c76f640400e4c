//! The numbers of clients.

use serde_json::{Value, json};

use super::base::{Client, Payment};
use super::charts::{Sight, shares};
use super::figures::Figures;

/// The rows whose name has `search` in it, most tickets first. `last_ticket_at` is in microseconds.
pub fn client_analysis(sight: &Sight, search: &str) -> Vec<Value> {
    let base = sight.base;
    let tickets = sight.tickets();
    let own = |client: &Client| {
        let id = client.id;
        tickets.iter().copied().filter(move |t| t.client_id == id)
    };
    let parts: Vec<usize> = base.clients.iter().map(|c| own(c).count()).collect();
    let mut found: Vec<(usize, &Client, Value)> = base
        .clients
        .iter()
        .zip(shares(&parts))
        .filter(|(client, _)| sight.selection.lists_client(client.id))
        .filter(|(client, _)| client.name.to_lowercase().contains(&search.to_lowercase()))
        .map(|(client, share)| {
            let figures = Figures::of(base, own(client));
            let sum = |statuses: &[&str]| {
                let payments = base.payments.iter().filter(|payment: &&Payment| {
                    payment.client_id == client.id
                        && payment
                            .status
                            .as_deref()
                            .is_some_and(|status| statuses.contains(&status))
                });
                let cents: i64 = payments.map(|payment| payment.cents).sum();
                f64::from(i32::try_from(cents).expect("a small sum")) / 100.0
            };
            let row = json!({
                "id": client.id,
                "client_name": client.name,
                "client_plan": client.plan,
                "client_status": client.status,
                "total_tickets": figures.tickets,
                "open_tickets": figures.open,
                "by_status": figures.by_status,
                "total_spent": sum(&["completed", "refunded"]),
                "total_paid": sum(&["completed"]),
                "total_refunded": sum(&["refunded"]),
                "last_ticket_at": own(client).filter_map(|t| t.created_at).max(),
                "share_of_tickets": share,
            });
            (figures.tickets, client, row)
        })
        .collect();
    found.sort_by(|(a, x, _), (b, y, _)| {
        b.cmp(a)
            .then_with(|| x.name.cmp(&y.name))
            .then(x.id.cmp(&y.id))
    });
    found.into_iter().map(|(_, _, row)| row).collect()
}
