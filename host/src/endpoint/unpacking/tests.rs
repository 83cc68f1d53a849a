use std::io::Write;

use flate2::Compression;
use flate2::write::{GzEncoder, ZlibEncoder};
use reqwest::header::HeaderValue;

use super::*;

fn unpacked(encoding: &str, pieces: &[&[u8]]) -> Result<Vec<u8>, UnpackError> {
    let mut headers = HeaderMap::new();
    if !encoding.is_empty() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_str(encoding).unwrap());
    }
    let mut unpacking = BodyUnpacking::of(&headers);
    let mut out = Vec::new();
    for piece in pieces {
        unpacking.feed(piece, |bytes| {
            out.extend_from_slice(bytes);
            Ok::<_, UnpackError>(())
        })?;
    }
    Ok(out)
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

#[test]
fn what_was_packed_is_unpacked_whole_and_byte_by_byte() {
    let text = "data: 好\n\n".repeat(1000).into_bytes();
    let mut deflate = ZlibEncoder::new(Vec::new(), Compression::default());
    deflate.write_all(&text).unwrap();
    let (gzip, deflate) = (gzip(&text), deflate.finish().unwrap());
    for (encoding, packed) in [
        ("gzip", &gzip),
        ("X-GZIP", &gzip),
        ("", &gzip),
        ("deflate", &deflate),
        ("identity", &text),
        ("", &text),
    ] {
        assert_eq!(unpacked(encoding, &[packed]).as_ref(), Ok(&text), "{encoding}");
        let bytes: Vec<&[u8]> = packed.chunks(1).collect();
        assert_eq!(unpacked(encoding, &bytes).as_ref(), Ok(&text), "{encoding}, byte by byte");
    }
    assert_eq!(unpacked("", &[b"\x1f", b"x"]), Ok(b"\x1fx".to_vec()));
}

#[test]
fn each_event_of_a_packed_stream_comes_when_it_was_sent() {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    let mut unpacking = BodyUnpacking::of(&HeaderMap::new());
    for event in ["data: 1\n\n", "data: 2\n\n"] {
        encoder.write_all(event.as_bytes()).unwrap();
        encoder.flush().unwrap();
        let mut out = Vec::new();
        let packed = std::mem::take(encoder.get_mut());
        unpacking
            .feed(&packed, |bytes| {
                out.extend_from_slice(bytes);
                Ok::<_, UnpackError>(())
            })
            .unwrap();
        assert_eq!(out, event.as_bytes());
    }
}

#[test]
fn what_cannot_be_unpacked_is_told_and_what_unfolds_comes_in_small_steps() {
    assert!(matches!(unpacked("br", &[b"x"]), Err(UnpackError::Unknown(name)) if name == "br"));
    assert!(matches!(unpacked("gzip", &[b"no gzip at all"]), Err(UnpackError::Damaged(_))));
    let bomb = gzip(&vec![0; 64 << 20]);
    let mut largest = 0;
    let mut unpacking = BodyUnpacking::of(&HeaderMap::new());
    unpacking
        .feed(&bomb, |bytes| {
            largest = largest.max(bytes.len());
            Ok::<_, UnpackError>(())
        })
        .unwrap();
    assert!(largest <= 8 << 20, "{largest}");
}
