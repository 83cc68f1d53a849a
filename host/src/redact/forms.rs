//! The forms in which an echo repeats a secret: as it is, escaped for JSON, HTML or a URL, twice even,
//! or encoded as base64 or hexadecimal digits.

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

/// All forms of a secret, each once. Whoever searches for them does not mind upper and lower case, so
/// that one spelling of hexadecimal digits and of names is enough.
pub(super) fn of(secret: &str) -> BTreeSet<Vec<u8>> {
    let mut forms: BTreeSet<Vec<u8>> = BTreeSet::new();
    forms.insert(secret.into());
    forms.extend(in_json(secret).flat_map(|once| {
        // JSON within a string of JSON, as error messages carry it.
        let twice: Vec<String> = in_json(&once).collect();
        [once].into_iter().chain(twice).map(String::into_bytes)
    }));
    forms.extend(in_html(secret).map(String::into_bytes));
    forms.extend(in_url(secret).map(String::into_bytes));
    forms.extend(in_base64(secret.as_bytes()));
    forms.insert(secret.bytes().map(|byte| format!("{byte:02x}")).collect::<String>().into());
    forms.retain(|form| form.len() >= MIN_BYTES);
    forms
}

/// What serialisers escape in a JSON string beside what they must, and whether by number: nothing,
/// slashes (PHP), what HTML knows (Go, Gson, .NET), everything but letters and digits.
const JSON: [(&str, bool); 9] = [
    ("", false),
    ("/", false),
    ("/", true),
    ("&<>", true),
    ("&<>='", true),
    ("&<>='/", true),
    ("\"&<>+'`", true),
    ("\"&<>+'=/", true),
    (SIGNS, true),
];
/// All of ASCII that is neither letter nor digit, but for the space.
const SIGNS: &str = "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~";

fn in_json(text: &str) -> impl Iterator<Item = String> {
    let escaped = move |also: &str, by_number: bool, ascii: bool| {
        let mut out = String::new();
        for c in text.chars() {
            let asked = also.contains(c);
            match c {
                '\t' => out.push_str("\\t"),
                c if (asked && by_number) || c.is_ascii_control() || (ascii && !c.is_ascii()) => {
                    for unit in c.encode_utf16(&mut [0; 2]) {
                        out.push_str(&format!("\\u{unit:04x}"));
                    }
                }
                c if asked || matches!(c, '"' | '\\') => out.extend(['\\', c]),
                c => out.push(c),
            }
        }
        out
    };
    JSON.into_iter()
        .flat_map(move |(also, by_number)| [false, true].map(|ascii| escaped(also, by_number, ascii)))
}

/// What escapers for HTML write as a number, decimal or hexadecimal: quotes, and what else may end an
/// attribute. `&`, `<` and `>` have names.
const HTML: [&str; 6] = ["", "'", "\"'", "\"'/", "\"'+", "\"'/=`+"];

fn in_html(text: &str) -> impl Iterator<Item = String> {
    let escaped = move |numbered: &str, named_quote: bool, number: fn(u32) -> String| {
        let mut out = String::new();
        for c in text.chars() {
            match c {
                '&' => out.push_str("&amp;"),
                '<' => out.push_str("&lt;"),
                '>' => out.push_str("&gt;"),
                '"' if named_quote => out.push_str("&quot;"),
                '\'' if named_quote && numbered.is_empty() => out.push_str("&apos;"),
                c if numbered.contains(c) => out.push_str(&number(c.into())),
                c => out.push(c),
            }
        }
        out
    };
    let numbers: [fn(u32) -> String; 2] = [|code| format!("&#{code};"), |code| format!("&#x{code:x};")];
    let ways = HTML.into_iter().flat_map(move |set| numbers.map(|number| (set, number)));
    ways.flat_map(move |(set, number)| [false, true].map(|named| escaped(set, named, number)))
}

/// As it is put into an address, and as that address is put into another one.
fn in_url(text: &str) -> impl Iterator<Item = String> {
    let encoded = |set: &'static AsciiSet| percent_encode(text.as_bytes(), set).to_string();
    let form: String = url::form_urlencoded::byte_serialize(text.as_bytes()).collect();
    let once = [encoded(QUERY), encoded(PATH), encoded(COMPONENT), encoded(UNRESERVED), form];
    once.into_iter().flat_map(|once| [once.replace('%', "%25").replace('+', "%2B"), once])
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
