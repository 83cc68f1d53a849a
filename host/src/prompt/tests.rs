use super::*;
use crate::message::{Role, ToolCall};

const CUT: &str = "…（没有给出）";

fn passage(text: &str) -> Passage {
    Passage {
        text: text.into(),
        media_type: Default::default(),
        title: "题".into(),
        section: Vec::new(),
        url: None,
        knowledge_base: None,
        score: None,
    }
}

/// What a prompt of this question alone is made of.
fn material(question: &[Message]) -> Material<'_> {
    static NO_VARIABLES: BTreeMap<String, String> = BTreeMap::new();
    Material {
        app: "a",
        client_system: "",
        documents: &[],
        passages: &[],
        numbered: false,
        outcomes: &[],
        result_cut: CUT,
        failures: &[],
        plain: false,
        has_sources: true,
        history: &[],
        question,
        variables: &NO_VARIABLES,
    }
}

fn built(passages: &[Passage], history: &[Message], budget: usize) -> Result<Prompt, PromptError> {
    let question = [Message::text(Role::User, "问题")];
    let material = Material { passages, history, ..material(&question) };
    build(&Template::load(None).unwrap(), &material, budget)
}

#[test]
fn without_material_the_model_still_learns_who_it_is_and_that_nothing_is_made_up() {
    let prompt = built(&[], &[], 100).unwrap();
    let [system, question] = &prompt.messages[..] else { panic!("{prompt:?}") };
    assert!(system.content.contains("你是“a”的助手") && system.content.contains("不要编造"), "{system:?}");
    assert_eq!(*question, Message::text(Role::User, "问题"));
    assert!(prompt.cuts.is_empty());
}

#[test]
fn a_prompt_of_fewer_tokens_than_the_least_is_refused_whatever_is_asked() {
    let least = least_tokens(&Template::load(None).unwrap(), "a", true).unwrap();
    let question = estimate_tokens("问题");
    assert!(built(&[], &[], least + question).is_ok());
    assert!(matches!(built(&[], &[], least + question - 1), Err(PromptError::TooLong { .. })));
}

#[test]
fn what_does_not_fit_is_cut_and_recorded() {
    let passages = [passage(&"甲".repeat(100)), passage(&"乙".repeat(5000))];
    let history = [
        Message::text(Role::User, "早".repeat(5000)),
        Message::text(Role::Assistant, "旧答"),
        Message::text(Role::User, "再问"),
        Message::text(Role::Assistant, "再答"),
    ];
    let prompt = built(&passages, &history, 600).unwrap();
    assert_eq!(prompt.passages.len(), 2);
    let system = &prompt.messages[0].content;
    assert!(system.contains("甲甲") && system.ends_with("乙…"), "the history has its quarter: {system}");
    assert_eq!(prompt.messages[1].content, "再问");
    assert_eq!(prompt.cuts.len(), 2);
    assert!(
        prompt.cuts[0].what.starts_with("the end of passage 2") && prompt.cuts[1].what.contains("2 oldest")
    );
    assert!(prompt.estimated_tokens <= 600);
}

#[test]
fn long_results_are_cut_and_recorded_and_the_question_stays_whole() {
    let outcome =
        |text: String| Outcome { text, media_type: Default::default(), title: "接口".into(), url: None };
    let call = ToolCall { id: "c1".into(), name: "weather".into(), arguments: "{}".into() };
    let tool = Message { tool_call_id: Some("c1".into()), ..Message::text(Role::Tool, "雨".repeat(9000)) };
    let question = [
        Message::text(Role::User, "问题"),
        Message { tool_calls: vec![call], ..Message::text(Role::Assistant, "") },
        tool,
    ];
    let outcomes = [outcome("短".into()), outcome("长".repeat(9000))];
    let material = Material { outcomes: &outcomes, ..material(&question) };
    let prompt = build(&Template::load(None).unwrap(), &material, 600).unwrap();
    assert!(prompt.estimated_tokens <= 600 && prompt.estimated_tokens > 590, "{prompt:?}");
    let [system, asked, _, told] = &prompt.messages[..] else { panic!("{prompt:?}") };
    assert_eq!(asked.content, "问题");
    assert!(
        system.content.contains("：\n短\n") && system.content.contains("长长…（没有给出）"),
        "{system:?}"
    );
    assert!(told.content.starts_with("雨雨") && told.content.ends_with("雨…（没有给出）"), "{told:?}");
    let what: Vec<&str> = prompt.cuts.iter().map(|cut| cut.what.as_str()).collect();
    assert_eq!(what, ["the end of result 2: 接口", "the end of the tool `weather`'s result"]);
    assert!(matches!(build(&Template::load(None).unwrap(), &material, 20), Err(PromptError::TooLong { .. })));
}

#[test]
fn a_question_that_cannot_fit_is_refused() {
    assert!(matches!(built(&[], &[], 3), Err(PromptError::TooLong { .. })));
}

#[test]
fn what_was_found_and_has_no_room_is_told_apart_from_what_was_not_found() {
    let long = [passage(&"乙".repeat(5000))];
    let without = built(&long, &[], 150).unwrap();
    assert!(without.passages.is_empty() && without.no_room.passages, "{without:?}");
    assert!(!built(&[], &[], 150).unwrap().no_room.passages, "nothing was found");
    let within = built(&long, &[], 200).unwrap();
    assert!(within.passages.len() == 1 && within.no_room == NoRoom::default(), "{within:?}");
    // Beside one that is in, a cut tells.
    let beside = built(&[passage("甲"), long[0].clone()], &[], 150).unwrap();
    assert!(beside.cuts.len() == 1 && beside.no_room == NoRoom::default(), "{beside:?}");
}

#[test]
fn what_was_found_goes_before_what_was_said() {
    let long = [passage(&"乙".repeat(5000))];
    let history = [Role::User, Role::Assistant].map(|role| Message::text(role, "早".repeat(25)));
    let prompt = built(&long, &history, 232).unwrap();
    assert!(prompt.passages.len() == 1 && prompt.no_room == NoRoom::default(), "{prompt:?}");
    assert_eq!(prompt.messages.len(), 2, "{prompt:?}");
    let what: Vec<&str> = prompt.cuts.iter().map(|cut| cut.what.as_str()).collect();
    assert_eq!(what, ["the end of passage 1: 题", "the 2 oldest messages of the history"]);
}

/// The prompt of an outcome that is too long, beside these passages.
fn with_long_outcome(passages: &[Passage], budget: usize) -> Result<Prompt, PromptError> {
    let text = "长".repeat(9000);
    let outcome = Outcome { text, media_type: Default::default(), title: "接口".into(), url: None };
    let question = [Message::text(Role::User, "问题")];
    let material = Material { passages, outcomes: &[outcome], ..material(&question) };
    build(&Template::load(None).unwrap(), &material, budget)
}

#[test]
fn a_long_result_leaves_a_passage_its_place() {
    let prompt = with_long_outcome(&[passage(&"乙".repeat(300))], 600).unwrap();
    assert!(prompt.passages.len() == 1 && prompt.no_room == NoRoom::default(), "{prompt:?}");
    assert!(prompt.messages[0].content.contains("长…（没有给出）") && prompt.estimated_tokens <= 600);
}

#[test]
fn a_result_that_is_cut_to_next_to_nothing_says_so_or_there_is_no_prompt() {
    let prompt = with_long_outcome(&[], 130).unwrap();
    assert_eq!(prompt.no_room, NoRoom { outcomes: vec![0], ..NoRoom::default() });
    assert!(prompt.messages[0].content.contains("长…（没有给出）"), "{prompt:?}");
    assert!(matches!(with_long_outcome(&[], 85), Err(PromptError::TooLong { .. })));
}

fn document(number: usize, texts: &[&str]) -> PromptDocument {
    let section = |(number, text): (usize, &&str)| DocumentSection {
        number,
        section: Vec::new(),
        text: (*text).into(),
        media_type: Default::default(),
    };
    PromptDocument {
        knowledge_base: "k".into(),
        id: "a.md".into(),
        title: "文".into(),
        url: None,
        sections: (number..).zip(texts).map(section).collect(),
    }
}

#[test]
fn a_section_is_shown_where_its_text_is_in_the_message() {
    let documents = [document(1, &["甲一", "甲二"]), document(3, &["乙一", "乙二"])];
    let question = [Message::text(Role::User, "甲一有什么？")];
    let material = Material { documents: &documents, ..material(&question) };
    let shown = |documents: &str, sections: &str| {
        let text = format!(
            "{{{{ question }}}}{{% for d in {documents} %}}{{{{ d.title }}}}{{% for s in {sections} %}}{{{{ s.text }}}}{{% endfor %}}{{% endfor %}}"
        );
        let shown = shown_sections(&Template::of(&text).unwrap(), &material).unwrap();
        shown.into_iter().map(|shown| shown == Showing::Whole).collect::<Vec<bool>>()
    };
    assert_eq!(shown("documents", "d.sections"), [true; 4]);
    assert_eq!(shown("documents[:1]", "d.sections"), [true, true, false, false]);
    assert_eq!(shown("documents[1:]", "d.sections"), [false, false, true, true], "the question says 甲一");
    assert_eq!(shown("documents", "d.sections[:1]"), [true, false, true, false]);
    assert_eq!(shown("documents | reverse", "d.sections"), [true; 4]);
    let in_some_turns = "documents if client_system or '甲' in question";
    assert_eq!(shown(in_some_turns, "d.sections"), [true; 4]);
    assert_eq!(shown("documents if client_system", "d.sections"), [false; 4]);
}

#[test]
fn passages_are_numbered_behind_the_sections_that_are_shown() {
    let mut documents = [document(1, &["甲一", "甲二"])];
    documents[0].sections[1].number = 0;
    let question = [Message::text(Role::User, "问题")];
    let passages = [passage("乙")];
    let material = Material { documents: &documents, passages: &passages, ..material(&question) };
    let template = "{% for d in documents %}{% for s in d.sections[:1] %}[{{ s.number }}]{{ s.text }}{% endfor %}{% endfor %}\
                    {% for p in passages %}[{{ p.number }}]{{ p.text }}{% endfor %}";
    let prompt = build(&Template::of(template).unwrap(), &material, 600).unwrap();
    assert_eq!(prompt.messages[0].content, "[1]甲一[2]乙");
    assert_eq!(prompt.packed[0].number, 2);
    let what: Vec<&str> = prompt.cuts.iter().map(|cut| cut.what.as_str()).collect();
    assert_eq!(what, ["section: 文"]);
}
