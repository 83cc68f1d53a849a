//! The forms in which an echo repeats a secret: as it is, escaped for JSON, HTML or a URL, or encoded
//! as base64 or hexadecimal digits.

use std::collections::BTreeSet;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};

use super::MIN_BYTES;

/// What a URL's query and path leave as it is, by the URL standard.
const QUERY: &AsciiSet = &percent_encoding::CONTROLS.add(b' ').add(b'"').add(b'#').add(b'<').add(b'>');
const PATH: &AsciiSet = &QUERY.add(b'?').add(b'`').add(b'{').add(b'}').add(b'^');
/// What `encodeURIComponent` and RFC 3986 leave as it is.
const COMPONENT: &AsciiSet = &UNRESERVED.remove(b'!').remove(b'*').remove(b'\'').remove(b'(').remove(b')');
const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC.remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// All forms of a secret, each once.
pub(super) fn of(secret: &str) -> BTreeSet<Vec<u8>> {
    let mut forms: BTreeSet<Vec<u8>> = BTreeSet::new();
    forms.insert(secret.into());
    forms.extend(in_json(secret).into_iter().flat_map(|once| {
        // JSON within a string of JSON, as error messages carry it.
        let twice = in_json(&once);
        [once].into_iter().chain(twice).map(String::into_bytes)
    }));
    forms.extend(in_html(secret).map(String::into_bytes));
    forms.extend(in_url(secret).map(String::into_bytes));
    forms.extend(in_base64(secret.as_bytes()));
    let hex: String = secret.bytes().map(|byte| format!("{byte:02x}")).collect();
    forms.insert(hex.to_uppercase().into());
    forms.insert(hex.into());
    forms.retain(|form| form.len() >= MIN_BYTES);
    forms
}

/// As serialisers escape strings: no more than they must, slashes too, what HTML knows too (in the
/// two spellings of digits), and everything beyond ASCII.
fn in_json(text: &str) -> [String; 6] {
    let escaped = |also: &str, ascii: bool, upper: bool| {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '"' | '\\' if !also.contains(c) => out.extend(['\\', c]),
                '/' if also == "/" => out.push_str("\\/"),
                '\t' => out.push_str("\\t"),
                c if also.contains(c) || c.is_ascii_control() || (ascii && !c.is_ascii()) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        let unit = if upper { format!("\\u{unit:04X}") } else { format!("\\u{unit:04x}") };
                        out.push_str(&unit);
                    }
                }
                c => out.push(c),
            }
        }
        out
    };
    [
        escaped("", false, false),
        escaped("", true, false),
        escaped("/", false, false),
        escaped("/", true, false),
        escaped("&<>", false, false),
        escaped("\"&<>+'", true, true),
    ]
}

fn in_html(text: &str) -> impl Iterator<Item = String> {
    let few = text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    let quotes = [("\"", "'"), ("&quot;", "&#39;"), ("&quot;", "&#x27;"), ("&#34;", "&#39;")];
    quotes.into_iter().map(move |(double, single)| few.replace('"', double).replace('\'', single))
}

fn in_url(text: &str) -> impl Iterator<Item = String> {
    let encoded = |set: &'static AsciiSet| percent_encode(text.as_bytes(), set).to_string();
    let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let all = [encoded(QUERY), encoded(PATH), encoded(COMPONENT), encoded(UNRESERVED), form];
    all.into_iter().flat_map(|upper| [lower_digits(&upper), upper])
}

/// The same with hexadecimal digits in lower case, as some servers write them.
fn lower_digits(encoded: &str) -> String {
    let mut digits = 0;
    let lower = |c: char| match c {
        '%' => {
            digits = 2;
            c
        }
        c if digits > 0 => {
            digits -= 1;
            c.to_ascii_lowercase()
        }
        c => c,
    };
    encoded.chars().map(lower).collect()
}

/// Three bytes become four characters, so what comes before decides where a secret begins in its
/// group: each of the three places gives other characters. Those that also depend on what stands
/// before and after are left out; so `Bearer …` and `user:…` are found as well as the secret alone.
fn in_base64(secret: &[u8]) -> Vec<Vec<u8>> {
    let mut forms = Vec::new();
    for alphabet in [STANDARD, URL_SAFE] {
        let engine = GeneralPurpose::new(&alphabet, NO_PAD);
        for before in 0..3 {
            let mut bytes = vec![0; before];
            bytes.extend_from_slice(secret);
            let whole = bytes.len() * 8 / 6;
            let encoded = engine.encode(&bytes).into_bytes();
            let first = (before * 8).div_ceil(6);
            forms.push(encoded[first..whole].to_vec());
        }
    }
    forms
}
