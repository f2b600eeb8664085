//! The proxies of the environment. One that cannot be used is an error: to go around it would show what it is to hide.

use ureq::Proxy;

use super::failure::Failure;
use crate::domain::clean::Clean;

/// The variables that name a proxy, in the order in which they are looked at.
const VARIABLES: [&str; 6] = ["ALL_PROXY", "all_proxy", "HTTPS_PROXY", "https_proxy", "HTTP_PROXY", "http_proxy"];

/// Fails where a variable names a proxy that is not understood.
pub(super) fn expect_usable(variable: impl Fn(&str) -> Option<String>) -> Result<(), Failure> {
    let set = VARIABLES.iter().filter_map(|name| Some((*name, variable(name)?)));
    for (name, value) in set.filter(|(_, value)| !value.trim().is_empty()) {
        if Proxy::new(&value).is_err() {
            // Without the name and the password that may stand before the host.
            let scheme = value.split_once("://").map_or("", |(scheme, _)| scheme);
            let scheme = Clean::new(scheme).cut(20);
            return Err(Failure::of_machine(format!(
                "the proxy in {name} (`{scheme}://…`) is not one that can be used; nothing was sent"
            )));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_proxy_that_cannot_be_used_is_not_gone_around() {
        let check = |name: &str, value: &str| expect_usable(|asked| (asked == name).then(|| value.to_owned()));
        for value in ["", " ", "http://127.0.0.1:9", "socks5://127.0.0.1:9", "socks5h://127.0.0.1:9", "localhost:8080"]
        {
            assert_eq!(check("ALL_PROXY", value), Ok(()), "{value}");
        }
        let failure = check("https_proxy", "quantum://user:secret@host:1").unwrap_err();
        assert!(failure.message.contains("https_proxy") && !failure.message.contains("secret"), "{failure:?}");
    }
}
