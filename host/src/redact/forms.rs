//! The forms in which an echo repeats a secret: as it is, escaped for JSON, HTML or a URL, twice even,
//! or encoded as base64 or hexadecimal digits.

use std::collections::BTreeSet;

use super::MIN_BYTES;
use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::GeneralPurpose;
use base64::engine::general_purpose::NO_PAD;

use crate::hex::hex;

/// Signs that no encoder minds.
const UNRESERVED: &str = "-._~";
/// Signs of one secret of which every choice is tried. Keys have two or three, and a choice doubles the forms.
const MOST_SIGNS: u32 = 6;

/// All forms of a secret, each once. Whoever searches for them does not mind upper and lower case, so
/// that one spelling of hexadecimal digits and of names is enough.
pub(super) fn of(secret: &str) -> BTreeSet<Vec<u8>> {
    let mut forms: BTreeSet<Vec<u8>> = BTreeSet::new();
    forms.insert(secret.into());
    let choices = choices(secret);
    for signs in &choices {
        for ascii in [false, true] {
            forms.insert(in_json(secret, signs, Escape::Number, ascii).into());
            forms.insert(in_html(secret, signs, ascii, |code| format!("&#{code};")).into());
            forms.insert(in_html(secret, signs, ascii, |code| format!("&#x{code:x};")).into());
        }
        let in_url = in_url(secret, signs);
        // An address within an address.
        forms.insert(in_url.replace('%', "%25").into());
        forms.insert(in_url.into());
    }
    for (signs, ascii) in [("", false), ("", true), ("/", false), ("/", true)] {
        let once = in_json(secret, signs, Escape::Backslash, ascii);
        // JSON within a string of JSON, as error messages carry it.
        forms.insert(in_json(&once, signs, Escape::Backslash, ascii).into());
        forms.insert(once.into());
    }
    let form: String = url::form_urlencoded::byte_serialize(secret.as_bytes()).collect();
    forms.insert(form.replace('%', "%25").replace('+', "%2B").into());
    forms.insert(form.into());
    forms.insert(secret.bytes().map(|byte| format!("%{byte:02x}")).collect::<String>().into());
    forms.insert(secret.chars().map(|c| format!("&#{};", u32::from(c))).collect::<String>().into());
    forms.insert(secret.chars().map(|c| format!("&#x{:x};", u32::from(c))).collect::<String>().into());
    forms.extend(in_base64(secret.as_bytes()));
    forms.insert(hex(secret.as_bytes()).into());
    forms.retain(|form| form.len() >= MIN_BYTES);
    forms
}

/// Sets of punctuation that an encoder may escape. Each encoder has a list of its own and treats one sign
/// alike everywhere, so every set of the secret's signs is tried, and all of them at once.
fn choices(secret: &str) -> BTreeSet<String> {
    let of_its_own: BTreeSet<char> = secret.chars().filter(char::is_ascii_punctuation).collect();
    let all: String = of_its_own.iter().collect();
    let reserved: Vec<char> = of_its_own.into_iter().filter(|c| !UNRESERVED.contains(*c)).collect();
    let mut choices = BTreeSet::from([all, String::new(), reserved.iter().collect()]);
    let tried = &reserved[..reserved.len().min(MOST_SIGNS as usize)];
    let rest: String = reserved[tried.len()..].iter().collect();
    for choice in 0..1_u32 << tried.len() {
        let chosen = (0..).zip(tried).filter(|(place, _)| choice & 1 << place != 0).map(|(_, c)| *c);
        let chosen: String = chosen.collect();
        choices.insert(format!("{chosen}{rest}"));
        choices.insert(chosen);
    }
    choices
}

/// How signs are escaped in a JSON string that need not be.
#[derive(Clone, Copy, PartialEq)]
enum Escape {
    Number,
    Backslash,
}

fn in_json(text: &str, signs: &str, how: Escape, ascii: bool) -> String {
    let mut out = String::new();
    for c in text.chars() {
        let asked = signs.contains(c);
        match c {
            '\t' => out.push_str("\\t"),
            c if (asked && how == Escape::Number) || c.is_ascii_control() || (ascii && !c.is_ascii()) => {
                for unit in c.encode_utf16(&mut [0; 2]) {
                    out.push_str(&format!("\\u{unit:04x}"));
                }
            }
            c if asked || matches!(c, '"' | '\\') => out.extend(['\\', c]),
            c => out.push(c),
        }
    }
    out
}

/// `&`, `<` and `>` by name, quotes too where `named`, and the signs by number.
fn in_html(text: &str, signs: &str, named: bool, number: fn(u32) -> String) -> String {
    let mut out = String::new();
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if named => out.push_str("&quot;"),
            '\'' if named && !signs.contains(c) => out.push_str("&apos;"),
            c if signs.contains(c) => out.push_str(&number(c.into())),
            c => out.push(c),
        }
    }
    out
}

/// The signs, and what no address can hold as it is, percent-encoded.
fn in_url(text: &str, signs: &str) -> String {
    let mut out = String::new();
    for c in text.chars() {
        if c.is_ascii_graphic() && c != '%' && !signs.contains(c) {
            out.push(c);
        } else {
            c.encode_utf8(&mut [0; 4]).bytes().for_each(|byte| out.push_str(&format!("%{byte:02x}")));
        }
    }
    out
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
