#!/usr/bin/env python3
"""Counter-checks the import formats with independent readers.

Reads every file with `tsundoku import` into a library of its own and with the reader of another project, and compares the papers: how many,
which titles, and of each title the year, the first author's family name and the DOI. Prints what differs; exit status 1 when titles do.

    pip install bibtexparser==1.4.3 pybtex rispy feedparser lxml
    python tests/counter_check.py target/release/tsundoku FILE...
"""

import html
import json
import re
import subprocess
import sys
import tempfile
import unicodedata
from pathlib import Path


def folded(text):
    """Letters and digits of a title, without LaTeX, tags and accents."""
    text = html.unescape(html.unescape(text or ""))
    text = re.sub(r"</?[A-Za-z][^<>]{0,80}>", "", text)
    text = re.sub(r"\\(ss|o|O|l|L|ae|AE|oe|OE|aa|AA|i|j)(?![A-Za-z])", lambda m: m.group(1)[0], text)
    text = re.sub(r"\\[\"'`^~=.cvuHkrdb]\s*", "", text)
    text = re.sub(r"\\[A-Za-z]+\s*", "", text)
    text = unicodedata.normalize("NFKD", text).casefold()
    text = text.translate(str.maketrans({"ø": "o", "ł": "l", "đ": "d", "ı": "i"})).replace("ß", "s").replace("æ", "a").replace("œ", "o")
    return "".join(c for c in text if c.isalnum())


def family(name):
    """The last word of a family name."""
    name = re.sub(r"\s+", " ", re.sub(r"[{}]", "", name or "")).strip()
    last = name.split(",")[0].split(" ") if "," in name else name.split(" ")
    return folded(last[-1])


def year_of(text):
    found = re.search(r"(?<!\d)([12]\d{3})(?!\d)", str(text or ""))
    return found.group(1) if found else None


def doi_of(text):
    found = re.search(r"10\.\d{4,9}/\S+", (text or "").replace("\\", ""))
    return found.group(0).rstrip(".,;}").lower() if found and "10.48550/arxiv" not in found.group(0).lower() else None


def paper(title, authors, year, doi):
    return {"title": folded(title), "shown": title, "author": family(authors[0]) if authors else None, "year": year_of(year), "doi": doi_of(doi)}


def by_bibtexparser(path):
    import bibtexparser
    from bibtexparser.bparser import BibTexParser

    parser = BibTexParser(common_strings=True, ignore_nonstandard_types=False, interpolate_strings=False)
    entries = bibtexparser.loads(path.read_text("utf-8", errors="replace"), parser).entries
    for entry in entries:
        fields = {name.lower(): value if isinstance(value, str) else str(value) for name, value in entry.items()}
        authors = [a for a in re.split(r"\s+and\s+", fields.get("author", "")) if a.strip()]
        yield paper(fields.get("title"), authors, fields.get("date") or fields.get("year"), fields.get("doi"))


def by_pybtex(path):
    from pybtex.database.input.bibtex import Parser

    database = Parser(encoding="utf-8").parse_file(str(path))
    for entry in database.entries.values():
        authors = [" ".join(person.last_names) for person in entry.persons.get("author", [])]
        yield paper(entry.fields.get("title"), authors, entry.fields.get("date") or entry.fields.get("year"), entry.fields.get("doi"))


def by_rispy(path):
    import rispy

    for entry in rispy.loads(path.read_text("utf-8-sig")):
        title = entry.get("title") or entry.get("primary_title")
        authors = entry.get("authors") or entry.get("first_authors") or []
        yield paper(title, authors, entry.get("year") or entry.get("publication_year"), entry.get("doi"))


def by_feedparser(path):
    import feedparser

    for entry in feedparser.parse(path.read_bytes()).entries:
        title = re.sub(r"\.? \(arXiv:[^()]*\)$", "", entry.get("title", ""))
        names = re.sub(r"<[^>]*>|\([^)]*\)", "", (entry.get("authors") or [{}])[0].get("name", "")).split(",")
        published = entry.get("published") if "arxiv.org/abs" in entry.get("id", "") else None
        yield paper(title, names if names[0].strip() else [], published, entry.get("arxiv_doi"))


def by_lxml(path):
    from lxml import etree

    root = etree.fromstring(path.read_bytes(), etree.XMLParser(recover=True, resolve_entities=False, no_network=True, load_dtd=False))
    name = lambda node: etree.QName(node).localname if isinstance(node.tag, str) else ""
    first = lambda node, *names: next(("".join(child.itertext()) for wanted in names for child in node.iter() if name(child) == wanted), None)
    for node in root.iter():
        if name(node) in ("PubmedArticle", "record", "paper", "article", "inproceedings", "phdthesis"):
            title = first(node, "ArticleTitle", "title")
            if title is not None and title.strip():
                title = re.sub(r"\.$", "", title.strip())
                yield paper(title, [], None, None)


def by_json(path):
    data = json.loads(path.read_text("utf-8"))
    for entry in data if isinstance(data, list) else [data]:
        parts = (entry.get("issued") or {}).get("date-parts", [[None]])[0]
        authors = [a.get("literal") or f"{a.get('family')}, {a.get('given')}" for a in entry.get("author", [])]
        yield paper(entry.get("title"), authors, parts[0] if parts else None, entry.get("DOI"))


READERS = {
    ".bib": [by_bibtexparser, by_pybtex],
    ".ris": [by_rispy],
    ".json": [by_json],
    ".rss": [by_feedparser],
    ".rdf": [by_feedparser],
    ".xml": [by_lxml],
}


def ours(program, path):
    with tempfile.TemporaryDirectory() as folder:
        command = [program, "--dir", folder]
        subprocess.run([*command, "import", str(path), "--quiet"], capture_output=True, check=False)
        lines = subprocess.run([*command, "export", "--format", "json"], capture_output=True, text=True, check=True).stdout
        for line in lines.splitlines():
            record = json.loads(line)
            found = paper(record["title"], record["authors"], record["published"], record["doi"])
            # The papers that every library begins with.
            yield {**found, "starter": any(digest["source"] == "starter" for digest in record["digests"])}


def compare(name, reader, mine, theirs):
    """Prints the differences; the number of titles that only one of both has."""
    by_title = {found["title"]: found for found in mine}
    other = {found["title"]: found for found in theirs if found["title"]}
    missing = [found for title, found in other.items() if title not in by_title]
    added = [found for title, found in by_title.items() if title not in other and not found["starter"]]
    values = []
    for title, found in other.items():
        for field in ("year", "author", "doi") if title in by_title else ():
            if found[field] and found[field] != by_title[title][field]:
                values.append(f"{field} of `{found['shown'][:60]}`: {by_title[title][field]}, not {found[field]}")
    print(f"{name} ({reader}): {sum(not found['starter'] for found in by_title.values())} titles, {len(other)} of theirs; {len(missing)} missing, {len(added)} only ours, {len(values)} values differ")
    for found in missing[:5]:
        print(f"    missing: {found['shown']!r}")
    for found in added[:5]:
        print(f"    only ours: {found['shown']!r}")
    for line in values[:8]:
        print(f"    {line}")
    return len(missing) + len(added)


def main():
    program, *files = sys.argv[1:]
    different = 0
    for path in map(Path, files):
        mine = list(ours(program, path))
        kind = ".rss" if re.match(rb"\s*(<\?xml[^>]*>\s*)?<(feed|rss)", path.read_bytes()[:400]) else path.suffix.lower()
        for reader in READERS.get(kind, []):
            try:
                theirs = list(reader(path))
            except Exception as error:  # other readers give up on a file for one entry
                print(f"{path.name} ({reader.__name__[3:]}): they cannot read it: {str(error)[:100]!r}")
                continue
            different += compare(path.name, reader.__name__[3:], mine, theirs)
    sys.exit(1 if different else 0)


if __name__ == "__main__":
    main()
