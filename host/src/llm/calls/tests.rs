use super::*;

/// The calls of an answer, without ids that were made here, and checked against their pieces.
fn put_together(fragments: &[&str]) -> Vec<(String, String, String)> {
    let offered =
        Offered { of_client: vec!["weather".into(), "get_time".into()], of_host: vec!["kb".into()] };
    let mut calls = ArrivingCalls::of(offered);
    let mut out = Vec::new();
    for fragment in fragments {
        calls.take(Json::parse(fragment).unwrap(), &mut out).ok().unwrap();
    }
    let whole = calls.finish(&mut out);
    let mut pieces: Vec<ToolCall> = Vec::new();
    for event in out {
        let AnswerEvent::Call(piece) = event else { panic!("only calls") };
        if let Some(head) = piece.head {
            assert_eq!(piece.index, pieces.len());
            pieces.push(ToolCall { id: head.id, name: head.name, arguments: String::new() });
        }
        pieces[piece.index].arguments.push_str(&piece.arguments);
    }
    assert_eq!(pieces, whole);
    let mut ids: Vec<&str> = whole.iter().map(|call| call.id.as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    assert_eq!(ids.len(), whole.len(), "each has an id of its own: {whole:?}");
    let id = |id: String| if id.starts_with("call_0") { "made".to_owned() } else { id };
    whole.into_iter().map(|call| (id(call.id), call.name, call.arguments)).collect()
}

fn expect(fragments: &[&str], calls: &[(&str, &str, &str)]) {
    let together = put_together(fragments);
    let together: Vec<_> =
        together.iter().map(|(id, name, arguments)| (&**id, &**name, &**arguments)).collect();
    assert_eq!(together, calls, "{fragments:?}");
}

#[test]
fn by_the_letter_and_from_any_index() {
    for first in [0, 1, 7, 4_000_000_000_u64] {
        let fragment = |index: u64, rest: &str| format!(r#"{{"index":{index},{rest}}}"#);
        let fragments = [
            fragment(first, r#""id":"a","function":{"name":"weather","arguments":""}"#),
            fragment(first, r#""function":{"arguments":"{\"q"}"#),
            fragment(first + 1, r#""id":"b","function":{"name":"kb","arguments":"{"}"#),
            fragment(first, r#""function":{"arguments":"\":1}"}"#),
            fragment(first + 1, r#""function":{"arguments":"}"}"#),
        ];
        let fragments: Vec<&str> = fragments.iter().map(String::as_str).collect();
        expect(&fragments, &[("a", "weather", r#"{"q":1}"#), ("b", "kb", "{}")]);
    }
}

#[test]
fn a_call_that_stands_in_the_text_as_well_is_one() {
    let in_text = |name: Option<&str>, arguments: &str| CallInText {
        number: 0,
        name: name.map(str::to_owned),
        arguments: arguments.to_owned(),
    };
    let native = r#"{"index":0,"id":"a","function":{"name":"weather","arguments":"{\"q\":"}}"#;
    let rest = r#"{"index":0,"function":{"arguments":"1}"}}"#;
    for is_text_first in [true, false] {
        let mut calls = ArrivingCalls::default();
        let mut out = Vec::new();
        for takes_text in [is_text_first, !is_text_first] {
            if takes_text {
                calls.take_from_text(in_text(Some("weather"), ""), &mut out).unwrap();
                calls.take_from_text(in_text(None, r#"{"q":1}"#), &mut out).unwrap();
            } else {
                for fragment in [native, rest] {
                    calls.take(Json::parse(fragment).unwrap(), &mut out).unwrap();
                }
            }
        }
        let whole = calls.finish(&mut out);
        let whole: Vec<_> = whole.iter().map(|call| (&*call.name, &*call.arguments)).collect();
        assert_eq!(whole, [("weather", r#"{"q":1}"#)], "text first: {is_text_first}");
    }
}

#[test]
fn the_name_comes_again_or_in_parts() {
    let again = r#"{"index":0,"id":"a","function":{"name":"weather","arguments":"{\"a\":"}}"#;
    let rest = r#"{"index":0,"id":"a","function":{"name":"weather","arguments":"1}"}}"#;
    let empty = r#"{"index":0,"id":"a","function":{"name":"weather","arguments":""}}"#;
    expect(&[again, rest, empty], &[("a", "weather", r#"{"a":1}"#)]);
    let named = |name: &str| format!(r#"{{"index":0,"function":{{"name":"{name}"}}}}"#);
    let arguments = r#"{"index":0,"function":{"arguments":"{}"}}"#;
    expect(&[&named("get_"), &named("time"), arguments], &[("made", "get_time", "{}")]);
    expect(&[&named("get_"), &named("get_time"), arguments], &[("made", "get_time", "{}")]);
}

#[test]
fn without_an_index_ids_and_names_tell() {
    let begins = |id: &str, name: &str, arguments: &str| {
        format!(r#"{{"id":"{id}","function":{{"name":"{name}","arguments":"{arguments}"}}}}"#)
    };
    let goes_on =
        |id: &str, arguments: &str| format!(r#"{{"id":"{id}","function":{{"arguments":"{arguments}"}}}}"#);
    for next in ["", "a"] {
        expect(&[&begins("a", "weather", "{"), &goes_on(next, "}")], &[("a", "weather", "{}")]);
    }
    // An id for each fragment.
    expect(&[&begins("x", "weather", "{"), &goes_on("y", "}")], &[("x", "weather", "{}")]);
    expect(
        &[&begins("a", "weather", "{}"), &begins("b", "weather", "{}")],
        &[("a", "weather", "{}"), ("b", "weather", "{}")],
    );
    expect(
        &[&begins("a", "weather", ""), &begins("b", "kb", ""), &goes_on("b", "{}")],
        &[("a", "weather", "{}"), ("b", "kb", "{}")],
    );
    expect(
        &[&begins("", "weather", "{}"), &begins("", "kb", "{}")],
        &[("made", "weather", "{}"), ("made", "kb", "{}")],
    );
    // One id for all.
    expect(
        &[&begins("a", "weather", "{}"), &begins("a", "kb", "{}")],
        &[("a", "weather", "{}"), ("made", "kb", "{}")],
    );
}

#[test]
fn two_calls_on_one_index_are_two() {
    let call = |id: &str, name: &str, arguments: &str| {
        format!(r#"{{"index":0,"id":{id},"function":{{"name":"{name}","arguments":"{arguments}"}}}}"#)
    };
    expect(
        &[&call("\"a\"", "weather", "{}"), &call("\"b\"", "weather", "{}")],
        &[("a", "weather", "{}"), ("b", "weather", "{}")],
    );
    expect(
        &[&call("null", "weather", "{}"), &call("null", "kb", ""), &call("null", "weather", "{}")],
        &[("made", "weather", "{}"), ("made", "kb", "{}"), ("made", "weather", "{}")],
    );
    expect(
        &[&call("null", "weather", "{}"), &call("null", "weather", r#"{\"a\":1}"#)],
        &[("made", "weather", "{}"), ("made", "weather", r#"{"a":1}"#)],
    );
    let begun = call("\"a\"", "weather", r#"{\"a\":"#);
    expect(&[&begun, &call("\"b\"", "weather", "1}")], &[("a", "weather", r#"{"a":1}"#)]);
    // The whole call once more, at its end.
    let whole = call("\"a\"", "weather", r#"{\"a\":1}"#);
    expect(
        &[&begun, r#"{"index":0,"function":{"arguments":"1}"}}"#, &whole],
        &[("a", "weather", r#"{"a":1}"#)],
    );
}

#[test]
fn arguments_of_every_shape() {
    for (arguments, text) in [
        (r#"{"a": [1, "\"}"]}"#, r#"{"a": [1, "\"}"]}"#),
        (r#""""#, "{}"),
        (r#"" ""#, "{}"),
        ("null", "{}"),
        ("17", "{}"),
        (r#""{broken""#, "{broken"),
        (r#""\"{\\\"q\\\":1}\"""#, r#"{"q":1}"#),
        (r#"" \"{\\\"q\\\": \\\"}\\\"}\" ""#, r#"{"q": "}"}"#),
        (r#""null""#, "{}"),
        (r#"" null\n""#, "{}"),
        (r#""\"null\"""#, "{}"),
        (r#""\"\"""#, "{}"),
        (r#""\"\\\"\\\"\"""#, "{}"),
        (r#""\"\\\"{\\\\\\\"q\\\\\\\":1}\\\"\"""#, r#"{"q":1}"#),
        (r#""nullable""#, "nullable"),
        (r#""\"hello\"""#, r#""hello""#),
        (r#""\"[1]\"""#, r#""[1]""#),
        (r#""\"{broken""#, r#""{broken"#),
        (r#""{\"a\":\"\ud83d\"}""#, "{\"a\":\"\u{FFFD}\"}"),
    ] {
        let call =
            format!(r#"{{"id":"a","type":"function","function":{{"name":"kb","arguments":{arguments}}}}}"#);
        expect(&[&call], &[("a", "kb", text)]);
    }
    expect(&[r#"{"index":0,"id":5,"name":"kb","arguments":"{}"}"#, "null", "[]", "3"], &[("5", "kb", "{}")]);
    // In pieces, and in place of the arguments that come then.
    let pieces = |pieces: &[&str]| so_far(r#""index":0,"id":"a","#, r#""name":"kb","#, pieces);
    for (fragments, arguments) in [
        (pieces(&["nu", "ll"]), "{}"),
        (pieces(&["null", ""]), "{}"),
        (pieces(&["null", r#"{"q":"#, "1}"]), r#"{"q":1}"#),
        (pieces(&["nul", "lable"]), "nullable"),
    ] {
        expect(&fragments.iter().map(String::as_str).collect::<Vec<_>>(), &[("a", "kb", arguments)]);
    }
}

/// A stream of fragments that each bring the arguments as far as here.
fn so_far(id: &str, rest: &str, ends: &[&str]) -> Vec<String> {
    let fragment = |arguments: &&str| {
        let arguments = serde_json::to_string(arguments).unwrap();
        format!(r#"{{{id}"function":{{{rest}"arguments":{arguments}}}}}"#)
    };
    ends.iter().map(fragment).collect()
}

#[test]
fn arguments_that_come_again_with_each_fragment_are_taken_once() {
    let whole = r#"{"q":"a {b}","n":-1.5,"list":[{"q":"a"}],"过":true}"#;
    let expected = [("a", "weather", whole)];
    let ends = |step: usize| {
        let ends = (1..=whole.len()).filter(|end| whole.is_char_boundary(*end));
        let mut ends: Vec<&str> = ends.step_by(step).map(|end| &whole[..end]).collect();
        ends.push(whole);
        ends
    };
    for step in 1..whole.len() {
        let named = so_far(r#""index":0,"id":"a","#, r#""name":"weather","#, &ends(step));
        let mut once = named.clone();
        let later = so_far(r#""index":0,"#, "", &ends(step));
        once.splice(1.., later[1..].iter().cloned());
        let without_index = so_far(r#""id":"a","#, r#""name":"weather","#, &ends(step));
        for fragments in [named, once, without_index] {
            expect(&fragments.iter().map(String::as_str).collect::<Vec<_>>(), &expected);
        }
        // In pieces of the same lengths.
        let (mut pieces, mut from) = (Vec::new(), 0);
        for end in ends(step) {
            pieces.push(&whole[from..end.len()]);
            from = end.len();
        }
        let pieces = so_far(r#""index":0,"id":"a","#, r#""name":"weather","#, &pieces);
        expect(&pieces.iter().map(String::as_str).collect::<Vec<_>>(), &expected);
    }
    // Each fragment twice, and an empty one first.
    let twice = so_far(
        r#""index":0,"id":"a","#,
        r#""name":"kb","#,
        &["", " ", "{", "{", r#"{"q"#, r#"{"q"#, r#"{"q":1}"#, r#"{"q":1}"#],
    );
    expect(&twice.iter().map(String::as_str).collect::<Vec<_>>(), &[("a", "kb", r#"{"q":1}"#)]);
    // The second call of the tool begins while the first may still be in pieces.
    let mut two = so_far(r#""index":0,"id":"a","#, r#""name":"kb","#, &[r#"{"q":"#, r#"{"q":1}"#]);
    two.extend(so_far(r#""index":0,"id":"b","#, r#""name":"kb","#, &[r#"{"q":"#, r#"{"q":2}"#]));
    let both = [("a", "kb", r#"{"q":1}"#), ("b", "kb", r#"{"q":2}"#)];
    expect(&two.iter().map(String::as_str).collect::<Vec<_>>(), &both);
}

#[test]
fn pieces_that_begin_like_the_arguments_so_far_are_pieces() {
    for pieces in [
        &[r#"{"a":"#, r#"{"a":"#, "1}}"][..],
        &[r#"{"a":"#, r#"{"a":1}"#, "}"],
        &[r#"{"a":"#, r#"{"a":1}"#, r#","b":2}"#],
        &["[", "[", "1]", "]"],
        &["[", "[1]", ",2]"],
        &[r#"{"and":["#, r#"{"and":["#, r#"{"and":[]}"#, "]}]}"],
        &["{", "\"", "a", "\"", ":", "\"", "\\\"", "\\\"", "\"", "}"],
    ] {
        let fragments = so_far(r#""index":0,"id":"a","#, r#""name":"kb","#, pieces);
        let fragments: Vec<&str> = fragments.iter().map(String::as_str).collect();
        expect(&fragments, &[("a", "kb", &pieces.concat())]);
    }
    // What is no JSON in any way stays what came.
    let broken = so_far(r#""index":0,"id":"a","#, r#""name":"kb","#, &["ha", "ha", "haha"]);
    expect(&broken.iter().map(String::as_str).collect::<Vec<_>>(), &[("a", "kb", "hahahaha")]);
}

#[test]
fn an_object_in_a_text_and_a_blank_around_a_name_are_taken_for_what_they_mean() {
    let fragments = [
        r#"{"index":0,"id":"a","function":{"name":"kb ","arguments":"\"{\\\"q"}}"#,
        r#"{"index":0,"function":{"name":" ","arguments":"\\\":1"}}"#,
        r#"{"index":1,"id":"b","function":{"name":" weather\n","arguments":"\"{}\""}}"#,
        r#"{"index":0,"function":{"arguments":"}\""}}"#,
    ];
    expect(&fragments, &[("a", "kb", r#"{"q":1}"#), ("b", "weather", "{}")]);
}

#[test]
fn what_a_call_holds_is_bounded_but_for_the_clients_own_tools() {
    let take = |name: &str, bytes: usize| {
        let offered = Offered { of_client: vec!["weather".into()], of_host: Vec::new() };
        let mut calls = ArrivingCalls::of(offered);
        let call = format!(r#"{{"function":{{"name":"{name}","arguments":"{}"}}}}"#, "x".repeat(bytes));
        calls.take(Json::parse(&call).unwrap(), &mut Vec::new()).map_err(|_| ())
    };
    assert_eq!(take("kb", MAX_ARGUMENT_BYTES), Ok(MAX_ARGUMENT_BYTES));
    assert_eq!(take("kb", MAX_ARGUMENT_BYTES + 1), Err(()));
    assert_eq!(take("weather", 1 << 20), Ok(1 << 20));
    assert_eq!(take(&"n".repeat(MAX_NAME_BYTES + 1), 0), Err(()));
    let mut calls = ArrivingCalls::default();
    let mut fill = || {
        calls
            .take(
                Json::parse(r#"{"function":{"name":"kb","arguments":"{\"a\":1}"}}"#).unwrap(),
                &mut Vec::new(),
            )
            .is_ok()
    };
    assert!(fill() && fill(), "said again is no call");
    let mut take = |index| {
        let call = format!(r#"{{"index":{index},"function":{{"name":"kb"}}}}"#);
        calls.take(Json::parse(&call).unwrap(), &mut Vec::new()).is_ok()
    };
    assert!((0..MAX_TOOL_CALLS - 1).all(&mut take) && !take(99_999));
}

/// What goes out of each fragment, and at the end: each piece's place, whether it begins its call, and its arguments.
fn given_out(fragments: &[&str]) -> Vec<Vec<(usize, bool, String)>> {
    let mut calls = ArrivingCalls::of(Offered { of_client: vec!["weather".into()], of_host: Vec::new() });
    let piece = |event: AnswerEvent| match event {
        AnswerEvent::Call(piece) => (piece.index, piece.head.is_some(), piece.arguments),
        _ => panic!("only calls"),
    };
    let mut all = Vec::new();
    for fragment in fragments {
        let mut out = Vec::new();
        calls.take(Json::parse(fragment).unwrap(), &mut out).ok().unwrap();
        all.push(out.into_iter().map(piece).collect());
    }
    let mut out = Vec::new();
    calls.finish(&mut out);
    all.push(out.into_iter().map(piece).collect());
    all
}

#[test]
fn calls_that_come_by_turns_go_out_one_after_the_other() {
    let begun = |index: u8| {
        format!(r#"{{"index":{index},"id":"c{index}","function":{{"name":"weather","arguments":""}}}}"#)
    };
    let more = |index: u8, arguments: &str| {
        let arguments = serde_json::to_string(arguments).unwrap();
        format!(r#"{{"index":{index},"function":{{"arguments":{arguments}}}}}"#)
    };
    let given = |fragments: &[String]| {
        let fragments: Vec<&str> = fragments.iter().map(String::as_str).collect();
        given_out(&fragments)
    };
    let piece = |place: usize, begins: bool, arguments: &str| (place, begins, arguments.to_owned());

    // The first goes out as it comes, and the second when that is whole.
    let by_turns = [
        begun(0),
        begun(1),
        more(0, r#"{"a":"#),
        more(1, r#"{"b":"#),
        more(0, "1}"),
        more(1, "2"),
        more(1, "}"),
    ];
    let expected = [
        vec![],
        vec![piece(0, true, "")],
        vec![piece(0, false, r#"{"a":"#)],
        vec![],
        vec![piece(0, false, "1}"), piece(1, true, r#"{"b":"#)],
        vec![piece(1, false, "2")],
        vec![piece(1, false, "}")],
        vec![],
    ];
    assert_eq!(given(&by_turns), expected);

    // One after the other they come as they did.
    let in_turn =
        [begun(0), more(0, r#"{"a":"#), more(0, "1}"), begun(1), more(1, r#"{"b":"#), more(1, "2}")];
    let expected = [
        vec![],
        vec![piece(0, true, r#"{"a":"#)],
        vec![piece(0, false, "1}")],
        vec![],
        vec![piece(1, true, r#"{"b":"#)],
        vec![piece(1, false, "2}")],
        vec![],
    ];
    assert_eq!(given(&in_turn), expected);

    // Whether one without arguments, or cut off, is whole is seen at the end.
    for (arguments, rest) in [("", "{}"), ("{}", "{}"), (r#"{"a":"#, "")] {
        let last = given(&[begun(0), more(0, arguments), begun(1), more(1, r#"{"b":2}"#)]);
        let pieces: Vec<_> = last.concat();
        let places: Vec<usize> = pieces.iter().map(|(place, ..)| *place).collect();
        assert!(places.is_sorted(), "{arguments}: {pieces:?}");
        let of_first: String = pieces.iter().filter(|piece| piece.0 == 0).map(|piece| &*piece.2).collect();
        assert_eq!(of_first, if rest.is_empty() { arguments } else { rest });
        assert_eq!(pieces.last(), Some(&piece(1, true, r#"{"b":2}"#)));
    }
}
