//! Checks every address before it goes to the system's opener: web addresses on the public web only, and nothing that a shell or an opener
//! could take for an option, a file or a program. What opens an address may read it less strictly than this module, so every spelling that
//! two readers could take differently is refused: a link is opened as it is shown or not at all.

use std::net::{Ipv4Addr, Ipv6Addr};

use crate::domain::clean::Clean;

/// Longest address that every opener and browser takes whole, in bytes.
const MOST_BYTES: usize = 2048;

/// The address as it will be opened, or why it will not be.
pub(super) fn web_address(url: &str) -> Result<String, String> {
    let refuse = |why: &str| Err(format!("not opened: {why}: {}", Clean::new(url).cut(60)));
    if url.len() > MOST_BYTES {
        return refuse("the address is too long");
    }
    if url.chars().any(|c| c.is_control() || c.is_whitespace() || "\"'<>\\^`{|}".contains(c)) {
        return refuse("the address has characters that are not allowed in one");
    }
    if *Clean::new(url) != *url {
        return refuse("the address has characters that cannot be shown");
    }
    let Some((scheme, rest)) = url.split_once("://") else {
        return refuse("only http and https addresses are opened");
    };
    let scheme = scheme.to_ascii_lowercase();
    if scheme != "https" && scheme != "http" {
        return refuse("only http and https addresses are opened");
    }
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default().to_ascii_lowercase();
    if authority.contains('@') {
        return refuse("the address hides its host behind a user name");
    }
    let Some(host) = without_port(&authority) else { return refuse("the address has no valid port") };
    if !is_public(host) {
        return refuse("the host is not on the public web");
    }
    Ok(format!("{scheme}://{rest}"))
}

/// The host of `host` or `host:port`; None when what follows the colon is not a port.
fn without_port(authority: &str) -> Option<&str> {
    let Some((host, port)) = authority.rsplit_once(':').filter(|_| !authority.ends_with(']')) else {
        return Some(authority);
    };
    let is_port = port.bytes().all(|byte| byte.is_ascii_digit()) && port.parse().is_ok_and(|port: u16| port > 0);
    is_port.then_some(host)
}

fn is_public(host: &str) -> bool {
    if let Some(literal) = host.strip_prefix('[') {
        return literal.strip_suffix(']').and_then(|host| host.parse().ok()).is_some_and(is_public_v6);
    }
    match host.parse() {
        Ok(address) => is_public_v4(address),
        // Numbers in any other spelling (hexadecimal, octal, fewer parts, a dot at the end) have a last label that is not a name.
        Err(_) => is_public_name(host),
    }
}

/// IPv4 networks that are not the public web: address and prefix length. Networks for documentation are left out: nothing answers there.
const LOCAL_NETWORKS: [(Ipv4Addr, u32); 12] = [
    // this host, and private use
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    // shared by the customers of a provider
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    // protocol assignments, 6to4 relays, benchmarks
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    // multicast, and reserved
    (Ipv4Addr::new(224, 0, 0, 0), 4),
    (Ipv4Addr::new(240, 0, 0, 0), 4),
];

fn is_public_v4(address: Ipv4Addr) -> bool {
    let is_in = |&(network, length): &(Ipv4Addr, u32)| (address.to_bits() ^ network.to_bits()) >> (32 - length) == 0;
    !LOCAL_NETWORKS.iter().any(is_in)
}

/// Global unicast, 2000::/3, without the networks in it that lead to an IPv4 address or that are protocol assignments. What else stands for
/// an IPv4 address (mapped, compatible, NAT64) lies outside it.
fn is_public_v6(address: Ipv6Addr) -> bool {
    let [first, second, .., fifth, sixth, _, _] = address.segments();
    let is_global = first & 0xe000 == 0x2000;
    let is_six_to_four = first == 0x2002;
    // 2001::/23: Teredo, benchmarks, overlay identifiers
    let is_assigned = first == 0x2001 && second < 0x200;
    let is_isatap = fifth & !0x200 == 0 && sixth == 0x5efe;
    is_global && !is_six_to_four && !is_assigned && !is_isatap
}

/// Ends of names that do not lead to the public web: reserved ones, and those that home and company networks use.
const LOCAL_NAMES: [&str; 12] = [
    "alt",
    "arpa",
    "corp",
    "home",
    "internal",
    "intranet",
    "lan",
    "local",
    "localdomain",
    "localhost",
    "onion",
    "private",
];

/// Letters, digits, hyphens and dots in at least two labels, of which the last is a top-level domain and not a local one. Names in other
/// scripts pass in the spelling that DNS uses (`xn--…`), which cannot be confused with another.
fn is_public_name(host: &str) -> bool {
    let labels: Vec<&str> = host.strip_suffix('.').unwrap_or(host).split('.').collect();
    let is_label = |label: &&str| {
        !label.is_empty()
            && label.len() <= 63
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
    };
    let is_top = |label: &&str| label.bytes().all(|byte| byte.is_ascii_alphabetic()) || label.starts_with("xn--");
    let last = labels.last().filter(|label| is_top(label) && !LOCAL_NAMES.contains(label));
    host.len() <= 253 && labels.len() >= 2 && labels.iter().all(is_label) && last.is_some()
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

    fn passes(url: &str) -> bool {
        web_address(url).is_ok()
    }

    #[test]
    fn web_addresses_are_opened_as_they_are() {
        for url in [
            "https://arxiv.org/abs/2401.00001",
            "http://example.org:8080/a?b=c#d",
            "https://example.org/%E2%82%AC/%0d%0a?q=%00",
            "https://example.org/größe/论文",
            "https://example.org./",
            "https://example.org?mail=a@b",
            "https://some_project.example.io/page",
            "https://xn--80ak6aa92e.example/",
            "https://example.xn--p1ai/",
            "http://93.184.216.34/",
            "http://[2606:2800:220:1::1]:8080/",
        ] {
            assert_eq!(web_address(url).as_deref(), Ok(url));
        }
        assert_eq!(web_address("HTTPS://example.org/Path").unwrap(), "https://example.org/Path");
    }

    #[test]
    fn only_web_addresses_pass() {
        for url in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "ftp://example.org",
            "-oProxyCommand=x",
            "example.org",
            "//example.org/",
            "",
            "https://",
            "https:/example.org",
            "https:example.org",
            "https:\\\\example.org",
            "data:text/html,x",
            "view-source:https://example.org/",
            "https://user@example.org/",
            "https://arxiv.org:80@example.org/",
            "https://example.org\\@arxiv.org/",
            "https://example.org/a b",
            "https://example.org/\u{1b}[31m",
            "https://example.org/$(x)`id`",
        ] {
            assert!(!passes(url), "{url:?}");
        }
    }

    #[test]
    fn hosts_that_are_not_on_the_public_web_are_refused() {
        for host in [
            // local names
            "localhost",
            "localhost.",
            "a.localhost",
            "printer.local",
            "printer.LOCAL.",
            "metadata.google.internal",
            "router.lan",
            "router.home",
            "home.arpa",
            "nas.home.arpa",
            "1.0.0.127.in-addr.arpa",
            "wiki.corp",
            "example.onion",
            "intranet",
            "example..org",
            "example.org..",
            ".example.org",
            "-a.example.org",
            // addresses and every other spelling of them
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "100.127.255.255",
            "127.0.0.1",
            "127.0.0.1.",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.0.0.192",
            "192.88.99.1",
            "192.168.1.1",
            "198.18.0.1",
            "198.19.255.255",
            "224.0.0.1",
            "240.0.0.1",
            "255.255.255.255",
            "127.0.0.0x1",
            "10.0x1",
            "0x7f.1",
            "0x7f000001",
            "0x",
            "1.0x",
            "0x7f.0.0.0x1:8080",
            "0177.0.0.1",
            "127.0.0.01",
            "127.1",
            "2130706433",
            "017700000001",
            "1.2.3.4.5",
            "256.1.1.1",
            "1.2.3.0xg",
            "example.0x1",
            "example.1",
            "foo.127.0.0.0x1",
            "[::]",
            "[::1]",
            "[fe80::1]",
            "[fe80::1%25eth0]",
            "[fc00::1]",
            "[ff02::1]",
            "[::ffff:10.0.0.1]",
            "[::ffff:93.184.216.34]",
            "[::127.0.0.1]",
            "[64:ff9b::7f00:1]",
            "[64:ff9b:1::1]",
            "[2002:7f00:1::]",
            "[2001::1]",
            "[2001:0:7f00:1::]",
            "[2001:10::1]",
            "[2001:2::1]",
            "[2001:db8::5efe:10.0.0.1]",
            "[2001:db8::200:5efe:10.0.0.1]",
            "[2606:2800::1",
            "2606:2800::1",
            "[127.0.0.1]",
            // letters and digits that only look like others, or that a browser folds
            "１２７.0.0.1",
            "127。0。0。1",
            "exa\u{ad}mple.org",
            "exa\u{202e}mple.org",
            "exa\u{200b}mple.org",
            "аrxiv.org",
            "localho\u{17f}t",
            "%6c%6f%63alhost",
            "127%2e0.0.1",
            "arxiv.org%2f.example.org",
            "arxiv.org\u{2044}example.org",
            // ports
            "example.org:",
            "example.org:0",
            "example.org:+80",
            "example.org:65536",
            "example.org:80:80",
            "example.org:8o",
        ] {
            for url in [format!("http://{host}"), format!("https://{host}/")] {
                assert!(!passes(&url), "{}", url.escape_unicode());
            }
        }
    }

    #[test]
    fn networks_end_where_they_end() {
        for host in [
            "9.255.255.255",
            "11.0.0.0",
            "100.63.255.255",
            "100.128.0.0",
            "172.15.255.255",
            "172.32.0.0",
            "192.0.1.1",
            "198.17.255.255",
            "198.20.0.0",
            "223.255.255.255",
            "[2001:200::1]",
            "[2003::1]",
            "[3fff:ffff::1]",
        ] {
            assert!(passes(&format!("http://{host}/")), "{host}");
        }
    }

    #[test]
    fn what_cannot_be_shown_is_not_opened() {
        for path in [
            "a\u{202e}b",
            "a\u{200b}b",
            "a\u{feff}b",
            "a\u{e000}b",
            "a\u{e0041}b",
            "a\u{3164}b",
            "e\u{301}\u{301}x\u{2800}",
        ] {
            assert!(!passes(&format!("https://example.org/{path}")), "{}", path.escape_unicode());
        }
    }
}
