//! Addresses of page text: URLs, e-mail addresses and DOIs, in which nothing is repaired and nothing rendered.

use super::super::address;
use super::PageRepair;

impl PageRepair<'_, '_> {
    /// Copies the address that begins here. Text in braces after a URL was the text of a link.
    pub(super) fn address(&mut self) -> bool {
        if self.before(self.at).is_some_and(|c| c.is_ascii_alphanumeric()) {
            return false;
        }
        let rest = self.source.slice(self.at, self.text.len());
        // A run of letters and points is looked at once, not at every word of it.
        if self.at < self.host_end {
            return self.identifier(rest);
        }
        let Some(length) = address::length(rest) else {
            self.host_end = self.at + address::host_run(rest);
            return self.identifier(rest);
        };
        let start = self.at;
        let mut end = start + length;
        // Behind a script mark braces belong to the address.
        if matches!(self.before(end), Some('_' | '^'))
            && let Some((_, close)) = self.group(end)
        {
            end = close + 1;
        }
        let address = self.source.slice(start, end);
        if self.group(end).is_some() {
            self.out.push_str("\\href{");
            self.out.push_str(address);
            self.out.push('}');
            self.behind_command = end;
        } else {
            self.verbatim(address);
        }
        self.at = end;
        true
    }

    /// Copies the e-mail address or DOI that begins here.
    fn identifier(&mut self, rest: &str) -> bool {
        let length = match doi_length(rest) {
            Some(length) => length,
            None if self.has_mail => match mail_length(rest) {
                Some(length) => length,
                None => return false,
            },
            None => return false,
        };
        let text = self.source.slice(self.at, self.at + length);
        self.verbatim(text);
        self.at += length;
        true
    }

    /// Writes a text so that it is rendered as it is.
    fn verbatim(&mut self, text: &str) {
        let plain = !text.contains(['_', '^', '~', '{', '}', '\'', '`', '$']) && !text.contains("--");
        if plain {
            self.out.push_str(text);
        } else {
            self.out.push_str("\\nolinkurl{");
            self.out.push_str(text);
            self.out.push('}');
        }
    }
}

/// The length of the DOI at the beginning of a text.
fn doi_length(rest: &str) -> Option<usize> {
    let registrant = rest.strip_prefix("10.")?;
    let digits = registrant.bytes().take_while(u8::is_ascii_digit).count();
    if digits < 4 || registrant.as_bytes().get(digits) != Some(&b'/') {
        return None;
    }
    let mut depth = 0_i32;
    let end = rest.find(|c: char| {
        depth += i32::from(c == '(') - i32::from(c == ')');
        c.is_whitespace() || matches!(c, '{' | '}' | '"' | '\\' | '|') || depth < 0
    });
    let doi = rest.get(..end.unwrap_or(rest.len()))?.trim_end_matches(['.', ',', ';', ':', '!', '?', '\'', ']', '>']);
    Some(doi.len())
}

/// Whether a text has an address or a DOI with something in it that would be rendered; the other such characters are looked for anyway.
pub(super) fn holds_dashes(text: &str) -> bool {
    text.contains("--") && (text.contains('/') || text.contains("www.") || holds_doi(text))
}

fn holds_doi(text: &str) -> bool {
    text.match_indices("10.").any(|(at, _)| doi_length(text.get(at..).unwrap_or_default()).is_some())
}

/// The length of the e-mail address at the beginning of a text.
fn mail_length(rest: &str) -> Option<usize> {
    // RFC 5321 ends the local part at 64 bytes.
    let local = rest
        .bytes()
        .take(65)
        .take_while(|byte| byte.is_ascii_alphanumeric() || b".!#%&'*+-/=?^_`|~".contains(byte))
        .count();
    let domain = rest.get(local..)?.strip_prefix('@')?;
    let host = domain.get(..address::host_run(domain))?.trim_end_matches(['.', '-']);
    // `mAP^r@0.5` is a measure, not an address.
    let (name, domain) = host.rsplit_once('.')?;
    let is_domain = domain.len() > 1 && domain.bytes().all(|byte| byte.is_ascii_alphabetic());
    (local > 0 && !name.is_empty() && is_domain).then_some(local + 1 + host.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_end_before_the_sentence_does() {
        for (text, doi) in [
            ("10.1000/a_b^c~d.", "10.1000/a_b^c~d"),
            ("10.1002/(SICI)1099(199601)6:1<1::AID>3.0.CO;2-K)", "10.1002/(SICI)1099(199601)6:1<1::AID>3.0.CO;2-K"),
            ("10.5/x", ""),
            ("10.1000", ""),
        ] {
            assert_eq!(doi_length(text).unwrap_or(0), doi.len(), "{text}");
        }
        for (text, mail) in [
            ("a_b^c~d@example.org, x", "a_b^c~d@example.org"),
            ("a@b", ""),
            ("mAP^r@0.5", ""),
            ("a b@example.org", ""),
            ("a.b+c@mail.example.org.", "a.b+c@mail.example.org"),
        ] {
            assert_eq!(mail_length(text).unwrap_or(0), mail.len(), "{text}");
        }
    }
}
