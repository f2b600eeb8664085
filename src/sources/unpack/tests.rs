//! Packed files of every kind, whole, cut and damaged; and the archives that other tests make.

use std::io::Write;

use flate2::Compression;
use flate2::write::{DeflateEncoder, GzEncoder};

use super::*;

const DEFLATED: u16 = 8;
const STORED: u16 = 0;
const ENCRYPTED: u16 = 1;
const LENGTH_FOLLOWS: u16 = 8;

/// `kites`, a line, as `xz` writes it.
const XZ: [u8; 64] = [
    0xfd, 0x37, 0x7a, 0x58, 0x5a, 0x00, 0x00, 0x04, 0xe6, 0xd6, 0xb4, 0x46, 0x02, 0x00, 0x21, 0x01, 0x16, 0x00, 0x00,
    0x00, 0x74, 0x2f, 0xe5, 0xa3, 0x01, 0x00, 0x05, 0x6b, 0x69, 0x74, 0x65, 0x73, 0x0a, 0x00, 0x00, 0x00, 0x46, 0x40,
    0xe9, 0xa5, 0xfe, 0xa2, 0xcc, 0xf1, 0x00, 0x01, 0x1e, 0x06, 0xc1, 0x2f, 0xa4, 0x1d, 0x1f, 0xb6, 0xf3, 0x7d, 0x01,
    0x00, 0x00, 0x00, 0x00, 0x04, 0x59, 0x5a,
];

pub(crate) fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// A tar archive of files.
pub(crate) fn tar(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ::tar::Builder::new(Vec::new());
    for (name, bytes) in files {
        let mut header = ::tar::Header::new_gnu();
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_cksum();
        archive.append_data(&mut header, name, *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

/// A zip archive of files with this method and these flags, without the table at the end that a reader of streams never sees.
pub(crate) fn zip(files: &[(&str, &[u8])], method: u16, flags: u16) -> Vec<u8> {
    let mut archive = Vec::new();
    for (name, bytes) in files {
        let mut crc = flate2::Crc::new();
        crc.update(bytes);
        let packed = if method == DEFLATED { deflate(bytes) } else { bytes.to_vec() };
        let told = flags & LENGTH_FOLLOWS == 0;
        let now = |number: u32| if told { number } else { 0 };
        archive.extend_from_slice(zip_stream::MAGIC);
        [20, flags, method, 0, 0].iter().for_each(|field: &u16| archive.extend_from_slice(&field.to_le_bytes()));
        for field in [now(crc.sum()), now(packed.len() as u32), now(bytes.len() as u32)] {
            archive.extend_from_slice(&field.to_le_bytes());
        }
        archive.extend_from_slice(&(name.len() as u16).to_le_bytes());
        archive.extend_from_slice(&[0, 0]);
        archive.extend_from_slice(name.as_bytes());
        archive.extend_from_slice(&packed);
        if !told {
            archive.extend_from_slice(b"PK\x07\x08");
            for field in [crc.sum(), packed.len() as u32, bytes.len() as u32] {
                archive.extend_from_slice(&field.to_le_bytes());
            }
        }
    }
    archive.extend_from_slice(b"PK\x01\x02");
    archive
}

fn wanted(name: &str) -> Wanted {
    match name {
        _ if name.ends_with(".jsonl") => Wanted::Read,
        _ if name.ends_with('/') => Wanted::Ignored,
        _ => Wanted::Skipped("another ending"),
    }
}

/// Each file with its name and bytes, or why it was not read.
fn read(bytes: &[u8]) -> io::Result<Vec<(String, Vec<u8>)>> {
    let mut files = Vec::new();
    each_file(Box::new(bytes), wanted, &mut |found| {
        files.push(match found {
            Unpacked::Skipped { member, reason } => (member.to_owned(), reason.as_bytes().to_vec()),
            Unpacked::File { member, bytes } => {
                let mut content = Vec::new();
                let read = bytes.read_to_end(&mut content);
                let content = read.map_or_else(|error| error.to_string().into_bytes(), |_| content);
                (member.unwrap_or("-").to_owned(), content)
            }
        });
        ControlFlow::Continue(())
    })?;
    Ok(files)
}

fn file(name: &str, bytes: &[u8]) -> (String, Vec<u8>) {
    (name.to_owned(), bytes.to_vec())
}

#[test]
fn every_packing_gives_the_same_bytes() {
    let text: Vec<u8> = b"{\"id\":\"2401.99901\"}\n".repeat(50_000);
    let of_two = [zstd::bulk::compress(&text[..20], 1).unwrap(), zstd::bulk::compress(&text[20..], 1).unwrap()];
    for packed in [text.clone(), gzip(&text), [gzip(&text[..20]), gzip(&text[20..])].concat(), of_two.concat()] {
        assert_eq!(read(&packed).unwrap(), [file("-", &text)]);
    }
    assert_eq!(read(&XZ).unwrap(), [file("-", b"kites\n")]);
    assert_eq!(read(b"PK").unwrap(), [file("-", b"PK")]);
    assert_eq!(read(b"").unwrap(), [file("-", b"")]);
}

#[test]
fn all_files_of_an_archive_are_read() {
    let text: Vec<u8> = b"{\"id\":\"2401.99901\"}\n".repeat(50_000);
    let long = format!("{}/b.jsonl", "folder".repeat(30));
    let files: [(&str, &[u8]); 4] =
        [("read.me", b"no papers"), ("a/papers.jsonl", &text), (&long, b"{}"), ("empty.jsonl", b"")];
    let expected = [
        file("read.me", b"another ending"),
        file("a/papers.jsonl", &text),
        file(&long, b"{}"),
        file("empty.jsonl", b""),
    ];
    let archive = tar(&files);
    let packings = [archive.clone(), gzip(&archive), zstd::bulk::compress(&archive, 1).unwrap()];
    for packed in packings.into_iter().chain(
        [(DEFLATED, 0), (STORED, 0), (DEFLATED, LENGTH_FOLLOWS)].map(|(method, flags)| zip(&files, method, flags)),
    ) {
        assert_eq!(read(&packed).unwrap(), expected);
    }
    let folders: [(&str, &[u8]); 2] = [("notes/", b""), ("notes/a.jsonl", b"x")];
    assert_eq!(read(&zip(&folders, STORED, 0)).unwrap(), [file("notes/a.jsonl", b"x")]);
}

#[test]
fn reading_stops_when_asked() {
    for archive in
        [tar(&[("a.jsonl", b"x"), ("b.jsonl", b"y")]), zip(&[("a.jsonl", b"x"), ("b.jsonl", b"y")], DEFLATED, 8)]
    {
        let mut count = 0;
        let read = each_file(Box::new(archive.as_slice()), wanted, &mut |_| {
            count += 1;
            ControlFlow::Break(())
        });
        assert!(read.is_ok() && count == 1);
    }
}

#[test]
fn a_damaged_file_costs_only_itself_where_its_length_is_known() {
    let files: [(&str, &[u8]); 2] = [("a.jsonl", b"some lines of papers, some lines of papers"), ("b.jsonl", b"whole")];
    for method in [STORED, DEFLATED] {
        let mut torn = zip(&files, method, 0);
        torn[30 + 7 + 12] ^= 1;
        let found = read(&torn).unwrap();
        assert_ne!(found[0], file("a.jsonl", files[0].1));
        assert_eq!(found[1], file("b.jsonl", b"whole"));
    }
    let found = read(&zip(&files, STORED, ENCRYPTED));
    assert!(found.unwrap_err().to_string().contains("no file of an import format"));
}

#[test]
fn what_cannot_be_unpacked_says_why() {
    let lines = b"some lines of papers, some lines of papers";
    let files: [(&str, &[u8]); 1] = [("papers.jsonl", lines)];
    let mut torn = zip(&files, DEFLATED, LENGTH_FOLLOWS);
    let at = torn.len() - 4 - 12;
    torn[at] ^= 1;
    let archive = tar(&files);
    for (bytes, expected) in [
        (torn, "damaged"),
        (zip(&[("papers.pdf", b"")], DEFLATED, 0), "no file of an import format"),
        (tar(&[("papers.pdf", b"x")]), "no file of an import format"),
        (zip(&files, STORED, LENGTH_FOLLOWS), "end of a file in it is not known"),
        (zip(&files, DEFLATED, 0)[..20].to_vec(), ""),
        ([&zip(&files, STORED, 0)[..30 + 12 + lines.len()], b"rest"].concat(), "the archive is damaged"),
        (archive[..700].to_vec(), ""),
    ] {
        let error = read(&bytes).map_err(|error| error.to_string());
        match (&error, expected) {
            // The file that was cut reports it itself.
            (Ok(found), "") => assert_ne!(found[0].1, lines),
            (Ok(_), _) => panic!("{expected} is not reported"),
            (Err(error), _) => assert!(error.contains(expected), "{error}"),
        }
    }
    let cut = gzip(&b"x".repeat(10_000));
    assert_ne!(
        read(&cut[..cut.len() / 2]).map_or_else(|_| Vec::new(), |files| files[0].1.clone()),
        b"x".repeat(10_000)
    );
}

#[test]
fn endings_of_packings_are_no_part_of_a_name() {
    for (name, expected) in [("a.bib.GZ", "a.bib"), ("a.bib.tar.xz", "a.bib"), ("a.tgz", "a"), ("a.bib", "a.bib")] {
        assert_eq!(without_packing(name), expected);
    }
}
