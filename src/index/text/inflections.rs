//! The inflected forms of an English word: plurals and the forms of verbs that are spelt by rule (`prune`, `prunes`, `pruned`, `pruning`), and
//! irregular plurals of the sciences. Words that are derived from others are words of their own (`universe`, `university`). Which forms a
//! library has is for its dictionaries to say.

/// Fewest letters of a word whose ending is taken for an inflection.
const FEWEST_LETTERS: usize = 4;

/// Words that look like an inflected form of another one and are none.
const NO_FORMS: [&str; 44] = [
    "afterwards",
    "alias",
    "always",
    "anything",
    "atlas",
    "bayes",
    "besides",
    "bias",
    "canvas",
    "ceiling",
    "does",
    "during",
    "embed",
    "evening",
    "everything",
    "hundred",
    "indeed",
    "inning",
    "james",
    "lens",
    "lightning",
    "mars",
    "mathematics",
    "morning",
    "naked",
    "news",
    "nothing",
    "offspring",
    "outing",
    "perhaps",
    "pieces",
    "pudding",
    "sacred",
    "series",
    "sibling",
    "something",
    "sometimes",
    "species",
    "spring",
    "string",
    "thing",
    "towards",
    "united",
    "yes",
];

/// Plurals that are not spelt by rule.
const IRREGULAR: [(&str, &str); 46] = [
    ("analysis", "analyses"),
    ("axis", "axes"),
    ("bacterium", "bacteria"),
    ("basis", "bases"),
    ("bias", "biases"),
    ("child", "children"),
    ("continuum", "continua"),
    ("corpus", "corpora"),
    ("crisis", "crises"),
    ("criterion", "criteria"),
    ("diagnosis", "diagnoses"),
    ("embed", "embedded"),
    ("embed", "embedding"),
    ("focus", "foci"),
    ("foot", "feet"),
    ("formula", "formulae"),
    ("gas", "gases"),
    ("genus", "genera"),
    ("half", "halves"),
    ("hypothesis", "hypotheses"),
    ("index", "indices"),
    ("lemma", "lemmata"),
    ("lens", "lenses"),
    ("life", "lives"),
    ("locus", "loci"),
    ("man", "men"),
    ("matrix", "matrices"),
    ("maximum", "maxima"),
    ("minimum", "minima"),
    ("momentum", "momenta"),
    ("mouse", "mice"),
    ("nebula", "nebulae"),
    ("nucleus", "nuclei"),
    ("optimum", "optima"),
    ("phenomenon", "phenomena"),
    ("polyhedron", "polyhedra"),
    ("quantum", "quanta"),
    ("radius", "radii"),
    ("simplex", "simplices"),
    ("spectrum", "spectra"),
    ("stimulus", "stimuli"),
    ("supernova", "supernovae"),
    ("synthesis", "syntheses"),
    ("vertex", "vertices"),
    ("vortex", "vortices"),
    ("woman", "women"),
];

/// Plurals in `-ics`; others are names of fields (`physics`), which are no plurals.
const PLURALS_IN_ICS: [&str; 13] = [
    "ceramics",
    "characteristics",
    "clinics",
    "critics",
    "diagnostics",
    "fabrics",
    "heuristics",
    "logics",
    "lyrics",
    "metrics",
    "mosaics",
    "relics",
    "topics",
];

/// The other forms of a folded word; without those that begin with it, which are found as its continuations.
pub(crate) fn inflections(word: &str) -> Vec<String> {
    if !word.bytes().all(|byte| byte.is_ascii_lowercase()) || word.len() < FEWEST_LETTERS - 1 {
        return Vec::new();
    }
    let mut forms = Vec::new();
    for base in bases(word) {
        forms.extend(forms_of(&base));
        forms.push(base);
    }
    forms.sort_unstable();
    forms.dedup();
    forms.retain(|form| !form.starts_with(word));
    forms
}

/// The words of which a word may be a form, itself first.
fn bases(word: &str) -> Vec<String> {
    let mut bases = vec![word.to_owned()];
    let irregular = IRREGULAR.iter().filter(|(_, form)| *form == word);
    bases.extend(irregular.map(|(base, _)| (*base).to_owned()));
    if NO_FORMS.contains(&word) || bases.len() > 1 {
        return bases;
    }
    bases.extend(singulars(word));
    // Also of the plural of a gerund: `embeddings`.
    for verb_form in bases.clone().iter().filter(|form| !NO_FORMS.contains(&form.as_str())) {
        bases.extend(verbs(verb_form));
        let irregular = IRREGULAR.iter().filter(|(_, form)| form == verb_form);
        bases.extend(irregular.map(|(base, _)| (*base).to_owned()));
    }
    bases
}

/// The words of which a word may be the plural, or the third person.
fn singulars(word: &str) -> Vec<String> {
    let is_name = word.ends_with("ics") && !PLURALS_IN_ICS.contains(&word);
    let without = word.strip_suffix('s').filter(|rest| rest.len() >= FEWEST_LETTERS - 1);
    // `virus` is none, `gpus` is one.
    let is_base = |rest: &str| rest.ends_with(['s', 'i']) || rest.ends_with('u') && rest.len() >= FEWEST_LETTERS;
    let Some(without) = without.filter(|rest| !is_name && !is_base(rest)) else { return Vec::new() };
    match without.strip_suffix("ie") {
        Some(stem) if stem.len() > 1 => vec![format!("{stem}y")],
        _ => match without.strip_suffix('e').filter(|stem| is_sibilant(stem)) {
            // `searches` and `caches`.
            Some(stem) => vec![stem.to_owned(), without.to_owned()],
            None => vec![without.to_owned()],
        },
    }
}

/// Whether `-es` makes the plural of a word.
fn is_sibilant(word: &str) -> bool {
    ["ss", "x", "ch", "sh", "zz"].iter().any(|end| word.ends_with(end))
}

/// The verbs of which a word in `-ed` or `-ing` may be a form.
fn verbs(word: &str) -> Vec<String> {
    if let Some(stem) = word.strip_suffix("ied").filter(|stem| stem.len() > 1) {
        return vec![format!("{stem}y")];
    }
    let stem = word.strip_suffix("ing").or_else(|| word.strip_suffix("ed").filter(|_| !word.ends_with("eed")));
    let Some(stem) = stem.filter(|stem| stem.len() > 1 && stem.bytes().any(is_vowel)) else { return Vec::new() };
    let with_e = format!("{stem}e");
    let single = stem.get(..stem.len() - 1).filter(|single| doubles(single).is_some_and(|double| double == stem));
    match single {
        // `planning`; of two syllables also `controlling`, beside `installing`.
        Some(single) if !stem.ends_with("ll") => vec![single.to_owned()],
        Some(single) => vec![single.to_owned(), stem.to_owned()],
        None if is_short(stem) || ["at", "bl", "iz", "v", "u"].iter().any(|end| stem.ends_with(end)) => vec![with_e],
        None => vec![stem.to_owned(), with_e],
    }
}

/// The forms of a word spelt by rule, and irregular ones.
fn forms_of(base: &str) -> Vec<String> {
    let irregular = IRREGULAR.iter().filter(|(other, _)| *other == base);
    let mut forms: Vec<String> = irregular.map(|(_, form)| (*form).to_owned()).collect();
    let mut add = |stem: &str, endings: &[&str]| forms.extend(endings.iter().map(|end| format!("{stem}{end}")));
    if let Some(stem) = base.strip_suffix('y').filter(|stem| !stem.ends_with(['a', 'e', 'o', 'u'])) {
        add(stem, &["ies", "ied"]);
        add(base, &["ing"]);
    } else if let Some(stem) = base.strip_suffix('e') {
        add(stem, &["es", "ed", "ing"]);
        add(stem, &["ings"]);
    } else {
        add(base, if is_sibilant(base) { &["es"] } else { &["s"] });
        if !is_short(base) {
            add(base, &["ed", "ing", "ings"]);
        }
        if let Some(double) = doubles(base) {
            add(&double, &["ed", "ing", "ings"]);
        }
    }
    forms.retain(|form| !NO_FORMS.contains(&form.as_str()));
    forms
}

/// The word with its last consonant doubled where `-ed` and `-ing` may double it.
fn doubles(word: &str) -> Option<String> {
    let [.., vowel, last] = word.as_bytes() else { return None };
    let may_double = is_vowel(*vowel) && !is_vowel(*last) && !b"hswxyz".contains(last);
    may_double.then(|| format!("{word}{}", char::from(*last)))
}

/// Whether a word has one syllable that ends in one vowel and one consonant: a silent `e` or a doubled consonant tells its forms apart (`plan`,
/// `plane`).
fn is_short(word: &str) -> bool {
    let [before @ .., vowel, last] = word.as_bytes() else { return false };
    doubles(word).is_some()
        && is_vowel(*vowel)
        && !is_vowel(*last)
        && !before.is_empty()
        && !before.iter().copied().any(is_vowel)
}

fn is_vowel(byte: u8) -> bool {
    b"aeiouy".contains(&byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Whether one word is found as a form or a continuation of the other.
    fn finds(asked: &str, found: &str) -> bool {
        found.starts_with(asked) || inflections(asked).iter().any(|form| form == found)
    }

    #[test]
    fn forms_find_each_other() {
        for forms in [
            &["prune", "prunes", "pruned", "pruning"][..],
            &["network", "networks", "networked", "networking"],
            &["plan", "plans", "planned", "planning"],
            &["plane", "planes"],
            &["rate", "rates", "rated", "rating", "ratings"],
            &["train", "trains", "trained", "training"],
            &["study", "studies", "studied", "studying"],
            &["survey", "surveys", "surveyed"],
            &["search", "searches", "searched", "searching"],
            &["loss", "losses"],
            &["cache", "caches", "cached", "caching"],
            &["control", "controls", "controlled", "controlling"],
            &["install", "installs", "installing"],
            &["quantise", "quantised", "quantising"],
            &["optimize", "optimizes", "optimized"],
            &["process", "processes", "processing"],
            &["embed", "embedded", "embedding", "embeddings"],
            &["matrix", "matrices"],
            &["hypothesis", "hypotheses"],
            &["gpu", "gpus"],
            &["tie", "ties"],
            &["metric", "metrics"],
            &["bias", "biases"],
        ] {
            for asked in forms {
                for found in forms {
                    assert!(finds(asked, found), "{asked} {found}");
                }
            }
        }
    }

    #[test]
    fn other_words_are_no_forms() {
        for (one, other) in [
            ("universe", "university"),
            ("university", "universe"),
            ("organization", "organ"),
            ("news", "new"),
            ("rating", "rat"),
            ("plane", "plan"),
            ("planes", "plans"),
            ("planning", "plane"),
            ("unite", "unit"),
            ("suite", "suit"),
            ("paste", "past"),
            ("physics", "physic"),
            ("mars", "mar"),
            ("evening", "even"),
            ("string", "str"),
            ("need", "ne"),
            ("speed", "spe"),
            ("class", "clas"),
            ("virus", "viru"),
            ("analysis", "analysi"),
            ("coding", "cod"),
            ("red", "re"),
            ("moe", "mo"),
            ("gas", "ga"),
        ] {
            assert!(!inflections(one).iter().any(|form| form == other), "{one} {other}");
        }
        for word in ["", "a", "l2", "größe", "学习", "gpt-4"] {
            assert!(inflections(word).is_empty(), "{word}");
        }
    }
}
