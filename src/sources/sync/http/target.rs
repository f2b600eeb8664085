//! Where a request goes: an address, and the addresses that a host may send on to. Only https, or what the user named.

use ureq::http::Uri;

/// Text as a part of an address: of its path, or a value in its query.
pub(in crate::sources::sync) fn encoded(text: &str) -> String {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    text.bytes()
        .map(|byte| if is_plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") })
        .collect()
}

/// The address of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Target {
    url: String,
    scheme: String,
    host: String,
    /// The host with its port.
    authority: String,
}

impl Target {
    /// None for what is no address of http or https, or carries a name and a password.
    pub(super) fn parse(url: &str) -> Option<Self> {
        let parsed: Uri = url.parse().ok()?;
        let scheme = parsed.scheme_str().filter(|scheme| ["http", "https"].contains(scheme))?.to_owned();
        let authority = parsed.authority()?.as_str().to_ascii_lowercase();
        let host = parsed.host()?.to_ascii_lowercase();
        if host.is_empty() || authority.contains('@') {
            return None;
        }
        Some(Self { url: url.to_owned(), scheme, host, authority })
    }

    pub(super) fn url(&self) -> &str {
        &self.url
    }

    pub(super) fn authority(&self) -> &str {
        &self.authority
    }

    /// Where `location` leads from here. None when it leaves the host and its subdomains, or leads from https to http: a login page of a
    /// network is not an answer of the host.
    pub(super) fn redirected(&self, location: &str) -> Option<Self> {
        let absolute = match location.strip_prefix('/') {
            Some(rest) if !rest.starts_with('/') => format!("{}://{}{location}", self.scheme, self.authority),
            _ => location.to_owned(),
        };
        let next = Self::parse(&absolute)?;
        let is_within = |inner: &str, outer: &str| inner.strip_suffix(outer).is_some_and(|sub| sub.ends_with('.'));
        let is_same_site = next.host == self.host
            || is_within(&next.host, &self.host)
            || is_within(&self.host, &next.host) && next.host.contains('.');
        let is_same_origin = next.authority == self.authority && next.scheme == self.scheme;
        (is_same_origin || next.scheme == "https" && is_same_site).then_some(next)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_encoded_for_an_address() {
        assert_eq!(encoded("(ti:\"a b\") AND é"), "%28ti%3A%22a%20b%22%29%20AND%20%C3%A9");
        assert_eq!(encoded("hep-th/9901001"), "hep-th%2F9901001");
    }

    #[test]
    fn redirects_stay_with_the_host() {
        let from = |from: &str, location: &str| {
            Target::parse(from).unwrap().redirected(location).map(|target| target.url().to_owned())
        };
        let home = "https://example.org/papers?p=1";
        for (location, expected) in [
            ("/other", Some("https://example.org/other")),
            ("https://example.org/x", Some("https://example.org/x")),
            ("https://www.example.org/x", Some("https://www.example.org/x")),
            ("http://example.org/x", None),
            ("https://example.com/x", None),
            ("https://notexample.org/", None),
            ("https://org/", None),
            ("//example.com/x", None),
            ("file:///etc/passwd", None),
            ("javascript:alert(1)", None),
            ("http://169.254.169.254/latest", None),
            ("https://user:secret@example.org/", None),
            ("ht!tp://\u{1b}]0;x\u{7}", None),
            ("", None),
        ] {
            assert_eq!(from(home, location).as_deref(), expected, "{location:?}");
        }
        let local = "http://127.0.0.1:8080/api";
        assert_eq!(from(local, "http://127.0.0.1:8080/x").as_deref(), Some("http://127.0.0.1:8080/x"));
        assert_eq!(from(local, "http://127.0.0.1:9090/x"), None);
        assert_eq!(from(local, "http://169.254.169.254/"), None);
    }
}
