use std::io::Write;

use super::*;
use crate::evaluate::question::{Question, QuestionPair, Right};

fn file(text: &str) -> QuestionFile {
    read("文件", text.as_bytes(), ReadOptions::default()).unwrap()
}

fn questions(text: &str) -> Vec<Question> {
    match file(text).questions {
        Questions::Retrieval { questions, .. } => questions,
        Questions::Pairs(pairs) => panic!("{pairs:?}"),
    }
}

fn pairs(text: &str) -> Vec<QuestionPair> {
    match file(text).questions {
        Questions::Pairs(pairs) => pairs,
        Questions::Retrieval { questions, .. } => panic!("{questions:?}"),
    }
}

fn ids(ids: &[&str]) -> Vec<Right> {
    ids.iter().map(|&id| Right::Id(id.to_owned())).collect()
}

#[test]
fn squad_brings_its_paragraphs_and_a_repeated_one_is_one_document() {
    let text = r#"{"version": "v1.0", "data": [
        {"title": "甲", "paragraphs": [{"id": "D0", "context": "第一段。", "qas": [
            {"question": "一？", "id": "Q0", "answers": [{"text": "第一", "answer_start": 0}]},
            {"question": " ", "id": "Q1"}]}]},
        {"title": "乙", "paragraphs": [
            {"context": "第二段。", "qas": [{"question": "二？", "id": "Q2"}, {"question": "二吗？"}, {"question": "何为二？"}, {"question": "二是？"}, {"question": "二是什么？"}, {"question": "是二？"}, {"question": "是二吗？"}]},
            {"id": "D2", "context": "第一段。 ", "qas": [{"question": "又一？", "id": "Q3"}]}]}]}"#;
    let file = file(text);
    let Questions::Retrieval { questions, corpus: Some(corpus) } = file.questions else { panic!() };
    assert_eq!((corpus.len(), questions.len()), (2, 9));
    assert_eq!(questions[0].right, ids(&["D0"]));
    assert_eq!(questions[1].right, ids(&["text-2"]));
    assert_eq!(questions[8].right, ids(&["D0"]), "the same text under another id");
    assert_eq!(corpus.document("D2"), Some("D0"));
    assert_eq!(questions[0].place, "entry 1, paragraph 1, question 1 (`Q0`)");
    assert_eq!(file.skipped[0].to_string(), "entry 1, paragraph 1, question 2: has no `question`");
}

#[test]
fn other_layouts_of_paragraphs_are_read_too() {
    let cmrc = r#"[{"context_id": "D0", "context_text": "第一段。", "qas": [{"query_text": "一？", "query_id": "Q0"}]}]"#;
    let flat = "{\"id\": \"Q0\", \"context\": \"第一段。\", \"question\": \"一？\", \"answers\": {\"text\": [\"第一\"]}}\n";
    let list = format!("{{\"data\": [{flat}]}}");
    for text in [cmrc, flat, &list] {
        let Questions::Retrieval { questions, corpus: Some(corpus) } = file(text).questions else {
            panic!("{text}")
        };
        assert_eq!((corpus.len(), questions[0].text.as_str()), (1, "一？"), "{text}");
        assert_eq!(questions[0].id.as_deref(), Some("Q0"));
    }
}

#[test]
fn pairs_are_read_in_every_spelling() {
    let wanted = QuestionPair {
        place: String::new(),
        asked: "怎么退\"款".into(),
        stored: "如何退款".into(),
        same: true,
    };
    for text in [
        "怎么退\"款\t如何退款\t1\n天气\t如何退款\t0\n",
        "sentence1\tsentence2\tlabel\n怎么退\"款\t如何退款\t1\n天气\t如何退款\t0\n",
        "17\t怎么退\"款\t如何退款\t1\n18\t天气\t如何退款\t0\n",
        "text_a,text_b,label\r\n\"怎么退\"\"款\",如何退款,1\r\n天气,如何退款,0\r\n",
        "{\"sentence1\": \"怎么退\\\"款\", \"sentence2\": \"如何退款\", \"label\": \"1\"}\n{\"sentence1\": \"天气\", \"sentence2\": \"如何退款\", \"label\": 0}\n",
    ] {
        let pairs = pairs(text);
        assert_eq!(pairs.len(), 2, "{text}");
        assert_eq!(QuestionPair { place: String::new(), ..pairs[0].clone() }, wanted, "{text}");
        assert!(!pairs[1].same);
    }
}

#[test]
fn questions_with_ids_are_read_in_every_spelling() {
    for text in [
        "怎么退款\t5,9\n",
        "q1\t怎么退款\t5，9\n",
        "question,relevant\n怎么退款,\"5,9\"\n",
        "问题\t文档\n怎么退款\t5|9\n",
        "{\"question\": \"怎么退款\", \"relevant\": [5, \"9\"]}",
        "{\"q1\": {\"zh\": \"怎么退款\", \"en\": \"refund\", \"domain\": \"x\", \"answers\": [\"5\", \"9\"], \"negatives\": [\"1\"]}}",
        "[{\"query\": \"怎么退款\", \"doc_ids\": \"5,9\"}]",
    ] {
        let found = questions(text);
        assert_eq!(found[0].right, ids(&["5", "9"]), "{text}");
        assert_eq!(found[0].text, "怎么退款");
    }
}

#[test]
fn an_operators_table_may_say_text_base_or_nothing() {
    let found =
        questions("问题,知识库,文档,片段\n怎么退款,faq,,七天内\n怎么收藏,help,help.md,\n红烧肉怎么炖,,-,\n");
    assert_eq!(found[0].right, [Right::Text("七天内".into())]);
    assert_eq!((found[0].base.as_deref(), found[0].place.as_str()), (Some("faq"), "line 2"));
    assert_eq!(found[1].right, ids(&["help.md"]));
    assert_eq!((&found[2].right[..], found[2].base.as_deref()), (&[][..], None));
    let found = questions(
        "{\"question\": \"天气\", \"relevant\": []}\n{\"question\": \"退款\", \"snippet\": [\"七天\", \"到账\"]}\n",
    );
    assert!(found[0].right.is_empty());
    assert_eq!(found[1].right.len(), 2);
}

#[test]
fn what_is_wrong_is_named_by_file_and_line_with_a_mend() {
    let good = "问题\t5\n".repeat(20);
    let found = file(&format!("question\trelevant\n{good}没有答案\n"));
    assert_eq!(
        found.skipped[0].to_string(),
        "line 22: does not say what is right; give an id or text, or `-` where nothing is right"
    );
    for (text, expected) in [
        ("", "文件: is empty"),
        ("只有问题\n没有别的\n", "line 1: has 1 columns"),
        ("a\tb\t2\nc\td\t3\n", ""),
        ("{\"question\": \"a\",", "line 1: is not valid JSON"),
        (
            "{\"question\": \"a\"}\n{\"question\": \"b\"}",
            "does not say what is right; give ids in `relevant`",
        ),
        ("question\trelevant\na\t\n", "line 2: does not say what is right"),
        ("a\u{0}b", "is not text"),
    ] {
        match read("文件", text.as_bytes(), ReadOptions::default()) {
            Err(error) => assert!(error.to_string().contains(expected), "{text}: {error}"),
            Ok(_) => assert_eq!(expected, "", "{text}"),
        }
    }
    let as_pairs = ReadOptions { kind: Some(FileKind::Pairs), ..ReadOptions::default() };
    let error = read("文件", "a\tb\n".as_bytes(), as_pairs).unwrap_err().to_string();
    assert!(error.contains("line 1: has 2 columns; a pair is"), "{error}");
    let error = read("文件", "a\tb\tx\nc\td\ty\ne\tf\t1".as_bytes(), as_pairs).unwrap_err().to_string();
    assert!(error.contains("2 of 3 lines") && error.contains("line 1: `x` is neither 0 nor 1"), "{error}");
}

#[test]
fn gzip_and_gb18030_are_unpacked() {
    let (gb, _, _) = encoding_rs::GB18030.encode("问题,文档\n怎么退款,甲.md\n");
    let mut packed = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    packed.write_all(&gb).unwrap();
    let packed = packed.finish().unwrap();
    for bytes in [&gb[..], &packed] {
        let Questions::Retrieval { questions, .. } =
            read("a", bytes, ReadOptions::default()).unwrap().questions
        else {
            panic!()
        };
        assert_eq!(questions[0].right, ids(&["甲.md"]));
    }
    let broken = read("a", &packed[..packed.len() - 9], ReadOptions::default()).unwrap_err();
    assert!(broken.message.contains("damaged gzip"), "{broken}");
}

#[test]
fn a_corpus_is_read_in_every_spelling() {
    for text in [
        "1\t甲 乙\n2\t丙\n",
        "id,text,title\n1,甲 乙,题\n2,丙,\n",
        "{\"_id\": \"1\", \"title\": \"题\", \"text\": \"甲 乙\"}\n{\"_id\": \"2\", \"text\": \"丙\"}\n",
        "{\"1\": {\"zh\": \"\u{a0}甲 乙\", \"en\": \"a\"}, \"2\": {\"zh\": \"丙\", \"en\": \"b\"}}",
        "{\"1\": \"甲 乙\", \"2\": \"丙\"}",
        "[{\"id\": 1, \"content\": \"甲 乙\"}, {\"id\": 2, \"content\": \"丙\"}]",
    ] {
        let corpus = read_corpus("a", text.as_bytes()).unwrap();
        assert_eq!((corpus.len(), corpus.text("1")), (2, Some("甲 乙")), "{text}");
        assert_eq!(corpus.sources()[1].id, "2");
    }
    let many: String = (0..20).map(|id| format!("{id}\t文本{id}\n")).collect();
    let corpus = read_corpus("a", format!("{many}3\t另一段\n").as_bytes()).unwrap();
    assert!(
        corpus.skipped[0].to_string().starts_with("line 21: its id `3` already names"),
        "{:?}",
        corpus.skipped
    );
}

#[test]
fn judgements_are_read_in_every_spelling() {
    for text in [
        "query-id\tcorpus-id\tscore\nq1\t5\t1\nq1\t9\t2\nq1\t7\t0\n",
        "q1 0 5 1\nq1 0 9 1\nq1 0 7 0\n",
        "{\"q1\": {\"5\": 1, \"9\": 1, \"7\": 0}}",
        "{\"query-id\": \"q1\", \"corpus-id\": \"5\", \"score\": 1}\n{\"query-id\": \"q1\", \"corpus-id\": \"9\", \"score\": 1}\n{\"query-id\": \"q1\", \"corpus-id\": \"7\", \"score\": 0}\n",
    ] {
        assert_eq!(read_qrels("a", text.as_bytes()).unwrap()["q1"], ["5", "9"], "{text}");
    }
    let elsewhere = ReadOptions { right_elsewhere: true, ..ReadOptions::default() };
    for text in ["{\"_id\": \"q1\", \"text\": \"怎么退款\"}", "q1\t怎么退款\n", "id,query\nq1,怎么退款\n"]
    {
        let Questions::Retrieval { questions, .. } = read("a", text.as_bytes(), elsewhere).unwrap().questions
        else {
            panic!("{text}")
        };
        assert_eq!(
            (questions[0].id.as_deref(), questions[0].text.as_str()),
            (Some("q1"), "怎么退款"),
            "{text}"
        );
    }
}
