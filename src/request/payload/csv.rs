//! CSV bodies, as the JSON array that PostgREST makes of them: text values, `NULL` for null.

use csv::ReaderBuilder;
use serde_json::{Map, Value};

use super::{Payload, RequestError};

pub(super) fn parse(body: &[u8]) -> Result<Payload, RequestError> {
    // Flexible: a wrong number of fields gets PostgREST's message, not the library's.
    let mut reader = ReaderBuilder::new().flexible(true).from_reader(body);
    let header = reader
        .headers()
        .map_err(|error| unreadable(&error))?
        .clone();
    let keys: Vec<String> = header.iter().map(str::to_owned).collect();
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|error| unreadable(&error))?;
        if record.len() < keys.len() {
            return Err(RequestError::Body(
                "All lines must have same number of fields".to_owned(),
            ));
        }
        // Fields beyond the header are dropped, as in PostgREST.
        let row: Map<String, Value> = keys
            .iter()
            .zip(&record)
            .map(|(key, field)| (key.clone(), value(field)))
            .collect();
        rows.push(Value::Object(row));
    }
    if rows.is_empty() && !body.ends_with(b"\n") {
        return Err(RequestError::Body(
            "Invalid CSV: the first line, which names the columns, has no end. Of JSON say Content-Type: \
             application/json"
                .to_owned(),
        ));
    }
    let keys = if rows.is_empty() { Vec::new() } else { keys };
    Ok(Payload::Array {
        text: Value::Array(rows).to_string(),
        keys,
    })
}

fn value(field: &str) -> Value {
    match field {
        "NULL" => Value::Null,
        text => Value::String(text.to_owned()),
    }
}

fn unreadable(error: &csv::Error) -> RequestError {
    RequestError::Body(format!("Invalid CSV: {error}"))
}
