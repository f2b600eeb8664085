//! Which acronyms stand for which words, as the abstracts of a library define them. A pair counts when enough abstracts define it; an acronym
//! with several long forms keeps all of them.

use std::collections::{BTreeMap, HashMap};

use super::full_text::FullText;
use super::segment::Segment;
use crate::index::format::dictionary::TermDictionary;
use crate::index::format::file::{Section, u32_at};
use crate::index::text::definitions::{fewest_definitions, is_same_long_form, long_form_variants, split_definition};

/// One in so many of the definitions of an acronym, at least, has each of its long forms.
const SHARE: u32 = 50;

/// How many abstracts have each definition, in the form of `definitions`.
pub type DefinitionCounts = BTreeMap<String, u32>;

/// The definitions of a full text and of abstracts that it does not have as they are now.
pub struct KnownDefinitions<'a> {
    pub text: Option<&'a FullText>,
    pub read: &'a DefinitionCounts,
    /// How many papers the library has.
    pub papers: usize,
}

impl KnownDefinitions<'_> {
    /// The long forms of a folded acronym, those that most abstracts give first.
    pub fn long_forms(&self, acronym: &str) -> Vec<String> {
        self.readings(acronym).into_iter().flatten().collect()
    }

    /// The same, one list for those that differ in the form of their last word only.
    fn readings(&self, acronym: &str) -> Vec<Vec<String>> {
        let prefix = format!("{acronym} ");
        let mut counts: BTreeMap<String, u32> = BTreeMap::new();
        let mut add = |definition: &str, count: u32| {
            if let Some(long) = definition.strip_prefix(prefix.as_str()) {
                *counts.entry(long.to_owned()).or_default() += count;
            }
        };
        for segment in self.segments() {
            segment.definitions().with_prefix(&prefix).for_each(|number| segment.visit_definition(number, &mut add));
        }
        let read = self.read.range(prefix.clone()..).take_while(|(definition, _)| definition.starts_with(&prefix));
        read.for_each(|(definition, count)| add(definition, *count));

        let mut counts: Vec<(String, u32)> = counts.into_iter().collect();
        counts.sort_by(|one, other| other.1.cmp(&one.1).then_with(|| one.0.cmp(&other.0)));
        let all: u32 = counts.iter().map(|(_, count)| count).sum();
        let mut readings: Vec<(Vec<String>, u32)> = Vec::new();
        for (long, count) in counts {
            let is_same =
                |(forms, _): &&mut (Vec<String>, u32)| forms.iter().any(|form| is_same_long_form(form, &long));
            match readings.iter_mut().find(is_same) {
                Some((forms, sum)) => {
                    forms.push(long);
                    *sum += count;
                }
                None => readings.push((vec![long], count)),
            }
        }
        let counts = |count: u32| count >= fewest_definitions(self.papers) && count.saturating_mul(SHARE) >= all;
        readings.into_iter().filter(|(_, count)| counts(*count)).map(|(forms, _)| forms).collect()
    }

    /// The acronyms of some texts of folded words that are long forms, each with the place of its text.
    pub fn acronyms(&self, texts: &[String]) -> Vec<(usize, String)> {
        let mut places: HashMap<String, usize> = HashMap::new();
        for (place, text) in texts.iter().enumerate() {
            places.extend(long_form_variants(text).into_iter().map(|variant| (variant, place)));
        }
        if places.is_empty() {
            return Vec::new();
        }
        let mut found: Vec<(usize, String)> = Vec::new();
        let mut add = |definition: &str, _| {
            let Some((acronym, long)) = split_definition(definition) else { return };
            if let Some(place) = places.get(long)
                && !found.iter().any(|(other, known)| other == place && known == acronym)
            {
                found.push((*place, acronym.to_owned()));
            }
        };
        for segment in self.segments() {
            (0..)
                .zip(0..segment.definitions().len())
                .for_each(|(number, _)| segment.visit_definition(number, &mut add));
        }
        self.read.iter().for_each(|(definition, count)| add(definition, *count));
        found.retain(|(place, acronym)| {
            let text = texts.get(*place).map_or("", String::as_str);
            self.readings(acronym).iter().flatten().any(|long| is_same_long_form(long, text))
        });
        found.sort();
        found
    }

    fn segments(&self) -> impl Iterator<Item = &Segment> {
        self.text.iter().flat_map(|text| &text.segments)
    }
}

impl Segment {
    fn definitions(&self) -> TermDictionary<'_> {
        TermDictionary::open(&self.file, Section::Definitions, Section::DefinitionOffsets)
    }

    /// Visits a definition by its number, with the number of abstracts that have it.
    fn visit_definition(&self, number: u32, visit: &mut impl FnMut(&str, u32)) {
        if let Ok(definition) = std::str::from_utf8(self.definitions().term(number)) {
            visit(definition, u32_at(self.file.section(Section::DefinitionCounts), number as usize));
        }
    }
}
