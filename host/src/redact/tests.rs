//! What a redactor finds, and what it leaves alone.

use super::*;

const KEY: &str = "sk-9f/Q+7\"x&é=";

fn redactor() -> Redactor {
    Redactor::of([("models.m", KEY), ("short", "ab"), ("other", "S3CR3T-0000")])
}

#[test]
fn a_secret_is_blanked_in_every_form_an_echo_takes() {
    let redactor = redactor();
    let json = serde_json::to_string(KEY).unwrap();
    let twice = serde_json::to_string(&json).unwrap();
    let base64 = |text: String, alphabet| {
        base64::Engine::encode(
            &base64::engine::GeneralPurpose::new(alphabet, base64::engine::general_purpose::PAD),
            text,
        )
    };
    let mut echoes = vec![
        format!("invalid key Bearer {KEY}!"),
        format!("{{\"message\": {json}}}"),
        twice,
        "sk-9f\\/Q+7\\\"x&\\u00e9=".to_owned(),
        "sk-9f/Q\\u002B7\\u0022x\\u0026\\u00E9=".to_owned(),
        "sk-9f/Q+7\\\"x\\u0026é=".to_owned(),
        "sk-9f/Q+7&quot;x&amp;é=".to_owned(),
        url::Url::parse(&format!("https://h.test/?key={KEY}")).unwrap().to_string(),
        format!("key={}", url::form_urlencoded::byte_serialize(KEY.as_bytes()).collect::<String>()),
        "key=sk-9f%2fQ%2b7%22x%26%c3%a9%3d".to_owned(),
        "next=%2Fx%3Fkey%3Dsk-9f%252FQ%252B7%2522x%2526%25C3%25A9%253D".to_owned(),
        "sk-9f\\u002fQ\\u002b7\\u0022x\\u0026\\u00e9\\u003d".to_owned(),
        "sk-9f/Q+7\\\"x\\u0026é\\u003d".to_owned(),
        "sk-9f&#x2F;Q&#x2B;7&#x22;x&amp;é&#x3D;".to_owned(),
        "sk-9f&#x2f;Q+7&quot;x&amp;é=".to_owned(),
        "sk-9f/Q&#43;7&#34;x&amp;é=".to_owned(),
        // Python's quote, Go's PathEscape, encodeURI.
        "sk-9f/Q%2B7%22x%26%C3%A9%3D".to_owned(),
        "sk-9f%2FQ+7%22x&%C3%A9=".to_owned(),
        "sk-9f/Q+7%22x&%C3%A9=".to_owned(),
        KEY.bytes().map(|byte| format!("%{byte:02X}")).collect(),
        KEY.chars().map(|c| format!("&#{};", u32::from(c))).collect(),
        KEY.to_uppercase().replace('É', "é"),
    ];
    for before in ["", "Bearer ", "user:", "u:", "Basic x:"] {
        for alphabet in [&base64::alphabet::STANDARD, &base64::alphabet::URL_SAFE] {
            echoes.push(base64(format!("{before}{KEY}, and more"), alphabet));
        }
    }
    for echo in echoes {
        let clean = redactor.text(&echo);
        assert!(clean.contains("[secret models.m]"), "{echo} became {clean}");
        assert!(!clean.contains("9f") && !clean.contains("Q+7"), "{echo} became {clean}");
    }
}

#[test]
fn a_secret_of_many_signs_has_a_bounded_number_of_forms() {
    let forms = forms::of("a!b\"c#d$e%f&g'h(i)j*k+l,m/n:o;p<q=r>s?t@u[v\\w]x^y_z`1{2|3}4~5");
    assert!((100..3000).contains(&forms.len()), "{}", forms.len());
}

#[test]
fn what_holds_no_secret_is_not_touched() {
    let redactor = redactor();
    for text in ["", "ab ab ab", "sk-9f/Q+7", "S3CR3T-000", "高考志愿"] {
        assert!(matches!(redactor.text(text), Cow::Borrowed(same) if same == text));
    }
    assert!(!Redactor::default().finds(KEY.as_bytes()));
    assert_eq!(Redactor::of([("a", "a")]).text("a banana"), "a banana");
}

#[test]
fn a_secret_cut_anywhere_is_blanked_and_nothing_else_is_lost() {
    let redactor = Redactor::of([("a", "abcabcab"), ("b", "bcabcabX-yz"), ("c", "cabcab")]);
    let text = "ab abcabcabcab, abcabcabX-yz; bcabcabX-y cabca abcabcababcabcab é";
    let whole = redactor.text(text);
    assert_eq!(
        whole, "ab [secret a], [secret a]; b[secret c]X-y cabca [secret a][secret a] é",
        "secrets that overlap are one"
    );
    for size in 1..text.len() {
        let mut stream = redactor.stream();
        let mut out = Vec::new();
        for piece in text.as_bytes().chunks(size) {
            out.extend(stream.feed(piece));
        }
        out.extend(stream.finish());
        assert_eq!(String::from_utf8(out).unwrap(), whole, "in pieces of {size}");
    }
    let mut stream = redactor.stream();
    assert_eq!(stream.feed(b"plain text"), b"plain text", "only the beginning of a secret waits");
    assert_eq!(stream.feed(b" abcab"), b" ");
    assert_eq!(stream.feed(b"!"), b"abcab!");
    assert_eq!(stream.feed(b"abcab"), b"");
    assert_eq!(stream.finish(), b"abcab");
}

#[test]
fn what_may_be_the_beginning_of_a_secret_is_told() {
    let redactor = redactor();
    for (text, open) in [("x S3CR3T-", 7), ("x s3cr", 4), ("S3CR3T-x", 0), ("", 0)] {
        assert_eq!(redactor.open_end(text.as_bytes()), open, "{text}");
    }
    assert_eq!(Redactor::default().open_end(b"S3CR3T-"), 0);
}

#[test]
fn json_stays_json() {
    let redactor = Redactor::of([("n", "nabcdef"), ("digits", "12345678")]);
    let text = "{\"a\":\"x\\nabcdef nabcdef\",\"nabcdef\":[12345678,1.50]}";
    assert_eq!(
        redactor.json(text),
        "{\"a\":\"x\\nabcdef [secret n]\",\"[secret n]\":[\"[secret digits]\",1.5]}"
    );
    assert_eq!(redactor.json("no JSON: nabcdef"), "no JSON: [secret n]");
    assert_eq!(redactor.json(r#"{"a":"\u006eabc\u0064ef"}"#), r#"{"a":"[secret n]"}"#);
    assert!(matches!(redactor.json(r#"{"a":"\u5206 1.50"}"#), Cow::Borrowed(_)));
}

#[test]
fn what_the_process_learns_is_known_everywhere() {
    learn("first", " learnt-secret\n");
    learn("again", "learnt-secret");
    learn("short", "tiny");
    learn("none", "");
    learn("long", "0123456789-abcdef");
    assert_eq!(known().text("x learnt-secret tiny"), "x [secret first] tiny");
    assert_eq!(known_in_answers().text("learnt-secret 0123456789-abcdef"), "learnt-secret [secret long]");
}
