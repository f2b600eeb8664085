//! Renders chemical formulas as `\ce{H2O}` writes them: digits after an element are lowered, charges raised, arrows spelt in ASCII. LaTeX
//! inside a chemical formula is rendered as text.

use super::super::math;
use super::super::scripts;
use super::{TextRenderer, command_end, range};

/// Arrows, the longer before those that they begin with.
const ARROWS: [(&str, &str); 9] = [
    ("<=>>", "⇌"),
    ("<<=>", "⇌"),
    ("<-->", "⇄"),
    ("<=>", "⇌"),
    ("<->", "↔"),
    ("-->", "⟶"),
    ("->", "→"),
    ("<-", "←"),
    ("==", "="),
];

impl TextRenderer<'_, '_> {
    /// `\ce{...}`. Without an argument the name stands.
    pub(super) fn chemistry(&mut self, name: &str) {
        let Some((from, to)) = self.source.group(self.group_start(), self.end) else {
            if self.source.char_at(self.at, self.end) != Some('{') {
                self.out.push_str(name);
            }
            return;
        };
        self.at = from;
        let outer = std::mem::replace(&mut self.end, to);
        // A digit lowers itself only directly after one of these.
        let mut after_element = false;
        while let Some(c) = self.source.char_at(self.at, to) {
            after_element = self.chemical(c, after_element);
        }
        self.end = outer;
        self.at = to + 1;
    }

    /// Renders what begins with `c`, and returns whether an element or a closing bracket ends there.
    fn chemical(&mut self, c: char, after_element: bool) -> bool {
        let start = self.at;
        match c {
            '\\' | '$' | '{' => {
                let end = match c {
                    '\\' => command_end(self.source, start, self.end),
                    _ => self.source.partner(start, self.end).map_or(start + 1, |partner| partner + 1),
                };
                let text = range(self.source, start, end.min(self.end), self.depth + 1);
                self.out.push_str(&text);
                self.at = end.min(self.end);
                return c == '{';
            }
            '}' => self.at += 1,
            _ if c.is_whitespace() => {
                self.at += c.len_utf8();
                self.space();
            }
            '^' | '_' => return self.chemical_script(c == '^', after_element),
            '0'..='9' => {
                let length = self.rest().bytes().take_while(u8::is_ascii_digit).count();
                let digits = self.source.slice(start, start + length);
                let small = if after_element { scripts::script(digits, false) } else { digits.to_owned() };
                self.out.push_str(&small);
                self.at += length;
                return after_element;
            }
            '<' | '-' | '=' if self.chemical_arrow() => {}
            '+' | '-'
                if after_element && self.char_after(1).is_none_or(|next| !next.is_alphanumeric() && next != '(') =>
            {
                self.out.push_str(&scripts::script(&c.to_string(), true));
                self.at += 1;
                return true;
            }
            'v' if !after_element && self.out.ends_with(' ') && self.char_after(1).is_none_or(char::is_whitespace) => {
                self.out.push('↓');
                self.at += 1;
            }
            '#' if after_element => self.chemical_sign('≡'),
            '*' => self.chemical_sign('·'),
            '.' if after_element => self.chemical_sign('·'),
            _ => {
                self.literal(c);
                return c.is_alphabetic() || matches!(c, ')' | ']');
            }
        }
        false
    }

    fn chemical_sign(&mut self, sign: char) {
        self.out.push(sign);
        self.at += 1;
    }

    /// A charge, the mass of an isotope, or the arrow of a gas.
    fn chemical_script(&mut self, raised: bool, after_element: bool) -> bool {
        self.at += 1;
        if raised && !after_element && self.char_after(0).is_none_or(char::is_whitespace) {
            self.out.push('↑');
            return false;
        }
        let rest = self.source.slice(self.at, self.end);
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let sign = usize::from(raised && rest.get(digits..).is_some_and(|rest| rest.starts_with(['+', '-'])));
        let script = if digits + sign > 0 {
            self.at += digits + sign;
            rest.get(..digits + sign).unwrap_or_default().to_owned()
        } else if let Some((text, behind)) = math::script_argument(self.source, self.at, self.end, self.depth + 1) {
            self.at = behind;
            text
        } else {
            return false;
        };
        self.out.push_str(&scripts::script(&script, raised));
        // After the mass of an isotope its element follows.
        after_element
    }

    /// An arrow with the texts above and below it: `->[above][below]`.
    fn chemical_arrow(&mut self) -> bool {
        let Some((spelling, arrow)) = ARROWS.iter().find(|(spelling, _)| self.rest().starts_with(spelling)) else {
            return false;
        };
        self.out.push_str(arrow);
        self.at += spelling.len();
        for raised in [true, false] {
            if self.source.char_at(self.at, self.end) == Some('[')
                && let Some(close) = self.source.partner(self.at, self.end)
            {
                let label = range(self.source, self.at + 1, close, self.depth + 1);
                self.out.push_str(&scripts::script(&label, raised));
                self.at = close + 1;
            }
        }
        true
    }

    /// `\isotope[14]{C}`: ¹⁴C.
    pub(super) fn isotope(&mut self) {
        if self.source.char_at(self.at, self.end) == Some('[')
            && let Some(close) = self.source.partner(self.at, self.end)
        {
            let mass = range(self.source, self.at + 1, close, self.depth + 1);
            self.out.push_str(&scripts::script(&mass, true));
            self.at = close + 1;
        }
        self.skip_options();
        self.at = self.group_start();
    }
}

#[cfg(test)]
mod tests {
    use crate::domain::markup::Markup;
    use crate::domain::tex::render;

    #[test]
    fn chemical_formulas_read_as_printed() {
        for (input, expected) in [
            ("\\ce{H2O}, \\ce{CO2} and \\ce{C6H12O6}", "H₂O, CO₂ and C₆H₁₂O₆"),
            ("\\ce{2H2 + O2 -> 2H2O}", "2H₂ + O₂ → 2H₂O"),
            ("\\ce{SO4^2-}, \\ce{Na+}, \\ce{Fe^{3+}}, \\ce{OH-}", "SO₄²⁻, Na⁺, Fe³⁺, OH⁻"),
            ("\\ce{^{13}CO}, \\ce{^13CO}, \\ce{N2H+}", "¹³CO, ¹³CO, N₂H⁺"),
            ("\\ce{CuSO4.5H2O}, \\ce{CuSO4*5H2O}", "CuSO₄·5H₂O, CuSO₄·5H₂O"),
            ("\\ce{Ca(OH)2}, \\ce{[Fe(CN)6]^4-}", "Ca(OH)₂, [Fe(CN)₆]⁴⁻"),
            ("\\ce{A <=> B}, \\ce{A ->[\\Delta] B}", "A ⇌ B, A →^Δ B"),
            ("\\ce{CH3-CH3}, \\ce{HC#CH}, \\ce{H2C=CH2}", "CH₃-CH₃, HC≡CH, H₂C=CH₂"),
            ("\\ce{BaSO4 v}, \\ce{H2 ^}", "BaSO₄ ↓, H₂ ↑"),
            ("\\ce{TiO_{2-x}}, \\ce{$x$ Na}, $\\ce{H2O}$", "TiO₂₋ₓ, x Na, H₂O"),
            ("\\isotope[14]{C}, \\nuclide[235]{U}", "¹⁴C, ²³⁵U"),
            ("\\ce, \\ce{H2O", "ce, H2O"),
        ] {
            assert_eq!(render(input, Markup::Tex), expected, "{input}");
        }
    }
}
