//! Single fields of JSON records, as services write them: text or number, one or a list of one, null as absent.

use serde_json::Value;

use crate::domain::date::PartialDate;
use crate::sources::stated::date;

/// The text of a field, or of the first element of its list; a number in digits; empty where there is neither.
pub(super) fn text(object: &Value, name: &str) -> String {
    object.get(name).map(text_of).unwrap_or_default()
}

/// The text of the first of these fields that has one.
pub(super) fn first_text(object: &Value, names: &[&str]) -> String {
    names.iter().map(|name| text(object, name)).find(|text| !text.trim().is_empty()).unwrap_or_default()
}

pub(super) fn text_of(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Number(number) => number.to_string(),
        Value::Array(values) => values.first().filter(|value| !value.is_array()).map(text_of).unwrap_or_default(),
        // OpenReview writes `{"value": ...}`.
        Value::Object(object) => {
            object.get("value").filter(|value| !value.is_object()).map(text_of).unwrap_or_default()
        }
        Value::Null | Value::Bool(_) => String::new(),
    }
}

/// The elements of a list; a single value as one.
pub(super) fn list<'v>(object: &'v Value, name: &str) -> &'v [Value] {
    let value = object.get(name);
    let value = value.and_then(|value| value.get("value")).or(value);
    match value {
        Some(Value::Array(values)) => values,
        Some(Value::Null) | None => &[],
        Some(one) => std::slice::from_ref(one),
    }
}

/// The texts of a list.
pub(super) fn texts(object: &Value, name: &str) -> Vec<String> {
    list(object, name).iter().map(text_of).filter(|text| !text.trim().is_empty()).collect()
}

/// A text inside of objects: `["primary_location", "source", "display_name"]`.
pub(super) fn text_at(object: &Value, path: &[&str]) -> String {
    let mut value = object;
    for name in path {
        match value.get(name) {
            Some(inner) => value = inner,
            None => return String::new(),
        }
    }
    text_of(value)
}

/// `[[2024, 1, 3]]`, of which later parts may be missing or null.
pub(super) fn date_parts(value: &Value) -> Option<PartialDate> {
    let parts = value.get("date-parts")?.get(0)?;
    let part = |place: usize| parts.get(place).map(text_of).unwrap_or_default();
    date(&part(0), &part(1), &part(2))
}

/// The day in UTC of an instant in milliseconds since 1970.
pub(super) fn day_of_milliseconds(value: &Value) -> Option<PartialDate> {
    let instant = jiff::Timestamp::from_millisecond(value.as_i64()?).ok()?;
    Some(jiff::tz::Offset::UTC.to_datetime(instant).date().into())
}
