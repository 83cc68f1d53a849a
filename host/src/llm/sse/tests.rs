use super::*;

fn decode(chunks: &[&str]) -> Vec<(String, String)> {
    let mut decoder = Decoder::default();
    let mut events = Vec::new();
    for chunk in chunks {
        decoder.feed(chunk.as_bytes(), &mut events).unwrap();
    }
    decoder.finish(&mut events);
    let text = |bytes| String::from_utf8(bytes).unwrap();
    events.into_iter().map(|event| (text(event.name), text(event.data))).collect()
}

fn data(chunks: &[&str]) -> Vec<String> {
    decode(chunks).into_iter().map(|(_, data)| data).collect()
}

#[test]
fn reads_events_whatever_the_line_ends_and_cuts() {
    let whole = "data: a\n\ndata:b\r\n\r\n: note\nid: 1\ndata: c\rdata: d\r\rdata\n\n";
    assert_eq!(data(&[whole]), ["a", "b", "c\nd"]);
    let bytes: Vec<&str> = whole.split("").collect();
    assert_eq!(data(&bytes), ["a", "b", "c\nd"]);
    assert_eq!(
        data(&["data: a\n\nda", "ta:b\r\n\r", "\n: note\nid: 1\ndata: c\ndata: d\n\n"]),
        ["a", "b", "c\nd"]
    );
}

#[test]
fn gives_the_last_event_without_its_blank_line() {
    assert_eq!(data(&["data: a\n\ndata: [DONE]"]), ["a", "[DONE]"]);
}

#[test]
fn an_event_has_its_own_name_and_no_others() {
    let events = decode(&["event: ping\n\nevent:error\ndata: x\n\ndata: y\n\nevent: error\n\n"]);
    let events: Vec<_> = events.iter().map(|(name, data)| (name.as_str(), data.as_str())).collect();
    assert_eq!(events, [("error", "x"), ("", "y"), ("error", "")]);
}

#[test]
fn an_object_without_a_fields_name_before_it_is_data_and_other_lines_are_none() {
    assert_eq!(data(&["data: a\n\n{\"b\":1}\n\ndata: c\n\n"]), ["a", "{\"b\":1}", "c"]);
    assert_eq!(data(&["data: a\n{\"b\":1}\n\n{\"c\"", ":1}"]), ["a\n{\"b\":1}", "{\"c\":1}"]);
    assert_eq!(decode(&["event: error\n{\"b\":1}\n\n"]), [("error".to_owned(), "{\"b\":1}".to_owned())]);
    assert_eq!(data(&["data: a\n\n{\"b\":\n\nwords\n\n17\n\n"]), ["a"]);
    // As far as an event is read that is none of JSON by the letter.
    assert_eq!(data(&["{\"b\":\"x\ty\",\"c\":NaN}\n\n"]), ["{\"b\":\"x\ty\",\"c\":NaN}"]);
}

#[test]
fn refuses_an_endless_line() {
    let mut decoder = Decoder::default();
    let part = vec![b'x'; MAX_EVENT_BYTES / 2];
    assert!(decoder.feed(&part, &mut Vec::new()).is_ok());
    assert!(decoder.feed(&part, &mut Vec::new()).is_ok());
    assert!(decoder.feed(b"x", &mut Vec::new()).is_err());
}
