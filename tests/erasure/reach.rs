//! Which rows are a client's, as the catalog has it: along the foreign keys, and along numbers that are
//! kept without one. Nobody writes down the tables here, so a new one is found by itself.

use tokio_postgres::Client;

/// Columns that name a row without a foreign key, by name, and what they name.
const BY_NAME: &str = "(values
    ('client_id', 'public.clients', 'id'),
    ('ticket_id', 'public.tickets', 'id'),
    ('message_id', 'public.ticket_messages', 'id'),
    ('account_id', 'auth.accounts', 'id'),
    ('session_id', 'auth.sessions', 'id')
) as n (referring, referred_table, referred)";

/// About an erasure, not about whom it erased; and figures, which stay as they are: sums made of rows that are
/// found elsewhere.
fn is_theirs(table: &str) -> bool {
    table != "ops.audit" && !table.starts_with("analytics.")
}

/// A table that holds rows of the client, and the condition that finds them.
pub struct Reached {
    pub table: String,
    pub condition: String,
}

/// Each table of ours, with a single column that says whose its rows are.
pub async fn reached(admin: &Client, client: i32) -> Vec<Reached> {
    let statement = format!(
        "select child.name, a.attname::text, parent.name, b.attname::text
        from pg_constraint as k
        join pg_attribute as a on a.attrelid = k.conrelid and k.conkey = array[a.attnum]
        join pg_attribute as b on b.attrelid = k.confrelid and k.confkey = array[b.attnum]
        cross join lateral (select c.relnamespace::regnamespace || '.' || c.relname from pg_class as c where c.oid = k.conrelid) as child (name)
        cross join lateral (select c.relnamespace::regnamespace || '.' || c.relname from pg_class as c where c.oid = k.confrelid) as parent (name)
        where k.contype = 'f' and k.conrelid <> k.confrelid
        union
        select c.relnamespace::regnamespace || '.' || c.relname, n.referring, n.referred_table, n.referred
        from pg_class as c
        join pg_namespace as s on s.oid = c.relnamespace and s.nspname !~ '^pg_'
        join pg_attribute as a on a.attrelid = c.oid and not a.attisdropped
        join {BY_NAME} on n.referring = a.attname
        where c.relkind in ('r', 'p')
        order by 1, 2"
    );
    let links = admin.query(&statement, &[]).await.unwrap();
    let mut found = vec![Reached {
        table: "public.clients".to_owned(),
        condition: format!("id = {client}"),
    }];
    let mut next = 0;
    while next < found.len() {
        for link in &links {
            let [child, column, parent, key] = [0, 1, 2, 3].map(|n| link.get::<_, String>(n));
            let known = found.iter().any(|one| one.table == child);
            if parent == found[next].table && !known && is_theirs(&child) {
                let rows = &found[next].condition;
                let condition = format!("{column} in (select {key} from {parent} where {rows})");
                found.push(Reached {
                    table: child,
                    condition,
                });
            }
        }
        next += 1;
    }
    found
}
