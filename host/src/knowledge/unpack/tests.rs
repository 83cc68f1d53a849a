use std::io::Write;

use ::tar::{Builder, EntryType, Header};
use ::zip::ZipWriter;
use ::zip::write::SimpleFileOptions;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::*;

/// A zip archive of these files.
fn zip(files: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in files {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

fn entry(name: &[u8], kind: EntryType, length: u64) -> Header {
    let mut header = Header::new_gnu();
    header.set_entry_type(kind);
    header.set_size(length);
    header.as_mut_bytes()[..name.len()].copy_from_slice(name);
    header.set_mode(0o644);
    header.set_cksum();
    header
}

fn tar(files: &[(&[u8], &[u8])]) -> Vec<u8> {
    let mut archive = Builder::new(Vec::new());
    for (name, bytes) in files {
        archive.append(&entry(name, EntryType::Regular, bytes.len() as u64), *bytes).unwrap();
    }
    archive.into_inner().unwrap()
}

fn gz(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).unwrap();
    packed.finish().unwrap()
}

/// A document's id, and its length or the reason why there is none.
type UnpackedLength = (String, Result<usize, String>);

/// Each document with its length or the reason why there is none, and why the archive ended early.
fn unpacked(name: &str, bytes: Vec<u8>) -> (Vec<UnpackedLength>, Result<(), String>) {
    let mut found = Vec::new();
    let kind = Archive::of_path(name).unwrap();
    let ended = unpack(Source::bytes(name, bytes), kind, &mut |unpacked| {
        found.push(match unpacked {
            Unpacked::Document(source) => (source.id.clone(), Ok(source.read(u64::MAX).unwrap().len())),
            Unpacked::Unreadable { document, reason } => (document, Err(reason)),
        });
        ControlFlow::Continue(())
    });
    (found, ended)
}

fn ids(found: &[UnpackedLength]) -> Vec<&str> {
    found.iter().map(|(id, _)| id.as_str()).collect()
}

/// Whether these and no others could not be read, for reasons with these words.
#[track_caller]
fn told(found: &[UnpackedLength], expected: &[(&str, &str)]) {
    assert_eq!(ids(found), expected.iter().map(|(id, _)| *id).collect::<Vec<_>>());
    for ((_, result), (_, words)) in found.iter().zip(expected) {
        assert!(result.as_ref().is_err_and(|reason| reason.contains(words)), "{found:?}");
    }
}

#[test]
fn documents_come_out_of_each_kind_of_archive() {
    let files: [(&str, &[u8]); 3] = [("政策/章程.md", b"# a"), ("b.txt", b"bb"), ("表.csv", b"c,d\n1,2\n")];
    let raw: Vec<_> = files.iter().map(|(name, bytes)| (name.as_bytes(), *bytes)).collect();
    for (name, bytes) in [("a.zip", zip(&files)), ("a.tar", tar(&raw)), ("x/a.TAR.GZ", gz(&tar(&raw)))] {
        let (found, ended) = unpacked(name, bytes);
        assert_eq!(ended, Ok(()), "{name}");
        let expected: Vec<_> =
            files.iter().map(|(file, bytes)| (format!("{name}/{file}"), Ok(bytes.len()))).collect();
        assert_eq!(found, expected);
    }
}

#[test]
fn names_of_chinese_windows_are_read_and_unsafe_ones_refused() {
    let (gbk, _, _) = encoding_rs::GBK.encode("招生章程.txt");
    let (found, ended) = unpacked("a.tar", tar(&[(&gbk, b"1"), (b"../up.md", b"2"), (b"/etc/x.md", b"3")]));
    assert_eq!(ended, Ok(()));
    assert_eq!(ids(&found), ["a.tar/招生章程.txt", "a.tar/../up.md", "a.tar//etc/x.md"]);
    for (_, refused) in &found[1..] {
        assert!(
            refused.as_ref().is_err_and(|reason| reason.contains("leads out of its archive")),
            "{refused:?}"
        );
    }
    // The writer writes UTF-8, so the name is put in afterwards, where the archive repeats it too.
    let mut bytes = zip(&[("AAAAAAAA.txt", b"1")]);
    while let Some(at) = bytes.windows(8).position(|at| at == b"AAAAAAAA") {
        bytes[at..at + 8].copy_from_slice(&gbk[..8]);
    }
    assert_eq!(ids(&unpacked("a.zip", bytes).0), ["a.zip/招生章程.txt"]);
}

#[test]
fn folders_and_hidden_files_are_passed_over_and_links_and_strangers_reported() {
    let mut archive = Builder::new(Vec::new());
    for (name, kind) in [
        (&b"link.md"[..], EntryType::Symlink),
        (b"hard.md", EntryType::Link),
        (b"folder", EntryType::Directory),
        (b"pipe.md", EntryType::Fifo),
    ] {
        archive.append(&entry(name, kind, 0), io::empty()).unwrap();
    }
    archive.append(&entry(b".hidden.md", EntryType::Regular, 1), &b"1"[..]).unwrap();
    for name in [&b"picture.png"[..], b"old.doc", b"inner.zip"] {
        archive.append(&entry(name, EntryType::Regular, 1), &b"1"[..]).unwrap();
    }
    let (found, ended) = unpacked("a.tar", archive.into_inner().unwrap());
    assert_eq!(ended, Ok(()));
    told(
        &found,
        &[
            ("a.tar/link.md", "is a link"),
            ("a.tar/hard.md", "is a link"),
            ("a.tar/picture.png", "format .png cannot be read"),
            ("a.tar/old.doc", "save it as .docx"),
            ("a.tar/inner.zip", "an archive in an archive"),
        ],
    );
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    archive.add_symlink("link.md", "/etc/passwd", SimpleFileOptions::default()).unwrap();
    archive.add_directory("folder", SimpleFileOptions::default()).unwrap();
    let (found, ended) = unpacked("a.zip", archive.finish().unwrap().into_inner());
    assert_eq!(ended, Ok(()));
    told(&found, &[("a.zip/link.md", "is a link")]);
}

#[test]
fn of_two_files_with_one_name_the_first_is_read() {
    let (found, ended) = unpacked("a.tar", tar(&[(b"a.md", b"1"), (b"./a.md", b"22")]));
    assert_eq!((&found[0], ended), (&("a.tar/a.md".to_owned(), Ok(1)), Ok(())));
    told(&found[1..], &[("a.tar/a.md", "another file of this name")]);
}

#[test]
fn an_encrypted_file_is_reported_and_the_rest_read() {
    let mut bytes = zip(&[("a.md", b"a"), ("b.md", b"b")]);
    // The first file's flags, in its own header and in the list.
    for (mark, flags) in [(&b"PK\x03\x04"[..], 6), (b"PK\x01\x02", 8)] {
        let at = bytes.windows(4).position(|at| at == mark).unwrap();
        bytes[at + flags] |= 1;
    }
    let (found, ended) = unpacked("a.zip", bytes);
    assert_eq!(ended, Ok(()));
    told(&found[..1], &[("a.zip/a.md", "is encrypted; pack it without a password")]);
    assert_eq!(found[1], ("a.zip/b.md".to_owned(), Ok(1)));
}

#[test]
fn files_that_share_their_bytes_are_a_bomb() {
    let mut bytes = zip(&[("a.md", &b"abc".repeat(100)), ("b.md", b"b"), ("c.md", b"c")]);
    // The list says that `b.md` is where `a.md` is.
    let list = bytes.windows(4).enumerate().filter(|(_, at)| *at == b"PK\x01\x02").nth(1).unwrap().0;
    bytes[list + 42..list + 46].fill(0);
    let (found, ended) = unpacked("a.zip", bytes);
    assert_eq!(ended, Ok(()));
    told(&found[1..2], &[("a.zip/b.md", "shares its bytes")]);
    assert_eq!(ids(&found), ["a.zip/a.md", "a.zip/b.md", "a.zip/c.md"]);
    assert!(found[0].1.is_ok() && found[2].1.is_ok(), "{found:?}");
}

#[test]
fn many_small_bombs_are_one() {
    // Each unfolds to less than what is looked at, all together to more than the archive may.
    let zeros = vec![b'0'; 1 << 20];
    let names: Vec<String> = (0..400).map(|number| format!("{number}.txt")).collect();
    let files: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &zeros[..])).collect();
    let (found, ended) = unpacked("a.zip", zip(&files));
    assert!(found.len() < 400 && ended.is_err_and(|reason| reason.contains("200-fold")), "{}", found.len());
}

#[test]
fn a_sparse_file_is_refused_before_its_zeros_are_read() {
    let mut archive = Builder::new(Vec::new());
    let mut header = entry(b"zeros.txt", EntryType::GNUSparse, 0);
    header.as_gnu_mut().unwrap().realsize = *b"77777777777\0";
    header.set_cksum();
    archive.append(&header, io::empty()).unwrap();
    let (found, ended) = unpacked("a.tar", archive.into_inner().unwrap());
    assert!(found.is_empty() && ended.as_ref().is_err_and(|reason| reason.contains("sparse")), "{ended:?}");
}

#[test]
fn a_bomb_is_refused_and_the_rest_goes_on() {
    let zeros = vec![b'0'; 16 << 20];
    let (found, ended) = unpacked("a.zip", zip(&[("bomb.txt", &zeros), ("a.md", b"a")]));
    assert_eq!(ended, Ok(()));
    assert!(found[0].1.as_ref().is_err_and(|reason| reason.contains("200-fold")), "{found:?}");
    assert_eq!(found[1], ("a.zip/a.md".to_owned(), Ok(1)));

    // One stream, so that nothing behind a bomb can be trusted.
    let (found, ended) = unpacked("a.tar.gz", gz(&tar(&[(b"a.md", b"a"), (b"bomb.txt", &zeros)])));
    assert_eq!(found[0], ("a.tar.gz/a.md".to_owned(), Ok(1)));
    assert!(ended.is_err_and(|reason| reason.contains("200-fold")));

    // A stored file is as long as it is.
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Stored);
    archive.start_file("long.txt", stored).unwrap();
    archive.write_all(&vec![b'0'; 21 << 20]).unwrap();
    let (found, _) = unpacked("a.zip", archive.finish().unwrap().into_inner());
    assert!(found[0].1.as_ref().is_err_and(|reason| reason.contains("20 MiB")), "{found:?}");
}

#[test]
fn too_many_files_are_refused() {
    let stored = SimpleFileOptions::default().compression_method(::zip::CompressionMethod::Stored);
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for number in 0..=MAX_FILES {
        archive.start_file(format!("{number}.md"), stored).unwrap();
    }
    let (found, ended) = unpacked("a.zip", archive.finish().unwrap().into_inner());
    assert!(found.is_empty() && ended.is_err_and(|reason| reason.contains("holds 20001 files")));

    let names: Vec<String> = (0..=MAX_FILES).map(|number| format!("{number}.md")).collect();
    let files: Vec<(&[u8], &[u8])> = names.iter().map(|name| (name.as_bytes(), &b"1"[..])).collect();
    let (found, ended) = unpacked("a.tar", tar(&files));
    assert!(found.len() == MAX_FILES && ended.is_err_and(|reason| reason.contains("more than 20000 files")));
}

#[test]
fn a_name_without_end_is_refused_before_it_fills_the_memory() {
    let mut archive = Builder::new(Vec::new());
    let name = vec![b'a'; 2 << 20];
    archive.append(&entry(b"././@LongLink", EntryType::GNULongName, name.len() as u64), &name[..]).unwrap();
    let bytes = archive.into_inner().unwrap();
    for (file, bytes) in [("a.tar", bytes.clone()), ("a.tgz", gz(&bytes))] {
        let (_, ended) = unpacked(file, bytes);
        assert!(
            ended
                .as_ref()
                .is_err_and(|reason| reason.contains("names of more than") || reason.contains("fold")),
            "{ended:?}"
        );
    }
}

#[test]
fn what_is_no_archive_says_so_and_what_was_read_before_stands() {
    for name in ["a.zip", "a.tar", "a.tgz"] {
        for bytes in [b"hello".to_vec(), Vec::new(), vec![7; 4096]] {
            let (found, ended) = unpacked(name, bytes);
            assert!(
                found.is_empty() && ended.as_ref().is_err_and(|reason| reason.starts_with("is no")),
                "{ended:?}"
            );
        }
    }
    let mut cut = tar(&[(b"a.md", b"a"), (b"b.md", &[b'b'; 5000])]);
    cut.truncate(3000);
    let (found, ended) = unpacked("a.tar", cut);
    assert_eq!(found[0], ("a.tar/a.md".to_owned(), Ok(1)));
    told(&found[1..], &[("a.tar/b.md", "is cut off")]);
    assert!(ended.is_err_and(|reason| reason.contains("damaged")));

    let mut packed = zip(&[("a.md", &b"abcdefgh".repeat(100)), ("b.md", b"b")]);
    packed[40] ^= 0xff;
    let (found, ended) = unpacked("a.zip", packed);
    assert_eq!(ended, Ok(()));
    assert!(found[0].1.as_ref().is_err_and(|reason| reason.contains("damaged")), "{found:?}");
    assert_eq!(found[1].1, Ok(1));
}

#[test]
fn nobody_who_has_enough_is_given_more() {
    let mut given = 0;
    let archive = Source::bytes("a.zip", zip(&[("a.md", b"a"), ("b.md", b"b")]));
    let ended = unpack(archive, Archive::Zip, &mut |_| {
        given += 1;
        ControlFlow::Break(())
    });
    assert_eq!((given, ended), (1, Ok(())));
}
