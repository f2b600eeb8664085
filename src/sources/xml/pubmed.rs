//! PubMed's XML: `PubmedArticle` and `PubmedBookArticle`, of the download of a search or of a whole file of MEDLINE.

use super::super::decode::{FileHead, InputLines};
use super::super::input::Origin;
use super::super::item::Visit;
use super::super::snapshot::one_line;
use super::super::stated::{PublishedIn, StatedPaper, date, date_in, pubmed_link, without_stop};
use super::tree::XmlNode;
use crate::domain::date::PartialDate;
use crate::domain::paper::Author;
use crate::domain::publication_status::PublicationStatus;
use crate::error::Result;

/// By its elements.
pub(in crate::sources) fn recognises(head: &FileHead<'_>) -> bool {
    super::has_element(
        head,
        &["PubmedArticleSet", "PubmedArticle", "PubmedBookArticle", "MedlineCitationSet", "MedlineCitation"],
    )
}

pub(in crate::sources) fn read(origin: &Origin<'_>, lines: InputLines<'_>, each: &mut Visit<'_>) -> Result<()> {
    let is_record = |name: &str, _: usize| ["PubmedArticle", "PubmedBookArticle", "MedlineCitation"].contains(&name);
    super::read_records((origin, lines), is_record, &mut |node| Some(paper(node)), &mut |_| (), each)
}

/// The kind of a retracted paper, as PubMed names it. A notice is a `Retraction Notice`, before 2023 a `Retraction of Publication`.
pub(in crate::sources) const RETRACTED: &str = "Retracted Publication";

fn paper(record: &XmlNode) -> StatedPaper {
    let citation = record.at(&["MedlineCitation"]).or_else(|| record.at(&["BookDocument"])).unwrap_or(record);
    let article = citation.at(&["Article"]).unwrap_or(citation);
    let title =
        [article.text_of("ArticleTitle"), article.text_of("VernacularTitle"), article.text_at(&["Book", "BookTitle"])];
    let authors = article.children("AuthorList").flat_map(|list| list.children("Author")).flat_map(author);
    let of_kind = |node: &XmlNode, attribute: &str, kind: &str| {
        (node.attribute(attribute) == kind).then(|| one_line(&node.text()))
    };
    let located = article.children("ELocationID").filter_map(|node| of_kind(node, "EIdType", "doi"));
    let data = ["PubmedData", "PubmedBookData"].iter().find_map(|name| record.at(&[name, "ArticleIdList"]));
    let listed =
        data.into_iter().flat_map(|list| list.children("ArticleId")).filter_map(|node| of_kind(node, "IdType", "doi"));
    let issue = ["Journal", "JournalIssue"];
    let in_issue = |name: &str| article.text_at(&[issue[0], issue[1], name]);
    let keywords = citation.children("KeywordList").flat_map(|list| list.children("Keyword")).map(XmlNode::text);
    let keywords: Vec<String> = keywords.collect();
    let headings = citation
        .at(&["MeshHeadingList"])
        .into_iter()
        .flat_map(|list| list.children("MeshHeading"))
        .map(|heading| heading.text_of("DescriptorName"));
    let kinds = article.children("PublicationTypeList").flat_map(|list| list.children("PublicationType"));
    let comments = citation.children("CommentsCorrectionsList").flat_map(|list| list.children("CommentsCorrections"));
    let is_retracted = kinds.map(XmlNode::text).any(|kind| kind.trim() == RETRACTED)
        || comments.map(|comment| comment.attribute("RefType")).any(|kind| kind == "RetractionIn");
    let journal = [
        article.text_at(&["Journal", "Title"]),
        article.text_at(&["Journal", "ISOAbbreviation"]),
        article.text_at(&["Book", "BookTitle"]),
    ];
    StatedPaper {
        title: title
            .iter()
            .find(|text| !text.trim().is_empty())
            .map(|text| without_stop(text).to_owned())
            .unwrap_or_default(),
        summary: article.at(&["Abstract"]).map(summary).unwrap_or_default(),
        authors: authors.collect(),
        published: published(article),
        ids: located.chain(listed).collect(),
        links: pubmed_link(&citation.text_of("PMID")).into_iter().collect(),
        place: PublishedIn {
            venue: journal.into_iter().find(|text| !text.trim().is_empty()).unwrap_or_default(),
            volume: in_issue("Volume"),
            number: in_issue("Issue"),
            pages: article.text_at(&["Pagination", "MedlinePgn"]),
        },
        keywords: if keywords.is_empty() { headings.collect() } else { keywords },
        publication_status: is_retracted.then_some(PublicationStatus::Retracted),
        ..StatedPaper::default()
    }
}

/// The parts of an abstract with their headings, a paragraph each.
fn summary(node: &XmlNode) -> String {
    let parts = node.children("AbstractText").map(|part| match part.attribute("Label") {
        "" => one_line(&part.text()),
        label => format!("{label}: {}", one_line(&part.text())),
    });
    parts.filter(|part| !part.is_empty()).collect::<Vec<_>>().join("\n\n")
}

fn author(node: &XmlNode) -> Vec<Author> {
    let part = |name: &str| one_line(&node.text_of(name));
    let given = Some(part("ForeName")).filter(|name| !name.is_empty()).unwrap_or_else(|| part("Initials"));
    let family = Some(part("LastName")).filter(|name| !name.is_empty()).unwrap_or_else(|| part("CollectiveName"));
    Author::stated(&family, &given, &part("Suffix")).collect()
}

/// The day of the issue, or of the electronic version where that is more precise.
fn published(article: &XmlNode) -> Option<PartialDate> {
    let of = |node: &XmlNode| {
        let stated = date(&node.text_of("Year"), &node.text_of("Month"), &node.text_of("Day"));
        stated.or_else(|| date_in(&node.text_of("MedlineDate")))
    };
    let issue =
        article.at(&["Journal", "JournalIssue", "PubDate"]).or_else(|| article.at(&["Book", "PubDate"])).and_then(of);
    let electronic = article.at(&["ArticleDate"]).and_then(of);
    match (issue, electronic) {
        (Some(issue), Some(electronic)) if issue.day().is_none() && issue.year() == electronic.year() => {
            Some(electronic)
        }
        (issue, electronic) => issue.or(electronic),
    }
}
