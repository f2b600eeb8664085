//! Numbers below letters in page text: `H_2`, `CO_2`, `Sr_2RuO_4`, and behind repaired symbols. Names such as `GPT_4` and `x_0.5` stay.

use super::super::scripts;
use super::PageRepair;

/// Symbols of the elements that chemical formulas are made of.
const ELEMENTS: &str = "H He Li Be B C N O F Ne Na Mg Al Si P S Cl Ar K Ca Sc Ti V Cr Mn Fe Co Ni Cu Zn Ga Ge As Se Br Kr Rb Sr Y Zr Nb Mo Ru Rh \
                        Pd Ag Cd In Sn Sb Te I Xe Cs Ba La Ce Pr Nd Sm Eu Gd Tb Dy Ho Er Tm Yb Lu Hf Ta W Re Os Ir Pt Au Hg Tl Pb Bi Th U";

/// Two capital letters that are a compound: other pairs are abbreviations.
const COMPOUNDS: &str = "CO NO SO VO PO BO UO HO KO OH NH CH PH BH SH BF SF CF NF PF UF WF VF CN CS WS WO WC BC BN SN";

impl PageRepair<'_, '_> {
    /// `H_2` and `CO_2`: a single letter or a chemical formula with a number as subscript.
    pub(super) fn number_below(&mut self, run: &str, start: usize) {
        if run.starts_with(|c: char| c.is_ascii_digit()) || self.behind(self.at) != Some('_') {
            return;
        }
        let continues = self.behind_number == start && is_compound(run, true);
        let joined = self.before(start).is_some_and(|c| c.is_ascii_alphanumeric() || matches!(c, '_' | '\\'));
        let begins = !joined && (run.len() == 1 || (!self.name_follows() && is_compound(run, self.compound_follows())));
        if continues || begins {
            self.lower_number();
        }
    }

    pub(super) fn lower_number(&mut self) {
        if self.behind(self.at) != Some('_') {
            return;
        }
        let rest = self.source.slice(self.at + 1, self.text.len());
        let digits = rest.bytes().take_while(u8::is_ascii_digit).count();
        let mut behind = rest.bytes().skip(digits);
        let decimal = behind.next() == Some(b'.') && behind.next().is_some_and(|byte| byte.is_ascii_digit());
        if digits > 0 && !decimal {
            self.out.push_str(&scripts::script(rest.get(..digits).unwrap_or_default(), false));
            self.at += 1 + digits;
            self.behind_number = self.at;
        }
    }

    /// Whether the number here is part of a name, as in `CO_2_flux`.
    fn name_follows(&self) -> bool {
        let rest = self.source.slice(self.at + 1, self.text.len());
        let behind = rest.trim_start_matches(|c: char| c.is_ascii_digit());
        behind.starts_with(|c: char| c == '_' || c.is_ascii_lowercase())
    }

    /// Whether the formula goes on behind the number here, as in `Fe_2O_3`.
    fn compound_follows(&self) -> bool {
        let rest = self.source.slice(self.at + 1, self.text.len());
        rest.trim_start_matches(|c: char| c.is_ascii_digit()).starts_with(|c: char| c.is_ascii_uppercase())
    }
}

/// Whether letters are symbols of elements; of a single one with two letters only where the formula goes on.
fn is_compound(letters: &str, goes_on: bool) -> bool {
    if letters.len() > 8 {
        return false;
    }
    if letters.len() == 2 && letters.bytes().all(|byte| byte.is_ascii_uppercase()) {
        return COMPOUNDS.split_whitespace().any(|compound| compound == letters);
    }
    let (mut rest, mut elements) = (letters, 0);
    while !rest.is_empty() {
        let small = rest.bytes().skip(1).take_while(u8::is_ascii_lowercase).count();
        let (element, behind) = rest.split_at_checked(1 + small).unwrap_or((rest, ""));
        if !ELEMENTS.split_whitespace().any(|known| known == element) {
            return false;
        }
        (rest, elements) = (behind, elements + 1);
    }
    let mixed = letters.bytes().any(|byte| byte.is_ascii_lowercase());
    goes_on || (elements > 1 && mixed)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn compounds_are_told_from_names() {
        for (letters, goes_on, expected) in [
            ("CO", false, true),
            ("TiO", false, true),
            ("SrTiO", false, true),
            ("Fe", true, true),
            ("Fe", false, false),
            ("No", false, false),
            ("ID", false, false),
            ("GPT", false, false),
            ("POS", false, false),
            ("Table", false, false),
        ] {
            assert_eq!(is_compound(letters, goes_on), expected, "{letters}");
        }
    }
}
