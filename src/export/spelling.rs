//! How characters are written in a BibTeX field: special ones escaped, mathematics as formulas, and for classic BibTeX everything as ASCII
//! that has a LaTeX spelling. Classic BibTeX counts bytes: it would cut a letter of UTF-8 in two, and take `Öberg` for a particle.

use std::collections::HashMap;
use std::sync::LazyLock;

use unicode_normalization::char::{canonical_combining_class, compose, decompose_canonical, decompose_compatible};

use super::macros::math_macro;
use super::symbols::{MATH_MARKS, MATHEMATICS, TEXT, accent_of};
use super::token::LatexToken;
use crate::domain::tex;

/// What a bibliography may hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FieldEncoding {
    /// For classic BibTeX: ASCII wherever LaTeX has a spelling.
    Ascii,
    /// For biber: letters and punctuation stay as they are.
    Unicode,
}

/// The tokens as they stand in a field.
pub(super) fn written(tokens: &[LatexToken], encoding: FieldEncoding) -> String {
    let mut field = FieldWriter::new(encoding);
    tokens.iter().for_each(|token| field.token(token));
    field.finish()
}

/// Whether every reader takes a text for itself, so that it needs neither tokens nor escapes. Most abstracts are so.
pub(super) fn is_written_alike(text: &str) -> bool {
    text.bytes().fold(true, |alike, byte| alike & is_alike(byte))
}

/// Whether this is a character that every reader takes for itself.
pub(super) fn is_alike(byte: u8) -> bool {
    matches!(byte, b' '..=b'~')
        && !matches!(byte, b'#' | b'$' | b'%' | b'&' | b'<' | b'>' | b'\\' | b'^' | b'_' | b'{'..=b'~')
}

/// The code of a character inside a formula; None when formulas cannot hold it.
pub(super) fn in_formula(c: char) -> Option<String> {
    match math(c)? {
        Code::Math(code) if code.ends_with(|c: char| c.is_ascii_alphabetic()) => Some(code + " "),
        Code::Math(code) => Some(code),
        Code::Raised(code) => Some(format!("^{{{code}}}")),
        Code::Lowered(code) => Some(format!("_{{{code}}}")),
    }
}

/// Writes the text of a field.
pub(super) struct FieldWriter {
    out: String,
    encoding: FieldEncoding,
    /// Characters of mathematics that will be one formula, and their code so far.
    formula: String,
    code: String,
    /// Where in `code` its last character begins, for a mark that follows it.
    last_code: usize,
    /// Where in `out` the last character begins, for an accent that follows it.
    last: usize,
}

impl FieldWriter {
    pub(super) fn new(encoding: FieldEncoding) -> Self {
        Self { out: String::new(), encoding, formula: String::new(), code: String::new(), last_code: 0, last: 0 }
    }

    /// Appends LaTeX as it is.
    pub(super) fn code(&mut self, code: &str) {
        self.end_formula();
        self.last = self.out.len();
        self.out.push_str(code);
    }

    pub(super) fn token(&mut self, token: &LatexToken) {
        match token {
            LatexToken::Literal(c) => self.literal(*c),
            LatexToken::Run(text) => {
                self.code(text);
                self.last = self.out.len().saturating_sub(1);
            }
            LatexToken::Open => self.code("{"),
            LatexToken::Close => self.code("}"),
            LatexToken::Command(code) | LatexToken::Formula(code) | LatexToken::Verbatim(code) => self.code(code),
        }
    }

    pub(super) fn finish(mut self) -> String {
        self.end_formula();
        self.out
    }

    fn literal(&mut self, c: char) {
        if c.is_ascii() {
            self.end_formula();
            self.last = self.out.len();
            match escape_of(c) {
                Some(escape) => self.out.push_str(escape),
                None => self.out.push(c),
            }
            return;
        }
        if let Some(code) = math(c) {
            self.formula.push(c);
            self.append(code);
            return;
        }
        if is_greek(c) {
            // An accented letter: the word is Greek, and no formula.
            self.formula.push(c);
            self.is_word();
            return;
        }
        if canonical_combining_class(c) > 0 && self.mark_formula(c) {
            return;
        }
        self.end_formula();
        if canonical_combining_class(c) > 0 {
            match self.encoding {
                FieldEncoding::Ascii => self.accent(c),
                FieldEncoding::Unicode => self.compose(c),
            }
            return;
        }
        self.last = self.out.len();
        match spelling(c).filter(|_| self.encoding == FieldEncoding::Ascii) {
            Some(spelling) => self.out.push_str(&spelling),
            None => self.out.push(c),
        }
    }

    /// Appends to the open formula. Characters of one script share it: `10⁻¹⁵`.
    fn append(&mut self, code: Code) {
        let (script, code) = match code {
            Code::Math(code) => {
                self.last_code = self.code.len();
                self.code.push_str(&code);
                if code.ends_with(|c: char| c.is_ascii_alphabetic()) {
                    self.code.push(' ');
                }
                return;
            }
            Code::Raised(code) => ("^{", code),
            Code::Lowered(code) => ("_{", code),
        };
        let open = self.code.rfind(['^', '_']).and_then(|at| self.code.get(at..));
        if open.is_some_and(|open| open.starts_with(script) && open.find('}') == Some(open.len() - 1)) {
            self.code.pop();
        } else {
            let base = self.code.trim_end().len();
            self.code.truncate(base);
            self.code.push_str(script);
        }
        let command = self.code.rfind('\\').and_then(|at| self.code.get(at + 1..)).unwrap_or(" ");
        if code.starts_with(|c: char| c.is_ascii_alphabetic()) && command.bytes().all(|byte| byte.is_ascii_alphabetic())
        {
            self.code.push(' ');
        }
        self.code.push_str(&code);
        self.code.push('}');
    }

    /// Puts a mark of mathematics on the last character of the open formula, or on a letter, which becomes a formula. False when there is
    /// no such character.
    fn mark_formula(&mut self, mark: char) -> bool {
        let known = MATH_MARKS.iter().find(|(known, _)| *known == mark);
        let Some((_, name)) = known else { return false };
        if self.formula.is_empty() {
            let letter = self.out.get(self.last..).unwrap_or_default();
            if accent_of(mark).is_some() || letter.len() != 1 || !letter.bytes().all(|byte| byte.is_ascii_alphabetic())
            {
                return false;
            }
            letter.clone_into(&mut self.formula);
            letter.clone_into(&mut self.code);
            self.out.truncate(self.last);
            self.last_code = 0;
        } else if self.last_code >= self.code.len() || self.code.ends_with('}') && self.code.contains(['^', '_']) {
            return false;
        }
        let base = self.code.split_off(self.last_code);
        self.code.push_str(&format!("\\{name}{{{}}}", base.trim_end()));
        self.formula.push(mark);
        true
    }

    /// The open formula is a word after all.
    fn is_word(&mut self) {
        self.code.clear();
    }

    fn end_formula(&mut self) {
        if self.formula.is_empty() {
            return;
        }
        self.last = self.out.len();
        let greek_word = self.formula.chars().count() > 2 && self.formula.chars().all(is_greek);
        let code = self.code.trim_end();
        if greek_word || code.is_empty() {
            self.out.push_str(&self.formula);
        } else if code.contains(|c: char| c.is_ascii_uppercase()) {
            // Styles that write titles in lower case would take `\Omega` for a word.
            self.out.extend(["{$", code, "$}"]);
        } else {
            self.out.extend(["$", code, "$"]);
        }
        self.formula.clear();
        self.code.clear();
    }

    /// Puts a mark on the last character as one letter with it, else as an accent of LaTeX: 8-bit engines read no marks apart from letters.
    fn compose(&mut self, mark: char) {
        let mut base = self.out.get(self.last..).unwrap_or_default().chars();
        let (Some(letter), None) = (base.next(), base.next()) else { return self.out.push(mark) };
        let dotted = match letter {
            'ı' => 'i',
            'ȷ' => 'j',
            letter => letter,
        };
        if let Some(composed) = compose(dotted, mark) {
            self.out.truncate(self.last);
            self.out.push(composed);
            return;
        }
        if accent_of(mark).is_some()
            && let Some(spelling) = spelling(letter)
        {
            self.out.truncate(self.last);
            self.out.push_str(&spelling);
        }
        self.accent(mark);
    }

    /// Puts a mark that has no composed form on the last character.
    fn accent(&mut self, mark: char) {
        let base = self.out.get(self.last..).unwrap_or_default();
        // `{\i}`, `{\O}`
        let is_command = base.starts_with("{\\")
            && base.ends_with('}')
            && base.len() < 6
            && !base.get(1..).is_some_and(|base| base.contains('{'));
        let is_letter = is_command || base.len() == 1 && base.bytes().all(|byte| byte.is_ascii_alphabetic());
        let accented = accent_of(mark).filter(|_| is_letter).map(|accent| accent.on(base));
        match accented {
            Some(accented) => {
                self.out.truncate(self.last);
                self.out.push_str(&accented);
            }
            None => self.out.push(mark),
        }
    }
}

/// How an ASCII character that is special in LaTeX is written. `latex` balances the braces.
fn escape_of(c: char) -> Option<&'static str> {
    Some(match c {
        '&' => "\\&",
        '%' => "\\%",
        '$' => "\\$",
        '#' => "\\#",
        '_' => "\\_",
        '~' => "\\textasciitilde{}",
        '^' => "\\textasciicircum{}",
        '\\' => "\\textbackslash{}",
        '<' => "\\textless{}",
        '>' => "\\textgreater{}",
        '|' => "\\textbar{}",
        _ => return None,
    })
}

/// The code of a character in a formula.
enum Code {
    Math(String),
    Raised(String),
    Lowered(String),
}

fn math(c: char) -> Option<Code> {
    static SYMBOLS: LazyLock<HashMap<char, String>> = LazyLock::new(|| {
        let mut symbols: HashMap<char, String> = MATHEMATICS.iter().map(|(c, code)| (*c, (*code).to_owned())).collect();
        for (name, glyph) in tex::symbols().filter(|(name, glyph)| !glyph.is_ascii() && math_macro(name).is_some()) {
            symbols.entry(glyph).or_insert_with(|| format!("\\{name}"));
        }
        symbols
    });
    if c.is_ascii() || text_spelling(c).is_some() {
        return None;
    }
    if let Some(code) = SYMBOLS.get(&c) {
        return Some(match code.strip_prefix('^') {
            Some(raised) => Code::Raised(raised.to_owned()),
            None => Code::Math(code.clone()),
        });
    }
    if let Some(code) = greek_form(c) {
        return Some(code);
    }
    let plain = compatible(c).filter(|plain| plain.len() == 1)?;
    match c {
        '¹'
        | '²'
        | '³'
        | '\u{2070}'..='\u{207F}'
        | '\u{1D2C}'..='\u{1D61}'
        | '\u{1D9B}'..='\u{1DBF}'
        | 'ʰ'..='ʸ'
        | 'ˡ'..='ˣ'
        | 'ⱽ' => Some(Code::Raised(plain)),
        '\u{2080}'..='\u{209C}' | '\u{1D62}'..='\u{1D65}' | 'ⱼ' => Some(Code::Lowered(plain)),
        _ => Some(Code::Math(format!("\\{}{{{plain}}}", alphabet(c, &plain)?))),
    }
}

/// The code of a form of a Greek letter: bold, slanted, raised, lowered.
fn greek_form(c: char) -> Option<Code> {
    let mut forms = Vec::new();
    decompose_compatible(c, |form| forms.push(form));
    let [letter] = forms.as_slice() else { return None };
    let Some(Code::Math(code)) =
        (*letter != c && (is_greek(*letter) || matches!(letter, '∂' | '∇'))).then(|| math(*letter))?
    else {
        return None;
    };
    match u32::from(c) {
        0x1D5D..=0x1D61 => Some(Code::Raised(code)),
        0x1D66..=0x1D6A => Some(Code::Lowered(code)),
        // Bold, and bold of the other kinds.
        0x1D6A8..=0x1D6E1 | 0x1D71C..=0x1D7CB => Some(Code::Math(format!("\\boldsymbol{{{code}}}"))),
        _ => Some(Code::Math(code)),
    }
}

/// The command of the alphabet that a letter of mathematics belongs to.
fn alphabet(c: char, plain: &str) -> Option<&'static str> {
    // LaTeX has no small letters in these two.
    let is_capital = plain.bytes().all(|byte| byte.is_ascii_uppercase());
    Some(match u32::from(c) {
        0x1D400..=0x1D433 | 0x1D7CE..=0x1D7D7 => "mathbf",
        0x1D49C..=0x1D503 if is_capital => "mathcal",
        0x210B | 0x2110 | 0x2112 | 0x211B | 0x212C | 0x2130 | 0x2131 | 0x2133 => "mathcal",
        0x1D504..=0x1D537 | 0x1D56C..=0x1D59F | 0x210C | 0x2128 | 0x212D => "mathfrak",
        0x1D538..=0x1D56B if is_capital => "mathbb",
        0x2102 | 0x210D | 0x2115 | 0x2119 | 0x211A | 0x211D | 0x2124 => "mathbb",
        0x1D5A0..=0x1D66F => "mathsf",
        0x1D670..=0x1D6A3 => "mathtt",
        0x1D400..=0x1D7FF => "mathit",
        _ => return None,
    })
}

/// The ASCII text that a character is a form of: `fi` of a ligature, `A` of a full-width letter.
fn compatible(c: char) -> Option<String> {
    let mut plain = String::new();
    decompose_compatible(c, |c| plain.push(if c == '\u{2212}' { '-' } else { c }));
    (!plain.is_empty() && plain.is_ascii()).then_some(plain)
}

fn is_greek(c: char) -> bool {
    matches!(c, '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}')
}

/// The LaTeX spelling of a character in text. None when LaTeX has none.
fn spelling(c: char) -> Option<String> {
    if let Some(code) = text_spelling(c) {
        return Some(code.to_owned());
    }
    let mut parts = Vec::new();
    decompose_canonical(c, |part| parts.push(part));
    let (base, marks) = parts.split_first()?;
    if marks.is_empty() {
        let escaped = |c| escape_of(c).map_or_else(|| String::from(c), str::to_owned);
        return compatible(c).map(|plain| plain.chars().map(escaped).collect());
    }
    // Letters of other scripts have no spelling with accents either.
    let mut code = if base.is_ascii_alphabetic() { base.to_string() } else { text_spelling(*base)?.to_owned() };
    for mark in marks {
        code = accent_of(*mark)?.on(&code);
    }
    Some(code)
}

/// Whether `\name` is written here.
#[cfg(test)]
pub(super) fn writes(name: &str) -> bool {
    let in_code = |code: &str| code.split('\\').skip(1).any(|after| after.trim_end_matches(['{', '}']) == name);
    ["u", "v", "H", "c", "k", "r", "d", "b", "textcommabelow"].contains(&name)
        || TEXT.iter().chain(MATHEMATICS).any(|(_, code)| in_code(code))
}

fn text_spelling(c: char) -> Option<&'static str> {
    static SPELLINGS: LazyLock<HashMap<char, &str>> = LazyLock::new(|| TEXT.iter().copied().collect());
    SPELLINGS.get(&c).copied()
}

#[cfg(test)]
mod tests {
    use super::super::latex::plain_tokens;
    use super::*;

    #[test]
    fn characters_have_their_latex_spelling() {
        for (text, ascii) in [
            ("Åsa Öberg", r#"{\AA}sa {\"O}berg"#),
            ("İlker Şahin Łukasz Żółć", r"{\.I}lker {\c{S}}ahin {\L}ukasz {\.Z}{\'o}{\l}{\'c}"),
            ("Þóra Æ Ștefan Nguyễn Hồ", r"{\TH}{\'o}ra {\AE} {\textcommabelow{S}}tefan Nguy{\~{\^e}}n H{\`{\^o}}"),
            ("Đặng Thắng", r"{\DJ}{\u{\d{a}}}ng Th{\'{\u{a}}}ng"),
            ("a–b “c” d’s …", r"a--b ``c'' d's {\ldots}"),
            ("§ 3 ﬁt Ａ ™", r"{{\S}} 3 fit A {\texttrademark}"),
            // No spelling.
            ("李明 Иван Ελλάδα 👍", "李明 Иван Ελλάδα 👍"),
        ] {
            assert_eq!(written(&plain_tokens(text), FieldEncoding::Ascii), ascii);
            assert_eq!(written(&plain_tokens(text), FieldEncoding::Unicode), text);
        }
    }

    #[test]
    fn no_mark_stands_apart_from_its_letter() {
        for (text, ascii, unicode) in [
            ("naïve Martı\u{301}n", r#"na{\"{\i}}ve Mart{\'{\i}}n"#, "naïve Martín"),
            ("Gaı\u{308}ffas e\u{301}", r#"Ga{\"{\i}}ffas {\'e}"#, "Gaïffas é"),
            ("Ø\u{303} Sj\u{326}lund", r"{\~{\O}} S{\textcommabelow{j}}lund", r"{\~{\O}} S{\textcommabelow{j}}lund"),
        ] {
            assert_eq!(written(&plain_tokens(text), FieldEncoding::Ascii), ascii);
            assert_eq!(written(&plain_tokens(text), FieldEncoding::Unicode), unicode);
        }
    }

    #[test]
    fn mathematics_is_written_as_formulas() {
        for (text, expected) in [
            ("α-β, 10⁻¹⁵ H₂O 5 µm 3°", r"$\alpha$-$\beta$, 10$^{-15}$ H$_{2}$O 5 $\mu$m 3$^{\circ}$"),
            (
                "𝛼𝜌 𝛀 xᵨᵦₐ yᵝ 2ᐟ³ ɛ",
                r"$\alpha \rho$ {$\boldsymbol{\Omega}$} x$_{\rho\beta a}$ y$^{\beta}$ 2$^{/3}$ $\varepsilon$",
            ),
            ("α\u{302}β E\u{338} x\u{20D7}y", r"$\hat{\alpha}\beta$ {$\not{E}$} $\vec{x}$y"),
            ("Ω ℝ ⇒ x₁² αβ", r"{$\Omega$} {$\mathbb{R}$} {$\Rightarrow$} x$_{1}^{2}$ $\alpha \beta$"),
        ] {
            for encoding in [FieldEncoding::Ascii, FieldEncoding::Unicode] {
                assert_eq!(written(&plain_tokens(text), encoding), expected);
            }
        }
    }
}
