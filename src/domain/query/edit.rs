//! Adds conditions to a query and removes them, for the facet pane and the suggestions under an empty result. Changes only the parts
//! joined by AND at the top level, never what stands in brackets or under a NOT.

use super::{DigestPattern, FieldName, Filter, How, Query, QueryDate, Sort, SortBy, Span, Term, Word};
use crate::domain::date::PartialDate;

impl Query {
    /// The parts that all must hold, each with its text.
    pub fn parts(&self) -> Vec<(Filter, String)> {
        conjuncts(&self.filter).into_iter().map(|part| (part.clone(), part.to_string())).collect()
    }

    /// The free fuzzy words at the top level, and the filter that everything else makes.
    pub fn free_words(&self) -> (Vec<&Word>, Filter) {
        let is_free = |part: &&Filter| matches!(part, Filter::Term(Term::Word(Word { how: How::Fuzzy, .. })));
        let (free, rest): (Vec<&Filter>, Vec<&Filter>) = conjuncts(&self.filter).into_iter().partition(is_free);
        let words = free.into_iter().filter_map(|part| match part {
            Filter::Term(Term::Word(word)) => Some(word),
            _ => None,
        });
        (words.collect(), Filter::all_of(rest.into_iter().cloned()))
    }

    /// This query without one of its `parts`.
    #[must_use]
    pub fn without_part(&self, part: &Filter) -> Self {
        self.rebuilt(conjuncts(&self.filter).into_iter().filter(|other| *other != part).cloned())
    }

    /// This query with the term added. A term that it has already stays once; the negated term is removed.
    #[must_use]
    pub fn with(&self, term: Term) -> Self {
        let added = Filter::Term(term);
        let opposite = added.clone().negated();
        let others = conjuncts(&self.filter).into_iter().filter(|part| **part != added && **part != opposite).cloned();
        self.rebuilt(others.chain([added.clone()]))
    }

    /// This query without the term: its values are removed from the list of the field, and an empty list from the query.
    #[must_use]
    pub fn without(&self, term: &Term) -> Self {
        let removed = values(term);
        let whole = Filter::Term(term.clone());
        let parts = conjuncts(&self.filter).into_iter().filter_map(|part| {
            let mut listed = alternatives(part);
            if *part == whole || !removed.iter().all(|value| listed.contains(value)) {
                return (*part != whole).then(|| part.clone());
            }
            listed.retain(|value| !removed.contains(value));
            (!listed.is_empty()).then(|| joined(listed))
        });
        self.rebuilt(parts)
    }

    /// Adds the term if the query does not have it, else removes it. Values of one field are alternatives: with `status:unread` in the query,
    /// `status:queued` makes it `status:unread,queued`, and once more makes it `status:unread` again.
    pub fn toggle(&mut self, term: Term) {
        let toggled = values(&term);
        let parts = conjuncts(&self.filter);
        let holds = |part: &Filter| {
            let listed = alternatives(part);
            toggled.iter().all(|value| listed.contains(value))
        };
        let whole = Filter::Term(term.clone());
        if parts.iter().any(|part| **part == whole || holds(part)) {
            *self = self.without(&term);
            return;
        }
        let same_field = |part: &Filter| part_field(part).is_some_and(|field| Some(field) == term.field());
        let extended = parts.iter().position(|part| same_field(part)).filter(|_| is_listed(&term));
        let Some(extended) = extended else {
            *self = self.with(term);
            return;
        };
        let parts = parts.into_iter().enumerate().map(|(place, part)| {
            if place != extended {
                return part.clone();
            }
            let mut listed = alternatives(part);
            listed.extend(toggled.iter().filter(|value| !listed.contains(value)).cloned().collect::<Vec<_>>());
            joined(listed)
        });
        *self = self.rebuilt(parts);
    }

    /// Whether the query has the term, alone or among several values of its field.
    pub fn holds(&self, term: &Term) -> bool {
        let (own, whole) = (values(term), Filter::Term(term.clone()));
        conjuncts(&self.filter).into_iter().any(|part| {
            let listed = alternatives(part);
            *part == whole || (!listed.is_empty() && own.iter().all(|value| listed.contains(value)))
        })
    }

    /// The order of the result: `sort` when it is given; the order of the digest when digests are selected without words, `similar:` or
    /// a description; else empty, which means by relevance or newest first (see `Query::sort`).
    pub fn order(&self) -> Vec<Sort> {
        if !self.sort.is_empty() || self.has_words() {
            return self.sort.clone();
        }
        let fields = self.narrowed_fields();
        let is_ranked = [FieldName::Similar, FieldName::Meaning].iter().any(|field| fields.contains(field));
        let of_digests = fields.contains(&FieldName::Digest) && !is_ranked;
        if of_digests { vec![Sort { by: SortBy::Digest, descending: true }] } else { Vec::new() }
    }

    /// The fields that the query limits to some of their values, each once.
    pub fn narrowed_fields(&self) -> Vec<FieldName> {
        let mut fields: Vec<FieldName> = Vec::new();
        for field in conjuncts(&self.filter).into_iter().filter_map(part_field) {
            if !fields.contains(&field) {
                fields.push(field);
            }
        }
        fields
    }

    /// This query with its required free words as a description of papers; without such words the same query.
    #[must_use]
    pub fn by_meaning(&self) -> Self {
        let (words, rest) = self.free_words();
        if words.is_empty() {
            return self.clone();
        }
        let text = words.iter().map(|word| word.text.as_str()).collect::<Vec<_>>().join(" ");
        let filter = Filter::all_of([Filter::Term(Term::Meaning(text)), rest]);
        Self { filter, ..self.clone() }
    }

    /// This query without the conditions on a field, so that every value of it matches.
    #[must_use]
    pub fn without_field(&self, field: FieldName) -> Self {
        let others = conjuncts(&self.filter).into_iter().filter(|part| part_field(part) != Some(field));
        self.rebuilt(others.cloned())
    }

    /// The day (or month, or year) of digests that the query selects; None when it selects none, a range, or a day named as seen from today.
    pub fn digest_day(&self) -> Option<PartialDate> {
        conjuncts(&self.filter).into_iter().find_map(|part| match part {
            Filter::Term(Term::Digest(DigestPattern::Days(Span { from, to }))) if from == to => {
                from.and_then(QueryDate::calendar)
            }
            _ => None,
        })
    }

    /// The paper, star or tag that the papers are to be similar to, as it was typed.
    pub fn similar_to(&self) -> Option<&str> {
        conjuncts(&self.filter).into_iter().find_map(|part| match part {
            Filter::Term(Term::Similar(name)) => Some(name.as_str()),
            _ => None,
        })
    }

    /// This query with identifiers in the spelling that `resolve` returns: what `id:` and bare identifiers are replaced by; None keeps
    /// the one typed. `similar:` is left alone.
    #[must_use]
    pub fn with_identifiers(&self, resolve: &mut dyn FnMut(&str) -> Option<String>) -> Self {
        Self { filter: resolved(&self.filter, resolve), ..self.clone() }
    }

    /// This query without any condition on digests.
    #[must_use]
    pub fn without_digest(&self) -> Self {
        let is_digest = |part: &&Filter| matches!(part, Filter::Term(Term::Digest(_)));
        self.rebuilt(conjuncts(&self.filter).into_iter().filter(|part| !is_digest(part)).cloned())
    }

    /// Drops the mistakes: they belong to the text that was typed.
    fn rebuilt(&self, parts: impl IntoIterator<Item = Filter>) -> Self {
        Self { filter: Filter::all_of(parts), sort: self.sort.clone(), ..Self::default() }
    }
}

fn resolved(filter: &Filter, resolve: &mut dyn FnMut(&str) -> Option<String>) -> Filter {
    match filter {
        Filter::Term(Term::Id(text)) => Filter::Term(Term::Id(resolve(text).unwrap_or_else(|| text.clone()))),
        Filter::And(parts) => Filter::And(parts.iter().map(|part| resolved(part, resolve)).collect()),
        Filter::Or(parts) => Filter::Or(parts.iter().map(|part| resolved(part, resolve)).collect()),
        Filter::Not(part) => Filter::Not(Box::new(resolved(part, resolve))),
        other => other.clone(),
    }
}

fn conjuncts(filter: &Filter) -> Vec<&Filter> {
    match filter {
        Filter::All | Filter::Nothing => Vec::new(),
        Filter::And(parts) => parts.iter().collect(),
        other => vec![other],
    }
}

/// Whether values of the term's field can be alternatives in one list. Free words cannot, and `tag:` already matches any tag.
fn is_listed(term: &Term) -> bool {
    term.field().is_some() && *term != Term::Tag(Vec::new())
}

/// The term split into terms of one value each.
fn values(term: &Term) -> Vec<Term> {
    fn each<T: Clone>(list: &[T], term: impl Fn(Vec<T>) -> Term) -> Vec<Term> {
        list.iter().map(|value| term(vec![value.clone()])).collect()
    }
    match term {
        Term::Status(list) => each(list, Term::Status),
        Term::Is(list) => each(list, Term::Is),
        Term::Has(list) => each(list, Term::Has),
        Term::Tag(list) if !list.is_empty() => each(list, Term::Tag),
        Term::Category(list) => each(list, Term::Category),
        Term::Source(list) => each(list, Term::Source),
        term => vec![term.clone()],
    }
}

/// The values that a part lists as alternatives of one field, as terms of one value each; empty for any other part.
fn alternatives(part: &Filter) -> Vec<Term> {
    let terms: Vec<&Term> = match part {
        Filter::Term(term) => vec![term],
        Filter::Or(parts) => {
            parts.iter().filter_map(|part| if let Filter::Term(term) = part { Some(term) } else { None }).collect()
        }
        _ => Vec::new(),
    };
    let size = if let Filter::Or(parts) = part { parts.len() } else { 1 };
    let field: Option<FieldName> = terms.first().and_then(|term| term.field());
    let same = terms.len() == size && terms.iter().all(|term| term.field() == field && is_listed(term));
    if same { terms.into_iter().flat_map(values).collect() } else { Vec::new() }
}

/// The field whose values a part lists.
fn part_field(part: &Filter) -> Option<FieldName> {
    alternatives(part).first().and_then(Term::field)
}

/// Values of one field as one part.
fn joined(values: Vec<Term>) -> Filter {
    let mut parts: Vec<Term> = Vec::new();
    for value in values {
        match (parts.last_mut(), value) {
            (Some(Term::Status(list)), Term::Status(more)) => list.extend(more),
            (Some(Term::Is(list)), Term::Is(more)) => list.extend(more),
            (Some(Term::Has(list)), Term::Has(more)) => list.extend(more),
            (Some(Term::Tag(list)), Term::Tag(more))
            | (Some(Term::Category(list)), Term::Category(more))
            | (Some(Term::Source(list)), Term::Source(more)) => list.extend(more),
            (_, value) => parts.push(value),
        }
    }
    Filter::any_of(parts.into_iter().map(Filter::Term))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::query::Pattern;
    use crate::domain::reading::Status;

    fn toggled(text: &str, term: &str) -> String {
        let mut query = Query::parse(text);
        let Filter::Term(term) = Query::parse(term).filter else { panic!("{term} is not one term") };
        query.toggle(term);
        let (again, printed) = (Query::parse(&query.to_string()), query.to_string());
        assert_eq!(again.filter, query.filter, "{printed}");
        printed
    }

    #[test]
    fn values_of_a_field_come_and_go_as_alternatives() {
        assert_eq!(toggled("", "status:unread"), "status:unread");
        assert_eq!(toggled("lora sort:title", "status:unread"), "lora status:unread sort:title");
        assert_eq!(toggled("lora status:unread", "status:queued"), "lora status:unread,queued");
        assert_eq!(toggled("status:unread,queued lora", "status:unread"), "status:queued lora");
        assert_eq!(toggled("status:queued lora", "status:queued"), "lora");
        assert_eq!(toggled("lora OR qlora", "is:starred"), "(lora OR qlora) is:starred");
        assert_eq!(toggled("year:2024 lora", "year:2023"), "year:2024,2023 lora");
        assert_eq!(toggled("year:2024,2023", "year:2024"), "year:2023");
        assert_eq!(toggled("tag:a tag:b", "tag:b"), "tag:a");
        assert_eq!(toggled("-tag:rl", "tag:rl"), "tag:rl");
        assert_eq!(toggled("-tag:rl,x", "tag:rl"), "-tag:rl,x tag:rl");
        assert_eq!(toggled("tag:", "tag:rl"), "tag: tag:rl");
        assert_eq!(toggled("tag:rl", "tag:"), "tag:rl tag:");
        assert_eq!(toggled("lora", "quant"), "lora quant");
        assert_eq!(toggled("lora quant", "quant"), "lora");
        assert_eq!(toggled("(status:read OR lora) x", "status:unread"), "(status:read OR lora) x status:unread");
    }

    #[test]
    fn identifiers_are_replaced_wherever_they_stand() {
        let query = Query::parse("lora (2403.11111v2 OR -id:10.1000/x) similar:2403.11111v2");
        let resolved =
            query.with_identifiers(&mut |text| text.starts_with("2403").then(|| "arxiv:2403.11111".to_owned()));
        assert_eq!(resolved.to_string(), "lora (id:arxiv:2403.11111 OR -id:10.1000/x) similar:2403.11111v2");
    }

    #[test]
    fn conditions_are_added_once_and_removed_by_part() {
        let query = Query::parse("lora -is:seen (a OR b) sort:-date stauts:x");
        assert_eq!(
            query.with(Term::Status(vec![Status::Read])).to_string(),
            "lora -is:seen (a OR b) stauts:x status:read sort:-date"
        );
        assert_eq!(
            query.with(Term::Is(vec![crate::domain::query::Is::Seen])).to_string(),
            "lora (a OR b) stauts:x is:seen sort:-date"
        );
        let parts: Vec<String> = query.parts().into_iter().map(|(_, text)| text).collect();
        assert_eq!(parts, ["lora", "-is:seen", "a OR b", "stauts:x"]);
        let (group, _) = query.parts().remove(2);
        assert_eq!(query.without_part(&group).to_string(), "lora -is:seen stauts:x sort:-date");
        assert_eq!(Query::default().parts(), []);
        let author = Term::Author(Pattern::Phrase("Tri \"T\" Dao, (Jr)".into()));
        let with = query.with(author.clone());
        assert_eq!(Query::parse(&with.to_string()).filter, with.filter);
        assert_eq!(with.with(author.clone()), with);
        assert_eq!(with.without(&author).filter, query.filter);
    }
}
