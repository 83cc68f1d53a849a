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
