//! Settings of the services that `tsundoku sync` asks: a table `[sync.NAME]` for each. A service with a table is asked when none is named.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::Serialize;

/// Names of the services that have settings.
pub const SERVICES: [&str; 1] = ["hf"];

/// The services with a table, by name.
pub type SyncConfig = BTreeMap<String, ServiceConfig>;

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServiceConfig {
    /// The first day to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The address of a mirror, without the path of a request.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
}

/// A setting of a service: its name, and the function that reads its value.
pub(super) type ServiceSetting = (&'static str, fn(&mut ServiceConfig, String) -> Result<(), String>);

pub(super) const SERVICE_SETTINGS: [ServiceSetting; 2] = [
    ("from", |service, value| {
        let day = value.parse().map_err(|_| format!("`{value}` is not a day such as 2025-03-12"))?;
        service.from = Some(day);
        Ok(())
    }),
    ("base", |service, value| {
        let rest = value.strip_prefix("https://").or_else(|| value.strip_prefix("http://"));
        if rest.is_none_or(|rest| rest.trim_matches('/').is_empty()) {
            return Err(format!("`{value}` is not an address such as https://example.org"));
        }
        service.base = Some(value.trim_end_matches('/').to_owned());
        Ok(())
    }),
];
