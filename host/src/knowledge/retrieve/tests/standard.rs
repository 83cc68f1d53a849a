//! Stored questions and their standard answers.

use super::*;
use crate::knowledge::Correction;

#[tokio::test]
async fn stored_questions_have_a_threshold_of_their_own() {
    let shelf = BaseFixture::new();
    let settings = |questions| BaseSettings {
        threshold: Some(0.0),
        question_threshold: Some(questions),
        answer_threshold: 1.0,
        ..BaseSettings::default()
    };
    let answering = BaseSettings { answer_threshold: 0.3, ..settings(0.999) };
    let answering = shelf.base("answering", answering).await;
    let strict = shelf.base("strict", settings(0.999)).await;
    let open = shelf.base("open", settings(0.0)).await;
    for base in [&strict, &open, &answering] {
        let sources = vec![Source::bytes("policy.md", POLICY), Source::bytes("faq.csv", FAQ)];
        base.import(sources, &quiet).await.unwrap();
    }
    let library = Library::of([strict, open, answering]);
    let kinds = async |base: &str, text: &str, threshold| {
        let query = Query { threshold, ..query(text, &[base]) };
        let results = library.search(&query).await.unwrap();
        let questions = results.hits.iter().filter(|hit| hit.question.is_some()).count();
        (questions, results.hits.len() - questions, results.reports[0].threshold)
    };
    let (questions, passages, threshold) = kinds("open", "怎么退款呀我想问", None).await;
    assert!(questions > 0 && passages > 0 && threshold == 0.0);
    let (questions, passages, threshold) = kinds("strict", "怎么退款呀我想问", None).await;
    assert!(questions == 0 && passages > 0 && threshold == 0.999, "the best one seen is a stored question");
    let (questions, _, threshold) = kinds("strict", "怎么退款呀我想问", Some(0.1)).await;
    assert!(questions > 0 && threshold == 0.1, "what the search asks for holds for both");
    assert_eq!(kinds("strict", "怎么退款", None).await.0, 1, "the stored question itself");
    assert_eq!(kinds("answering", "怎么退款呀我想问", None).await.0, 1, "what answers is found");
    assert_eq!(
        kinds("answering", "怎么退款呀我想问", Some(0.999)).await.0,
        0,
        "but where the search says more"
    );
}

#[tokio::test]
async fn a_standard_answer_comes_byte_for_byte_and_only_above_its_threshold() {
    let shelf = BaseFixture::new();
    let base = shelf.base("faq", BaseSettings { threshold: Some(0.0), ..BaseSettings::default() }).await;
    base.import(vec![Source::bytes("faq.csv", FAQ)], &quiet).await.unwrap();
    let library = Library::of([base]);
    for asked in ["你是谁", "你叫什么名字？", "  你 是 谁 ？？"] {
        let results = library.search(&query(asked, &["faq"])).await.unwrap();
        let hit = &results.hits[0];
        assert_eq!(hit.standard_answer.as_deref(), Some("我是助手，**不是**人。\n"), "{asked}");
        assert!(hit.exact && hit.score == 1.0);
        assert_eq!(results.hits[1].standard_answer, None, "the other question is too far");
    }
    let near = library.search(&query("你是哪位老师", &["faq"])).await.unwrap();
    assert!(near.hits.iter().all(|hit| hit.standard_answer.is_none()));
}

#[tokio::test]
async fn a_close_question_is_offered_between_the_two_thresholds_and_found_by_its_own_words() {
    let shelf = BaseFixture::new();
    let settings = BaseSettings {
        threshold: Some(0.0),
        answer_threshold: 0.95,
        offer_threshold: Some(0.02),
        ..BaseSettings::default()
    };
    let base = shelf.base("faq", settings).await;
    base.import(vec![Source::bytes("faq.csv", FAQ), Source::bytes("policy.md", POLICY)], &quiet)
        .await
        .unwrap();
    let library = Library::of([base]);
    let near = library.search(&query("你叫什么名字来着", &["faq"])).await.unwrap();
    let hit = &near.hits[0];
    assert!(hit.same.is_some_and(|same| (0.02..0.95).contains(&same)), "{:?}", hit.same);
    assert_eq!(hit.standard_answer, None);
    assert_eq!(hit.offered_answer.as_deref(), Some("我是助手，**不是**人。\n"));
    let question = hit.question.clone().unwrap();
    assert_eq!(question, "你是谁？", "the question itself, though a variant was matched");
    for hit in &near.hits[1..] {
        assert_eq!(hit.offered_answer.is_some(), hit.same.is_some_and(|same| same >= 0.02), "{hit:?}");
        assert_eq!(hit.question.is_some(), hit.document == "faq.csv");
    }
    let chosen = library.search(&query(&question, &["faq"])).await.unwrap().hits.remove(0);
    assert_eq!((chosen.score, chosen.offered_answer), (1.0, None));
    assert_eq!(chosen.standard_answer.as_deref(), Some("我是助手，**不是**人。\n"));
}

/// Whatever the corrected file is called, and however long the new answer is.
#[tokio::test]
async fn a_correction_answers_before_the_question_that_it_corrects() {
    let shelf = BaseFixture::new();
    for (name, file) in [("first", "a.qa.csv"), ("last", "常见问题.qa.csv")] {
        let settings =
            BaseSettings { threshold: Some(0.0), answer_threshold: 0.9, ..BaseSettings::default() };
        let base = shelf.base(name, settings).await;
        let faq = "问题,相似问法,答案\n怎么退货？,退货的流程,七天内\n怎么换货？,,十五天\n";
        base.import(vec![Source::bytes(file, faq)], &quiet).await.unwrap();
        let correction = Correction {
            question: "怎么退货".to_owned(),
            answer: "三天之内，请在订单的页面上申请，再等客服审核，详见售后的说明。".to_owned(),
            ..Correction::default()
        };
        base.correct(&correction).await.unwrap();
        let library = Library::of([base]);
        for asked in ["怎么退货？", "怎么退货", "请问怎么退货", "如何退货", "退货的流程"]
        {
            for top_k in [None, Some(1)] {
                let found = library.search(&Query { top_k, ..query(asked, &[name]) }).await.unwrap().hits;
                let first = &found[0];
                assert_eq!(first.document, "corrections", "{file}: {asked}");
                assert!(
                    found.iter().all(|hit| hit.same <= first.same && hit.rank <= first.rank),
                    "{found:?}"
                );
                let is_certain = first.same.is_some_and(|same| same >= 0.9);
                assert_eq!(first.standard_answer, is_certain.then(|| correction.answer.clone()), "{asked}");
            }
        }
        let found = library.search(&query("怎么换货", &[name])).await.unwrap().hits;
        assert_eq!(
            found[0].standard_answer.as_deref(),
            Some("十五天"),
            "{file}: another question is not corrected"
        );
        let corrected = found.iter().find(|hit| hit.document == "corrections");
        assert!(corrected.is_none_or(|hit| hit.standard_answer.is_none()), "{file}");
    }
}

/// However many other questions there are, also by wordings that the correction has nothing in common with.
#[tokio::test]
async fn a_correction_answers_whichever_wording_of_the_question_is_asked() {
    let shelf = BaseFixture::new();
    let settings = BaseSettings {
        threshold: Some(0.0),
        answer_threshold: 0.95,
        offer_threshold: Some(0.02),
        ..BaseSettings::default()
    };
    let faq = |shipping: &str| {
        let rows = format!(
            "问题,相似问法,答案\n多久发货？,{shipping},旧\n怎么退货？,东西不想要了|买错了|不要了,旧退\n\
             怎么取消订单？,拍错了|不要了,取消\n怎么查物流？,快递到哪了|查单号,单号\n怎么联系客服？,转人工|客服电话,电话\n"
        );
        vec![Source::bytes("f.qa.csv", rows)]
    };
    let base = shelf.base("faq", settings).await;
    base.import(faq("下单后几天寄出|我的东西啥时候寄"), &quiet).await.unwrap();
    let library = Library::of([base]);
    let base = library.base("faq").unwrap();
    let correct = async |question: &str, answer: &str| {
        let correction =
            Correction { question: question.into(), answer: answer.into(), ..Correction::default() };
        base.correct(&correction).await.unwrap();
    };
    let answer = async |asked: &str| {
        let mut answers = Vec::new();
        for top_k in [None, Some(1)] {
            let found = library.search(&Query { top_k, ..query(asked, &["faq"]) }).await.unwrap().hits;
            answers.push(found[0].standard_answer.clone().unwrap_or_default());
        }
        assert_eq!(answers[0], answers[1], "{asked}: however many are wanted");
        answers.remove(0)
    };
    correct("多久发货", "新").await;
    for asked in ["多久发货？", "下单后几天寄出", "我的东西啥时候寄", "请问下单后几天寄出？"]
    {
        assert_eq!(answer(asked).await, "新", "{asked}");
    }
    for (asked, stays) in
        [("怎么退货", "旧退"), ("快递到哪了", "单号"), ("转人工", "电话"), ("拍错了", "取消")]
    {
        assert_eq!(answer(asked).await, stays, "{asked}: another question is not corrected");
    }
    let near = library.search(&query("下单以后大概几天能寄出", &["faq"])).await.unwrap().hits;
    let given = |document: &str| {
        let hit = near.iter().find(|hit| hit.document == document && hit.question.is_some()).unwrap();
        hit.offered_answer.clone()
    };
    assert_eq!((near[0].document.as_str(), given("corrections").as_deref()), ("corrections", Some("新")));
    assert_eq!(given("f.qa.csv"), None, "what is corrected is not offered beside it");

    // One that two questions share corrects neither of their other wordings; one that is a question's own corrects it.
    correct("不要了", "退还是取消？").await;
    assert_eq!(answer("不要了").await, "退还是取消？");
    assert_eq!((answer("怎么退货").await, answer("拍错了").await), ("旧退".to_owned(), "取消".to_owned()));
    correct("买错了", "买错退").await;
    assert_eq!(answer("东西不想要了").await, "买错退", "it is the question by another of its wordings");
    correct("怎么退货", "新退").await;
    assert_eq!(
        (answer("东西不想要了").await, answer("买错了").await),
        ("新退".to_owned(), "买错退".to_owned())
    );

    base.import(faq("什么时候能发"), &quiet).await.unwrap();
    assert_eq!(answer("什么时候能发").await, "新", "also a wording that was imported since");
    let off = |off| crate::knowledge::SectionChange { off: Some(off), ..Default::default() };
    base.change_section("corrections", 0, &off(true)).await.unwrap();
    assert_eq!(answer("什么时候能发").await, "旧", "one that is switched off corrects nothing");
    base.change_section("corrections", 0, &off(false)).await.unwrap();
    assert_eq!(answer("什么时候能发").await, "新");
    assert!(base.delete("corrections").await.unwrap());
    assert_eq!(
        (answer("什么时候能发").await, answer("东西不想要了").await),
        ("旧".to_owned(), "旧退".to_owned())
    );
}

#[tokio::test]
async fn a_correction_takes_no_answer_from_a_question_that_it_does_not_correct() {
    let shelf = BaseFixture::new();
    let settings = BaseSettings { threshold: Some(0.0), answer_threshold: 0.95, ..BaseSettings::default() };
    let base = shelf.base("faq", settings).await;
    let neighbours: String = "甲乙丙丁戊己庚辛".chars().map(|c| format!("怎么{c}货？,,{c}\n")).collect();
    let rows = format!(
        "问题,相似问法,答案\n怎么退货？,我要退|东西不满意,退旧\n押金什么时候返还？,怎么退货|退钱|东西不满意,押旧\n{neighbours}"
    );
    base.import(vec![Source::bytes("f.qa.csv", rows)], &quiet).await.unwrap();
    let correction =
        Correction {
            question: "押金什么时候返还".into(), answer: "押新".into(), ..Correction::default()
        };
    base.correct(&correction).await.unwrap();
    let library = Library::of([base]);
    let asked = [
        ("怎么退货？", "退旧"),
        ("我要退", "退旧"),
        ("东西不满意", "退旧"),
        ("退钱", "押新"),
        ("押金什么时候返还", "押新"),
    ];
    for (asked, answer) in asked {
        for top_k in [None, Some(1), Some(50)] {
            let found = library.search(&Query { top_k, ..query(asked, &["faq"]) }).await.unwrap().hits;
            assert_eq!(found[0].standard_answer.as_deref(), Some(answer), "{asked}, {top_k:?}");
        }
    }
}
