use super::super::event::Ending;
use super::*;

#[test]
fn a_secret_in_an_answer_is_blanked_wherever_it_is_cut() {
    let mut clean = Clean::new(Redactor::of([("k", "S3CR3T-key")]));
    for piece in ["好 S3C", "R3T-k", "ey! S3CR3"] {
        clean.pass(Ok(Some(AnswerEvent::Text(piece.into()))));
        clean.pass(Ok(Some(AnswerEvent::Reasoning(piece.into()))));
        clean.pass(Ok(Some(AnswerEvent::Refusal(piece.into()))));
        let piece = CallPiece { index: 1, head: None, arguments: piece.into() };
        clean.pass(Ok(Some(AnswerEvent::Call(piece))));
    }
    let call = ToolCall { id: "a".into(), name: "f".into(), arguments: "{\"q\":\"S3CR3T-key\"}".into() };
    let told_beside = Some("no place for S3CR3T-key".to_owned());
    let ending = Ending { tool_calls: vec![call], told_beside, ..Ending::default() };
    clean.pass(Ok(Some(AnswerEvent::End(ending))));
    let mut said = [String::new(), String::new(), String::new(), String::new()];
    while let Some(Ok(Some(event))) = clean.next() {
        match event {
            AnswerEvent::Text(text) => said[0].push_str(&text),
            AnswerEvent::Reasoning(text) => said[1].push_str(&text),
            AnswerEvent::Refusal(text) => said[2].push_str(&text),
            AnswerEvent::Call(piece) => said[3].push_str(&piece.arguments),
            AnswerEvent::End(ending) => {
                assert_eq!(ending.tool_calls[0].arguments, "{\"q\":\"[secret k]\"}");
                assert_eq!(ending.told_beside.as_deref(), Some("no place for [secret k]"));
                assert_eq!(said, ["好 [secret k]! S3CR3"; 4], "nothing comes after the end");
                return;
            }
        }
    }
    panic!("the end is lost");
}

#[test]
fn what_was_held_back_of_a_call_goes_out_before_the_next_begins() {
    let mut clean = Clean::new(Redactor::of([("k", "S3CR3T-key")]));
    for (index, name, arguments) in [(0, "f", "{\"q\":\"S3CR3"), (1, "g", "S3CR3T-k"), (1, "", "ey")] {
        let head = Some(crate::message::CallHead { id: format!("c{index}"), name: name.into() });
        let head = head.filter(|head| !head.name.is_empty());
        clean.pass(Ok(Some(AnswerEvent::Call(CallPiece { index, head, arguments: arguments.into() }))));
    }
    clean.pass(Ok(Some(AnswerEvent::End(Ending::default()))));
    let mut said = Vec::new();
    while let Some(Ok(Some(AnswerEvent::Call(piece)))) = clean.next() {
        said.push((piece.index, piece.arguments));
    }
    let places: Vec<usize> = said.iter().map(|(index, _)| *index).collect();
    assert!(places.is_sorted(), "{said:?}");
    let of =
        |place: usize| said.iter().filter(|said| said.0 == place).map(|said| &*said.1).collect::<String>();
    assert_eq!([of(0), of(1)], ["{\"q\":\"S3CR3", "[secret k]"]);
}
