//! JSON against JSON: counts exactly, fractions to nine digits.

use serde_json::Value;

const TOLERANCE: f64 = 1e-9;

/// Where `got` differs from `expected`, one line a place; none where they agree.
pub fn differences(expected: &Value, got: &Value) -> Vec<String> {
    let mut found = Vec::new();
    walk("", expected, got, &mut found);
    found
}

fn walk(path: &str, expected: &Value, got: &Value, found: &mut Vec<String>) {
    match (expected, got) {
        (Value::Object(a), Value::Object(b)) => {
            for (key, value) in a {
                walk(
                    &format!("{path}.{key}"),
                    value,
                    b.get(key).unwrap_or(&Value::String("absent".to_owned())),
                    found,
                );
            }
            for key in b.keys().filter(|key| !a.contains_key(*key)) {
                found.push(format!("{path}.{key}: not expected at all"));
            }
        }
        (Value::Array(a), Value::Array(b)) if a.len() == b.len() => {
            for (index, (a, b)) in a.iter().zip(b).enumerate() {
                walk(&format!("{path}[{index}]"), a, b, found);
            }
        }
        (Value::Number(a), Value::Number(b)) if agree(a.as_f64(), b.as_f64(), a.is_f64()) => {}
        (a, b) if a == b => {}
        (a, b) => found.push(format!("{path}: expected {a}, got {b}")),
    }
}

fn agree(a: Option<f64>, b: Option<f64>, is_fraction: bool) -> bool {
    let (Some(a), Some(b)) = (a, b) else {
        return false;
    };
    let allowed = if is_fraction {
        TOLERANCE * a.abs().max(b.abs())
    } else {
        0.0
    };
    (a - b).abs() <= allowed
}
