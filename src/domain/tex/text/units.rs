//! Renders numbers with units: `\SI{300}{\kelvin}` is `300 K`. Units are set as siunitx sets them: a space between units, negative powers
//! after `\per`.

use super::super::math;
use super::super::scripts;
use super::super::tables::{QuantityForm, UnitWord, unit_word};
use super::{TextRenderer, range};

impl TextRenderer<'_, '_> {
    /// A command for numbers and units. Without its arguments the name stands.
    pub(super) fn quantity(&mut self, name: &str, form: QuantityForm) {
        let start = self.at;
        let option = self.first_option();
        let count = match form {
            QuantityForm::Number | QuantityForm::Unit | QuantityForm::NumberList | QuantityForm::Angle => 1,
            QuantityForm::Quantity
            | QuantityForm::UnitFraction
            | QuantityForm::NumberRange
            | QuantityForm::QuantityList => 2,
            QuantityForm::QuantityRange => 3,
        };
        let mut arguments = Vec::with_capacity(count);
        while arguments.len() < count {
            if !arguments.is_empty() {
                self.skip_options();
            }
            let Some((from, to)) = self.source.group(self.group_start(), self.end) else { break };
            arguments.push((from, to));
            self.at = to + 1;
        }
        let number = |(from, to): &(usize, usize)| self.number(*from, *to);
        let unit = |(from, to): &(usize, usize)| self.unit(*from, *to);
        let amount = option.map(|option| number(&option) + " ").unwrap_or_default();
        let text = match (form, arguments.as_slice()) {
            (QuantityForm::Number, [value]) => number(value),
            (QuantityForm::Unit, [symbol]) => amount + &unit(symbol),
            (QuantityForm::UnitFraction, [above, below]) => format!("{amount}{}/{}", unit(above), unit(below)),
            (QuantityForm::Quantity, [value, symbol]) => with_unit(&number(value), &unit(symbol)),
            (QuantityForm::NumberRange, [from, to]) => format!("{} to {}", number(from), number(to)),
            (QuantityForm::QuantityRange, [from, to, symbol]) => {
                let symbol = unit(symbol);
                format!("{} to {}", with_unit(&number(from), &symbol), with_unit(&number(to), &symbol))
            }
            (QuantityForm::NumberList, [values]) => self.list(*values, ""),
            (QuantityForm::QuantityList, [values, symbol]) => self.list(*values, &unit(symbol)),
            (QuantityForm::Angle, [value]) => self.angle(*value),
            _ => {
                // `\qty(x)` of another package: what follows is text.
                if !matches!(self.source.char_at(start, self.source.text.len()), Some('(' | '[' | '{' | '|')) {
                    self.out.push_str(name);
                }
                self.at = start;
                return;
            }
        };
        self.out.push_str(&text);
    }

    /// Skips a star and options; returns the first option when it holds a number rather than settings.
    fn first_option(&mut self) -> Option<(usize, usize)> {
        let at = self.at + usize::from(self.source.char_at(self.at, self.end) == Some('*'));
        let close =
            (self.source.char_at(at, self.end) == Some('[')).then(|| self.source.partner(at, self.end)).flatten();
        self.skip_options();
        let close = close?;
        let settings = self.source.slice(at + 1, close).contains('=');
        (!settings).then_some((at + 1, close))
    }

    /// `1.5e3`: 1.5×10³. A number with LaTeX in it is a formula.
    fn number(&self, from: usize, to: usize) -> String {
        let source = self.source.slice(from, to).trim();
        if source.contains(['\\', '$', '^', '{']) {
            return math::formula(self.source, from, to, self.depth + 1);
        }
        let plain = source.replace("+-", "±").replace(' ', "");
        if let Some((digits, power)) = plain.split_once(['e', 'E', 'd', 'D']) {
            let is_number = |text: &str| {
                !text.is_empty()
                    && text.chars().all(|c| c.is_ascii_digit() || matches!(c, '.' | ',' | '+' | '-' | '±' | '(' | ')'))
            };
            if is_number(power) && (digits.is_empty() || is_number(digits)) {
                let times = if digits.is_empty() { "" } else { "×" };
                return format!("{digits}{times}10{}", scripts::script(power.trim_start_matches('+'), true));
            }
        }
        plain
    }

    /// Values between semicolons, each with the unit.
    fn list(&self, (from, to): (usize, usize), unit: &str) -> String {
        let mut at = from;
        let values: Vec<String> = self
            .source
            .slice(from, to)
            .split(';')
            .map(|value| {
                let start = at;
                at += value.len() + 1;
                with_unit(&self.number(start, start + value.len()), unit)
            })
            .collect();
        match values.split_last() {
            Some((last, [])) => last.clone(),
            Some((last, others)) => format!("{} and {last}", others.join(", ")),
            None => String::new(),
        }
    }

    /// `1;2;3`: 1°2′3″.
    fn angle(&self, (from, to): (usize, usize)) -> String {
        let mut at = from;
        let mut angle = String::new();
        for (value, sign) in self.source.slice(from, to).split(';').zip(["°", "′", "″"]) {
            if !value.trim().is_empty() {
                angle += &self.number(at, at + value.len());
                angle.push_str(sign);
            }
            at += value.len() + 1;
        }
        angle
    }

    /// A unit of control words (`\kilo\metre\per\second`) or of letters (`km/s`).
    fn unit(&self, from: usize, to: usize) -> String {
        let mut unit = String::new();
        // What the words before the next unit say of it.
        let (mut prefix, mut power, mut inverse) = (String::new(), String::new(), false);
        let mut at = from;
        while let Some(c) = self.source.char_at(at, to) {
            if c != '\\' {
                let (text, behind) = self.unit_letters(c, at, to);
                unit.push_str(&text);
                at = behind;
                continue;
            }
            let (name, behind) = self.source.control(at, to);
            at = self.source.skip_space(behind, to);
            match unit_word(name) {
                Some(UnitWord::Prefix(letters)) => prefix.push_str(letters),
                Some(UnitWord::Per) => inverse = true,
                Some(UnitWord::PowerBefore(exponent)) => exponent.clone_into(&mut power),
                Some(UnitWord::PowerAfter(exponent)) => push_power(&mut unit, exponent),
                Some(UnitWord::RaiseBefore | UnitWord::RaiseAfter | UnitWord::Of) => {
                    let Some((start, close)) = self.source.group(at, to) else { continue };
                    let text = range(self.source, start, close, self.depth + 1);
                    at = close + 1;
                    match unit_word(name) {
                        Some(UnitWord::RaiseBefore) => power = text,
                        Some(UnitWord::RaiseAfter) => push_power(&mut unit, &text),
                        _ => unit.push_str(&scripts::script(&text, false)),
                    }
                }
                Some(UnitWord::Separator) => {
                    if !unit.is_empty() && !unit.ends_with(' ') {
                        unit.push(' ');
                    }
                }
                word => {
                    let symbol = if let Some(UnitWord::Unit(symbol)) = word { symbol } else { name };
                    if unit.ends_with(|c: char| !c.is_whitespace() && !matches!(c, '/' | '(' | '·')) {
                        unit.push(' ');
                    }
                    unit.push_str(&std::mem::take(&mut prefix));
                    unit.push_str(symbol);
                    let exponent = std::mem::take(&mut power);
                    match (std::mem::take(&mut inverse), exponent.is_empty()) {
                        (true, true) => push_power(&mut unit, "-1"),
                        (true, false) => push_power(&mut unit, &format!("-{exponent}")),
                        (false, _) => push_power(&mut unit, &exponent),
                    }
                }
            }
        }
        unit + &prefix
    }

    /// A character of a unit written in letters, and the byte after it.
    fn unit_letters(&self, c: char, at: usize, to: usize) -> (String, usize) {
        let behind = at + c.len_utf8();
        match c {
            '.' | '~' => (" ".to_owned(), behind),
            '{' | '}' => (String::new(), behind),
            '^' | '_' => match math::script_argument(self.source, behind, to, self.depth + 1) {
                Some((text, end)) => (scripts::script(&text, c == '^'), end),
                None => (c.to_string(), behind),
            },
            '$' => match self.source.partner(at, to) {
                Some(partner) => (range(self.source, at, partner + 1, self.depth + 1), partner + 1),
                None => (c.to_string(), behind),
            },
            _ => (c.to_string(), behind),
        }
    }
}

/// A power after a unit that may have one already: `\per\second\squared` is s⁻².
fn push_power(unit: &mut String, power: &str) {
    if power.is_empty() {
        return;
    }
    let inverse = unit.ends_with("⁻¹");
    if inverse {
        unit.truncate(unit.len() - "⁻¹".len());
        unit.push('⁻');
    }
    unit.push_str(&scripts::script(power, true));
}

/// A number and its unit; signs of angles stand directly after the number.
fn with_unit(number: &str, unit: &str) -> String {
    let unit = unit.trim();
    let space = if unit.is_empty() || number.is_empty() || matches!(unit, "°" | "′" | "″") { "" } else { " " };
    format!("{number}{space}{unit}")
}

#[cfg(test)]
mod tests {
    use crate::domain::markup::Markup;
    use crate::domain::tex::render;

    #[test]
    fn quantities_read_as_printed() {
        for (input, expected) in [
            ("\\SI{300}{\\kelvin}, \\SI{5}{\\giga\\electronvolt}, \\qty{2}{\\metre}", "300 K, 5 GeV, 2 m"),
            ("\\si{\\kilo\\metre\\per\\second}, \\si{\\metre\\per\\second\\squared}", "km s⁻¹, m s⁻²"),
            ("\\si{\\square\\metre}, \\si{\\per\\cubic\\centi\\metre}, \\si{\\m\\tothe{4}}", "m², cm⁻³, m⁴"),
            ("\\SI{3}{km/s}, \\SI{3}{m.s^{-1}}, \\SI{1}{\\um}", "3 km/s, 3 m s⁻¹, 1 μm"),
            ("\\SI[per-mode=symbol]{90}{\\degree}, \\SI{20}{\\degreeCelsius}", "90°, 20 °C"),
            ("\\num{1.5e-3}, \\num{e6}, \\num{3.2 +- 0.1}, \\num{12345}", "1.5×10⁻³, 10⁶, 3.2±0.1, 12345"),
            ("\\unit[5]{GeV}, \\unit{GeV}, \\unitfrac[5]{m}{s}, \\unit{\\kilo\\gram}", "5 GeV, GeV, 5 m/s, kg"),
            ("\\SIrange{1}{2}{\\nano\\metre}, \\numrange{1}{2}", "1 nm to 2 nm, 1 to 2"),
            ("\\numlist{1;2;3}, \\SIlist{1;2}{\\m}, \\ang{10;2;3}, \\ang{45}", "1, 2 and 3, 1 m and 2 m, 10°2′3″, 45°"),
            ("$T = \\SI{300}{\\kelvin}$, \\SI{\\sim 5}{\\mega\\parsec}", "T = 300 K, ∼5 Mpc"),
            ("\\SI is, \\num, \\qty(x), \\SI{5}", "SI is, num, (x), 5"),
        ] {
            assert_eq!(render(input, Markup::Tex), expected, "{input}");
        }
    }
}
