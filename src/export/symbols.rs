//! The LaTeX spelling of characters: letters and signs of text, symbols of formulas, and the accents and marks that are put on letters.

/// An accent of text.
pub(super) struct Accent {
    name: &'static str,
    /// It stands above the letter, where it replaces the dot of an i.
    is_above: bool,
}

impl Accent {
    /// The letter with the accent, in braces.
    pub(super) fn on(&self, letter: &str) -> String {
        let letter = match letter {
            "i" | "{\\i}" if self.is_above => "\\i",
            "j" if self.is_above => "\\j",
            letter => letter,
        };
        let bare = letter.strip_prefix('{').and_then(|letter| letter.strip_suffix('}'));
        let by_name = self.name.starts_with(|c: char| c.is_ascii_alphabetic());
        let letter = bare.filter(|_| by_name).unwrap_or(letter);
        if letter.len() > 1 && !letter.starts_with('{') || by_name {
            format!("{{\\{}{{{letter}}}}}", self.name)
        } else {
            format!("{{\\{}{letter}}}", self.name)
        }
    }
}

/// The accent that a combining mark is. None when LaTeX has none in text.
pub(super) fn accent_of(mark: char) -> Option<Accent> {
    let (name, is_above) = match mark {
        '\u{300}' => ("`", true),
        '\u{301}' => ("'", true),
        '\u{302}' => ("^", true),
        '\u{303}' => ("~", true),
        '\u{304}' => ("=", true),
        '\u{306}' => ("u", true),
        '\u{307}' => (".", true),
        '\u{308}' => ("\"", true),
        '\u{30A}' => ("r", true),
        '\u{30B}' => ("H", true),
        '\u{30C}' => ("v", true),
        '\u{323}' => ("d", false),
        '\u{326}' => ("textcommabelow", false),
        '\u{327}' => ("c", false),
        '\u{328}' => ("k", false),
        '\u{331}' => ("b", false),
        _ => return None,
    };
    Some(Accent { name, is_above })
}

/// Marks on the characters of formulas, and on letters where text has no such accent.
pub(super) const MATH_MARKS: &[(char, &str)] = &[
    ('\u{300}', "grave"),
    ('\u{301}', "acute"),
    ('\u{302}', "hat"),
    ('\u{303}', "tilde"),
    ('\u{304}', "bar"),
    ('\u{305}', "overline"),
    ('\u{306}', "breve"),
    ('\u{307}', "dot"),
    ('\u{308}', "ddot"),
    ('\u{30A}', "mathring"),
    ('\u{30C}', "check"),
    ('\u{332}', "underline"),
    ('\u{338}', "not"),
    ('\u{20D7}', "vec"),
];

/// Symbols whose usual command is not the renderer's.
pub(super) const MATHEMATICS: &[(char, &str)] = &[
    ('°', "^\\circ"),
    ('′', "'"),
    ('″', "''"),
    ('−', "-"),
    ('∗', "\\ast"),
    ('µ', "\\mu"),
    ('∆', "\\Delta"),
    ('Ω', "\\Omega"),
    ('⋅', "\\cdot"),
    ('‖', "\\|"),
    ('√', "\\surd"),
    ('≔', ":="),
    ('∣', "|"),
    ('∶', ":"),
    ('∕', "/"),
    ('¬', "\\neg"),
    ('ᐟ', "^/"),
    ('ɛ', "\\varepsilon"),
    ('ϴ', "\\Theta"),
    ('↵', "\\hookleftarrow"),
    ('⊄', "\\not\\subset"),
    ('✕', "\\times"),
    ('⫫', "\\perp\\!\\!\\!\\perp"),
    ('ο', "o"),
    ('Α', "\\mathrm{A}"),
    ('Β', "\\mathrm{B}"),
    ('Ε', "\\mathrm{E}"),
    ('Ζ', "\\mathrm{Z}"),
    ('Η', "\\mathrm{H}"),
    ('Ι', "\\mathrm{I}"),
    ('Κ', "\\mathrm{K}"),
    ('Μ', "\\mathrm{M}"),
    ('Ν', "\\mathrm{N}"),
    ('Ο', "\\mathrm{O}"),
    ('Ρ', "\\mathrm{P}"),
    ('Τ', "\\mathrm{T}"),
    ('Χ', "\\mathrm{X}"),
];

/// Letters and signs of text. Signs with a capital in their command have two braces, so that no style takes it for a word.
pub(super) const TEXT: &[(char, &str)] = &[
    ('ß', "{\\ss}"),
    ('æ', "{\\ae}"),
    ('Æ', "{\\AE}"),
    ('œ', "{\\oe}"),
    ('Œ', "{\\OE}"),
    ('ø', "{\\o}"),
    ('Ø', "{\\O}"),
    ('ł', "{\\l}"),
    ('Ł', "{\\L}"),
    ('å', "{\\aa}"),
    ('Å', "{\\AA}"),
    ('\u{212B}', "{\\AA}"),
    ('ð', "{\\dh}"),
    ('Ð', "{\\DH}"),
    ('þ', "{\\th}"),
    ('Þ', "{\\TH}"),
    ('đ', "{\\dj}"),
    ('Đ', "{\\DJ}"),
    ('ŋ', "{\\ng}"),
    ('Ŋ', "{\\NG}"),
    ('ı', "{\\i}"),
    ('ȷ', "{\\j}"),
    ('\u{a0}', "~"),
    ('\u{2009}', " "),
    ('\u{ad}', ""),
    ('‐', "-"),
    ('‑', "-"),
    ('‒', "--"),
    ('–', "--"),
    ('—', "---"),
    ('―', "---"),
    ('‘', "`"),
    ('’', "'"),
    ('‚', ","),
    ('“', "``"),
    ('”', "''"),
    ('„', "{\\quotedblbase}"),
    ('«', "{\\guillemotleft}"),
    ('»', "{\\guillemotright}"),
    ('‹', "{\\guilsinglleft}"),
    ('›', "{\\guilsinglright}"),
    ('…', "{\\ldots}"),
    ('§', "{{\\S}}"),
    ('¶', "{{\\P}}"),
    ('†', "{\\dag}"),
    ('‡', "{\\ddag}"),
    ('©', "{\\copyright}"),
    ('®', "{\\textregistered}"),
    ('™', "{\\texttrademark}"),
    ('£', "{\\pounds}"),
    ('€', "{\\texteuro}"),
    ('¥', "{\\textyen}"),
    ('¢', "{\\textcent}"),
    ('•', "{\\textbullet}"),
    ('¡', "!`"),
    ('¿', "?`"),
    ('ª', "{\\textordfeminine}"),
    ('º', "{\\textordmasculine}"),
    ('½', "{\\textonehalf}"),
    ('¼', "{\\textonequarter}"),
    ('¾', "{\\textthreequarters}"),
    ('№', "{\\textnumero}"),
    ('´', "'"),
    ('¨', "\""),
    ('¯', "-"),
    ('¸', ","),
    ('ˆ', "\\textasciicircum{}"),
    ('˜', "\\textasciitilde{}"),
];
