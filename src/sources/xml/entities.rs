//! The named entities of HTML that documents use without declaring them: letters of Latin-1 and a few signs.

/// The letters and signs from U+00A0 to U+00FF, in this order.
const LATIN: &str = "nbsp iexcl cent pound curren yen brvbar sect uml copy ordf laquo not shy reg macr deg plusmn sup2 sup3 acute micro para \
    middot cedil sup1 ordm raquo frac14 frac12 frac34 iquest Agrave Aacute Acirc Atilde Auml Aring AElig Ccedil Egrave Eacute Ecirc Euml \
    Igrave Iacute Icirc Iuml ETH Ntilde Ograve Oacute Ocirc Otilde Ouml times Oslash Ugrave Uacute Ucirc Uuml Yacute THORN szlig agrave aacute \
    acirc atilde auml aring aelig ccedil egrave eacute ecirc euml igrave iacute icirc iuml eth ntilde ograve oacute ocirc otilde ouml divide \
    oslash ugrave uacute ucirc uuml yacute thorn yuml";
const SIGNS: [(&str, char); 24] = [
    ("lt", '<'),
    ("gt", '>'),
    ("amp", '&'),
    ("quot", '"'),
    ("apos", '\''),
    ("ndash", '–'),
    ("mdash", '—'),
    ("lsquo", '‘'),
    ("rsquo", '’'),
    ("ldquo", '“'),
    ("rdquo", '”'),
    ("hellip", '…'),
    ("bull", '•'),
    ("euro", '€'),
    ("trade", '™'),
    ("OElig", 'Œ'),
    ("oelig", 'œ'),
    ("Scaron", 'Š'),
    ("scaron", 'š'),
    ("alpha", 'α'),
    ("beta", 'β'),
    ("gamma", 'γ'),
    ("mu", 'μ'),
    ("pi", 'π'),
];

/// The character that an entity stands for.
pub(super) fn named_entity(name: &str) -> Option<char> {
    let sign = SIGNS.iter().find(|(known, _)| *known == name).map(|(_, sign)| *sign);
    let latin = || (0xa0..=0xff_u32).zip(LATIN.split_whitespace()).find(|(_, known)| *known == name);
    sign.or_else(|| latin().and_then(|(code, _)| char::from_u32(code)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn entities_are_the_characters_of_html() {
        assert_eq!(LATIN.split_whitespace().count(), 96);
        let word: String = ["Aacute", "uuml", "ouml", "szlig", "yuml", "nbsp", "ndash"]
            .iter()
            .filter_map(|name| named_entity(name))
            .collect();
        assert_eq!(word, "Áüößÿ\u{a0}–");
        assert_eq!(named_entity("lol9"), None);
    }
}
