//! The words that units of measurement are spelt with. Data only.

use std::collections::HashMap;
use std::sync::LazyLock;

/// The meaning of a control word inside a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum UnitWord {
    Prefix(&'static str),
    Unit(&'static str),
    /// `\per`: the next unit divides.
    Per,
    /// `\square`: this power for the next unit.
    PowerBefore(&'static str),
    /// `\squared`: this power for the unit before.
    PowerAfter(&'static str),
    /// `\raiseto{4}`: the argument as the power of the next unit.
    RaiseBefore,
    /// `\tothe{4}`: the argument as the power of the unit before.
    RaiseAfter,
    /// `\of{x}`: the argument as a subscript.
    Of,
    Separator,
}

/// Name and symbol, alternating.
const PREFIXES: &str = "quecto q ronto r yocto y zepto z atto a femto f pico p nano n micro μ milli m centi c deci d deca da deka da hecto h \
                        kilo k mega M giga G tera T peta P exa E zetta Z yotta Y ronna R quetta Q kibi Ki mebi Mi gibi Gi tebi Ti \
                        pebi Pi exbi Ei";

/// Name and symbol, alternating. A unit that is not here prints its name, as the short names of most units want.
const UNITS: &str = "ampere A candela cd kelvin K kilogram kg gram g metre m meter m mole mol second s becquerel Bq degreeCelsius °C celsius °C \
                     degC °C coulomb C farad F gray Gy hertz Hz henry H joule J katal kat lumen lm lux lx newton N ohm Ω pascal Pa radian rad \
                     siemens S sievert Sv steradian sr tesla T volt V watt W weber Wb astronomicalunit au bel B dalton Da day d decibel dB \
                     degree ° arcdegree ° electronvolt eV eVperc eV/c hectare ha hour h litre L liter L arcminute ′ arcmin ′ minute min \
                     arcsecond ″ arcsec ″ neper Np tonne t percent % permille ‰ angstrom Å bar bar barn b bit bit byte B parsec pc lightyear ly \
                     year yr gauss G erg erg jansky Jy atomicmassunit u amu u clight c knot kn mmHg mmHg nauticalmile nmi solarmass M_☉ \
                     ug μg um μm us μs uA μA uV μV uW μW uJ μJ ul μl uL μL uF μF uH μH uT μT umol μmol micron μm mohm mΩ kohm kΩ Mohm MΩ";

const WORDS: &[(&str, UnitWord)] = &[
    ("per", UnitWord::Per),
    ("square Square", UnitWord::PowerBefore("2")),
    ("cubic", UnitWord::PowerBefore("3")),
    ("squared", UnitWord::PowerAfter("2")),
    ("cubed", UnitWord::PowerAfter("3")),
    ("raiseto", UnitWord::RaiseBefore),
    ("tothe", UnitWord::RaiseAfter),
    ("of", UnitWord::Of),
    (", ; : ! cdot times", UnitWord::Separator),
    ("%", UnitWord::Unit("%")),
];

/// None for a word that says its own name.
pub(in super::super) fn unit_word(name: &str) -> Option<UnitWord> {
    UNIT_WORDS.get(name).copied()
}

static UNIT_WORDS: LazyLock<HashMap<&'static str, UnitWord>> = LazyLock::new(|| {
    let mut words = HashMap::with_capacity(200);
    let mut pairs = PREFIXES.split_whitespace();
    while let (Some(name), Some(letters)) = (pairs.next(), pairs.next()) {
        words.insert(name, UnitWord::Prefix(letters));
    }
    let mut pairs = UNITS.split_whitespace();
    while let (Some(name), Some(symbol)) = (pairs.next(), pairs.next()) {
        words.insert(name, UnitWord::Unit(symbol));
    }
    for (names, word) in WORDS {
        words.extend(names.split_whitespace().map(|name| (name, *word)));
    }
    words
});

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_unit_word_has_one_meaning() {
        let pairs = [PREFIXES, UNITS].map(|pairs| pairs.split_whitespace().collect::<Vec<_>>());
        assert!(pairs.iter().all(|pairs| pairs.len() % 2 == 0));
        let mut names: Vec<&str> = pairs.iter().flat_map(|pairs| pairs.iter().copied().step_by(2)).collect();
        names.extend(WORDS.iter().flat_map(|(names, _)| names.split_whitespace()));
        assert_eq!(names.len(), UNIT_WORDS.len());
    }
}
