//! Settings of the services that `tsundoku sync` asks: a table `[sync.NAME]` for each. A service with a table is asked when none is named.

use std::collections::BTreeMap;

use jiff::civil::Date;
use serde::{Serialize, Serializer};
use toml::de::{DeTable, DeValue};

use crate::domain::followed::{Followed, FollowedFeed};
use crate::domain::nearest::did_you_mean;

/// Names of the services that have settings.
pub const SERVICES: [&str; 4] = ["hf", "arxiv", FEED, "library"];

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct SyncConfig {
    /// Minutes between two syncs while the reader is open; None is never.
    #[serde(skip_serializing_if = "Option::is_none", serialize_with = "write_interval")]
    pub every: Option<u32>,
    /// How the owner of a service reaches the user: requests state it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub contact: Option<String>,
    /// The feeds, in their order.
    #[serde(rename = "feed", skip_serializing_if = "Vec::is_empty")]
    pub feeds: Vec<FollowedFeed>,
    /// The other services with a table, by name.
    #[serde(flatten)]
    pub services: BTreeMap<String, ServiceConfig>,
}

impl SyncConfig {
    /// The settings of a service, or the defaults.
    pub fn service(&self, name: &str) -> ServiceConfig {
        let service = self.services.get(name).cloned().unwrap_or_default();
        let feeds = if name == FEED { self.feeds.clone() } else { Vec::new() };
        ServiceConfig { followed: Followed { feeds, ..service.followed }, ..service }
    }

    /// The addresses of mirrors by the names of the services.
    pub fn mirrors(&self) -> BTreeMap<String, String> {
        let mirrors = self.services.iter().filter_map(|(name, service)| Some((name.clone(), service.base.clone()?)));
        mirrors.collect()
    }

    /// The names of the services that have settings.
    pub fn names(&self) -> impl Iterator<Item = &str> {
        let feed = (!self.feeds.is_empty()).then_some(FEED);
        self.services.keys().map(String::as_str).chain(feed)
    }

    /// As it stands in the file of the settings.
    pub fn to_toml(&self) -> String {
        #[derive(Serialize)]
        struct SyncTables<'a> {
            sync: &'a SyncConfig,
        }
        toml::to_string(&SyncTables { sync: self }).unwrap_or_default()
    }

    pub(super) fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// The service of the tables `[[sync.feed]]`.
pub(super) const FEED: &str = "feed";

/// An address by which people reach people: no sign that ends the name of a program in a request.
pub(super) fn contact(text: &str) -> Result<String, String> {
    let text = text.trim();
    let is_plain = |c: char| c.is_ascii_graphic() && !"()\\;".contains(c);
    match !text.is_empty() && text.len() <= 200 && text.chars().all(is_plain) {
        true => Ok(text.to_owned()),
        false => Err(format!("`{text}` is no address such as you@example.org")),
    }
}

/// A feed of the settings. An error says what is wrong with it; it is not asked then.
pub(super) fn feed(entries: &DeTable<'_>) -> Result<FollowedFeed, String> {
    let mut feed = FollowedFeed { name: String::new(), address: String::new() };
    for (key, value) in entries {
        let place = match key.get_ref().as_ref() {
            "address" => &mut feed.address,
            "name" => &mut feed.name,
            other => return Err(format!("unknown setting `{other}`; {}", did_you_mean(other, ["address", "name"]))),
        };
        *place = text(value.get_ref())?;
    }
    match ["https://", "http://"].iter().any(|scheme| feed.address.starts_with(scheme)) {
        true => Ok(feed),
        false => Err(format!("`{}` is no address such as https://example.org/feed.xml", feed.address)),
    }
}

/// Shortest interval of `every`, in minutes: lists change a few times a day.
const SHORTEST: u32 = 10;

/// `90m`, `2h` or `1d` in minutes.
pub(super) fn interval(text: &str) -> Result<u32, String> {
    let read = |unit: char, minutes: u32| text.trim().strip_suffix(unit)?.parse::<u32>().ok()?.checked_mul(minutes);
    let minutes = read('m', 1).or_else(|| read('h', 60)).or_else(|| read('d', 24 * 60));
    match minutes {
        Some(minutes) if minutes >= SHORTEST => Ok(minutes),
        Some(_) => Err(format!("`{text}` is less than {SHORTEST}m")),
        None => Err(format!("`{text}` is not an interval such as 90m, 2h or 1d")),
    }
}

fn write_interval<S: Serializer>(minutes: &Option<u32>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(&format!("{}m", minutes.unwrap_or_default()))
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct ServiceConfig {
    /// The first day to ask for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from: Option<Date>,
    /// The address of a mirror, without the path of a request; empty where the settings name one that is not understood.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub base: Option<String>,
    #[serde(flatten)]
    pub followed: Followed,
}

/// A setting of services: its name, which of them have it, and how its value is read.
pub(super) struct ServiceSetting {
    pub(super) name: &'static str,
    pub(super) services: &'static [&'static str],
    pub(super) read: ReadSetting,
}

/// The functions that store a value; the error says what is wrong with it.
pub(super) enum ReadSetting {
    Text(fn(&mut ServiceConfig, String) -> Result<(), String>),
    Texts(fn(&mut ServiceConfig, Vec<String>)),
}

pub(super) const SERVICE_SETTINGS: [ServiceSetting; 4] = [
    ServiceSetting { name: "from", services: &["hf", "arxiv"], read: ReadSetting::Text(read_from) },
    ServiceSetting { name: "base", services: &["hf", "arxiv"], read: ReadSetting::Text(read_base) },
    ServiceSetting {
        name: "categories",
        services: &["arxiv"],
        read: ReadSetting::Texts(|service, categories| service.followed.categories = categories),
    },
    ServiceSetting {
        name: "queries",
        services: &["arxiv"],
        read: ReadSetting::Texts(|service, queries| service.followed.queries = queries),
    },
];

fn read_from(service: &mut ServiceConfig, value: String) -> Result<(), String> {
    let day = value.parse().map_err(|_| format!("`{value}` is not a day such as 2025-03-12; it is left out"))?;
    service.from = Some(day);
    Ok(())
}

fn read_base(service: &mut ServiceConfig, value: String) -> Result<(), String> {
    let scheme = ["https://", "http://"]
        .into_iter()
        .find(|scheme| value.get(..scheme.len()).is_some_and(|begin| begin.eq_ignore_ascii_case(scheme)));
    let rest = scheme.and_then(|scheme| value.get(scheme.len()..)).unwrap_or_default().trim_end_matches('/');
    let is_address =
        !rest.is_empty() && !rest.contains(['@', '?', '#', '`', '\\']) && !rest.contains(char::is_whitespace);
    // The service itself is not asked in place of a mirror that is not understood.
    service.base = Some(if is_address { format!("{}{rest}", scheme.unwrap_or_default()) } else { String::new() });
    match is_address {
        true => Ok(()),
        false => {
            Err("expected an address such as https://example.org; nothing is fetched from this service".to_owned())
        }
    }
}

/// A day may be written with and without quotes.
pub(super) fn text(value: &DeValue<'_>) -> Result<String, String> {
    match value {
        DeValue::String(text) => Ok(text.to_string()),
        DeValue::Datetime(day) => Ok(day.to_string()),
        other => Err(format!("expected text in quotes, found {}", other.type_str())),
    }
}

/// A list of texts, or only one.
pub(super) fn texts(value: &DeValue<'_>) -> Result<Vec<String>, String> {
    let wrong = |found: &str| format!("expected a list of texts in quotes, found {found}");
    match value {
        DeValue::String(text) => Ok(vec![text.to_string()]),
        DeValue::Array(values) => values
            .iter()
            .map(|value| match value.get_ref() {
                DeValue::String(text) => Ok(text.to_string()),
                other => Err(wrong(other.type_str())),
            })
            .collect(),
        other => Err(wrong(other.type_str())),
    }
}
