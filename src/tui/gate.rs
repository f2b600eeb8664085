//! Checks every address before it goes to the system's opener: web addresses only, nothing that a shell or an opener could take for an
//! option, a file or a program.

use std::net::{Ipv4Addr, Ipv6Addr};

/// The address as it will be opened, or why it will not be.
pub(super) fn web_address(url: &str) -> Result<String, String> {
    let refuse = |why: &str| Err(format!("not opened: {why}: {}", crate::domain::clean::Clean::new(url).cut(60)));
    if url.len() > 2048 {
        return refuse("the address is too long");
    }
    if url.chars().any(|c| c.is_control() || c.is_whitespace() || "\"'<>\\^`{|}".contains(c)) {
        return refuse("the address has characters that are not allowed in one");
    }
    let lower = url.to_ascii_lowercase();
    let Some(rest) = lower.strip_prefix("https://").or_else(|| lower.strip_prefix("http://")) else {
        return refuse("only http and https addresses are opened");
    };
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    if authority.contains('@') {
        return refuse("the address hides its host behind a user name");
    }
    let host = authority.rsplit_once(':').map_or(
        authority,
        |(host, port)| {
            if port.parse::<u16>().is_ok() { host } else { authority }
        },
    );
    let literal = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
    let is_public = match (literal.map(str::parse), host.parse()) {
        (Some(Ok(address)), _) => is_public_v6(address),
        (Some(Err(_)), _) => false,
        (None, Ok(address)) => is_public_v4(address),
        (None, Err(_)) => is_public_name(host),
    };
    if !is_public {
        return refuse("the host is not on the public web");
    }
    let scheme_end = url.len() - rest.len();
    let (scheme, rest) = (lower.get(..scheme_end).unwrap_or_default(), url.get(scheme_end..).unwrap_or_default());
    Ok(format!("{scheme}{rest}"))
}

fn is_public_v4(address: Ipv4Addr) -> bool {
    let [first, ..] = address.octets();
    let is_local = address.is_private() || address.is_loopback() || address.is_link_local();
    !(is_local || address.is_multicast() || first == 0 || first >= 240)
}

fn is_public_v6(address: Ipv6Addr) -> bool {
    // Global unicast is 2000::/3; what stands for an IPv4 address lies outside it.
    let [first, ..] = address.segments();
    first & 0xe000 == 0x2000
}

/// Letters, digits, hyphens and dots in at least two labels, the last one not a number: not a local name.
fn is_public_name(host: &str) -> bool {
    let labels: Vec<&str> = host.trim_end_matches('.').split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
    };
    let last_is_name = labels.last().is_some_and(|label| label.bytes().any(|byte| byte.is_ascii_alphabetic()));
    let is_local = labels.last().is_some_and(|label| ["localhost", "local", "internal", "lan"].contains(label));
    host.len() <= 253 && labels.len() >= 2 && labels.iter().all(is_label) && last_is_name && !is_local
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_addresses_are_refused() {
        let Some(folder) = std::env::var_os("TSUNDOKU_TEST_HOSTILE") else { return };
        let cases = std::fs::read_to_string(std::path::Path::new(&folder).join("urls.jsonl")).unwrap();
        for case in cases.lines() {
            let case: serde_json::Value = serde_json::from_str(case).unwrap();
            let (url, verdict) = (case["url"].as_str().unwrap(), case["open"].as_str().unwrap());
            assert_eq!(web_address(url).is_ok(), verdict == "yes", "{} {verdict}", case["id"]);
        }
    }

    #[test]
    fn only_web_addresses_pass() {
        for url in ["https://arxiv.org/abs/2401.00001", "http://example.org:8080/a?b=c#d", "HTTPS://Example.org/Path"] {
            assert!(web_address(url).is_ok(), "{url}");
        }
        assert_eq!(web_address("HTTPS://example.org/Path").unwrap(), "https://example.org/Path");
        let refused = [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "ftp://example.org",
            "-oProxyCommand=x",
            "example.org",
            "",
            "https://",
            "https://localhost/",
            "https://127.0.0.1/",
            "https://[::1]/",
            "https://user@example.org/",
            "https://example.org/a b",
            "https://example.org/\u{1b}[31m",
            "https://example.org/$(x)`id`",
            "https://0x7f.1/",
            "https://printer.local/",
            "https://[::ffff:10.0.0.1]/",
            "https://[fe80::1]/",
            "https://10.1.2.3/",
            "data:text/html,x",
            "https:/example.org",
            "https://exa\u{202e}mple.org/",
        ];
        for url in refused {
            assert!(web_address(url).is_err(), "{url:?}");
        }
    }
}
