//! What is found, with which score, is the same on every store.

use super::*;

pub(super) async fn scores_are_the_documented_ones(store: &dyn Store) {
    let texts = ["平行志愿的投档规则", "平行四边形的面积", "录取通知书的寄送", "GPA 3.5 的换算"];
    for (text, i) in texts.iter().zip(0..) {
        store.put_document(document(&format!("{i}.txt"), &[text])).await.unwrap();
    }
    for query in ["平行志愿", "志愿的规则是什么", "gpa"] {
        let found = search(store, query, 10).await;
        assert_eq!(found.len(), texts.len(), "few windows: all are scored");
        for candidate in &found {
            let (dense, lexical) = expected(query, &candidate.section.text, &texts);
            let place = format!("{query} in {}", candidate.section.text);
            assert!(
                (candidate.parts.dense.unwrap() - dense).abs() < 1e-5,
                "{place}: {} {dense}",
                candidate.parts.dense.unwrap()
            );
            assert!(
                (candidate.parts.lexical - lexical).abs() < 1e-5,
                "{place}: {} {lexical}",
                candidate.parts.lexical
            );
            assert!(!candidate.parts.exact);
        }
        let scores: Vec<_> = found.iter().map(|candidate| candidate.parts.score()).collect();
        assert!(scores.is_sorted_by(|a, b| a >= b), "{scores:?}");
    }
    store.delete_document("1.txt").await.unwrap();
    let rest = [texts[0], texts[2], texts[3]];
    let best = &search(store, "平行志愿", 10).await[0];
    let (_, lexical) = expected("平行志愿", texts[0], &rest);
    assert!((best.parts.lexical - lexical).abs() < 1e-5, "counts follow a deletion");
}

/// The definition in `score`, worked out the long way. A section's text is its window's.
fn expected(query: &str, text: &str, all: &[&str]) -> (f64, f64) {
    let dense: f32 = vector(query).iter().zip(vector(text)).map(|(a, b)| a * b).sum();
    let has = |text: &str, term| Terms::of(text).counts.iter().any(|&(id, _)| id == term);
    let (mut window_sum, mut section_sum, mut all_once) = (0.0, 0.0, 0.0);
    let window = Terms::of(text);
    for (term, _) in Terms::of(query).counts {
        let (n, df) = (all.len() as f64, all.iter().filter(|text| has(text, term)).count() as f64);
        let idf = (1.0 + (n - df + 0.5) / (df + 0.5)).ln().powf(1.5);
        all_once += idf;
        if let Some((_, tf)) = window.counts.iter().find(|(id, _)| *id == term) {
            let (tf, length) = (f64::from(*tf), f64::from(window.length));
            window_sum += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / 200.0));
            section_sum += idf * tf * 2.2 / (tf + 1.2 * (0.25 + 0.75 * length / 400.0));
        }
    }
    let lexical = |sum: f64| (sum / all_once).min(1.0);
    (f64::from(dense.max(0.0)), (lexical(window_sum) + lexical(section_sum)) / 2.0)
}

/// However many are near: what they lack is not guessed to be there.
pub(super) async fn a_rare_word_is_found_below_many_that_are_nearer(store: &dyn Store) {
    let query = "欧阳";
    let near = vector(query);
    let mut all = Vec::new();
    for i in 0..300 {
        let mut one = document(&format!("{i:03}.txt"), &[&format!("第{i}条说明")]);
        one.windows[0].vector.clone_from(&near);
        all.push(one);
    }
    for i in 0..3 {
        let mut one = document(&format!("rare{i}.txt"), &[&format!("{query}老师的第{i}条")]);
        let aside = vector("龘");
        let mut between: Vec<f32> = near.iter().zip(&aside).map(|(near, aside)| near + aside).collect();
        assert!(normalise(&mut between));
        one.windows[0].vector = between;
        all.push(one);
    }
    store.put_documents(all).await.unwrap();
    let found = search(store, query, 5).await;
    let rare = found.iter().take(3).filter(|candidate| candidate.document.id.starts_with("rare")).count();
    let seen: Vec<_> =
        found.iter().map(|candidate| (candidate.document.id.as_str(), candidate.parts.score())).collect();
    assert_eq!(rare, 3, "{seen:?}");
}

pub(super) async fn a_section_counts_with_its_windows(store: &dyn Store) {
    let mut texts = document("a.txt", &["甲段说平行志愿。乙段说投档。", "丙段说平行志愿。丁段说体检。"]);
    texts.windows = vec![window(0, "甲段说平行志愿。"), window(1, "丙段说平行志愿。")];
    texts.info.windows = 2;
    store.put_document(texts).await.unwrap();
    let found = search(store, "平行志愿投档", 10).await;
    assert_eq!(found.iter().map(|candidate| candidate.ordinal).collect::<Vec<_>>(), [0, 1]);
    assert!(found[0].parts.lexical > found[1].parts.lexical + 0.05, "投档 is beside the window");
}

pub(super) async fn sections_come_by_their_place(store: &dyn Store) {
    let wanted = |info: &DocumentInfo, ordinals: &[u32]| WantedSections {
        document: Arc::new(info.clone()),
        ordinals: ordinals.to_vec(),
    };
    let (one, two) = (document("a.txt", &["第一段", "第二段", "第三段"]), document("b.txt", &["别的"]));
    store.put_document(one.clone()).await.unwrap();
    store.put_document(two.clone()).await.unwrap();
    let asked = vec![wanted(&one.info, &[0, 2, 3]), wanted(&two.info, &[0])];
    let found = store.sections(asked.clone(), &StoreVisit::default()).await.unwrap();
    let text = |id: &str, ordinal| found.get(&(id.to_owned(), ordinal)).map(|section| section.text.as_str());
    assert_eq!(
        (text("a.txt", 0), text("a.txt", 2), text("b.txt", 0)),
        (Some("第一段"), Some("第三段"), Some("别的"))
    );
    assert_eq!(found.len(), 3, "there is no fourth");

    store.put_document(document("a.txt", &["新的", "文件"])).await.unwrap();
    let found = store.sections(asked, &StoreVisit::default()).await.unwrap();
    assert_eq!(found.into_keys().collect::<Vec<_>>(), [("b.txt".to_owned(), 0)], "a.txt is another now");
    assert_eq!(store.sections(Vec::new(), &StoreVisit::default()).await.unwrap().len(), 0);
}

pub(super) async fn each_section_comes_once(store: &dyn Store) {
    let mut document = document("a.txt", &["平行志愿的投档规则", "录取通知书的寄送"]);
    document.windows.push(window(0, "平行志愿是什么"));
    document.windows.push(window(0, "志愿平行投档"));
    document.info.windows = 4;
    store.put_document(document).await.unwrap();
    let found = search(store, "平行志愿是什么", 10).await;
    let places: Vec<_> = found.iter().map(|candidate| candidate.ordinal).collect();
    assert_eq!(places, [0, 1]);
    assert!(found[0].parts.dense.unwrap() > 0.999, "the best window gives the score");
    assert_eq!(search(store, "平行志愿是什么", 1).await.len(), 1, "the limit is kept");
}

pub(super) async fn equal_questions_are_exact(store: &dyn Store) {
    let mut document = document("faq.qa.csv", &["你是谁？\n我是助手。", "怎么退款？\n请联系客服。"]);
    for (i, answer) in ["我是助手。", " 请联系客服。\n"].into_iter().enumerate() {
        document.sections[i].answer = Some(answer.to_owned());
        document.sections[i].headings = vec!["常见问题".to_owned(), format!("第 {i} 节")];
        document.sections[i].media_type = MediaType::Markdown;
    }
    document.windows[0] = window(0, "你是谁？");
    document.windows[1] = window(1, "怎么退款？");
    document.windows.push(window(1, "钱怎么 退"));
    document.info.windows = 3;
    let wanted = document.sections[1].clone();
    let texts = ["你是谁？", "怎么退款？", "钱怎么 退"].map(str::to_owned);
    for (window, text) in document.windows.iter_mut().zip(&texts) {
        window.question = Some(text.clone());
    }
    let info = document.info.clone();
    store.put_document(document).await.unwrap();
    let (read, pieces) = store.pieces("faq.qa.csv").await.unwrap().unwrap();
    assert_eq!((read, &pieces.sections[1]), (info, &wanted));
    assert_eq!(pieces.windows.iter().map(|w| w.text.clone()).collect::<Vec<_>>(), texts);
    let found = search(store, "钱怎么退！", 5).await;
    assert!(found[0].parts.exact && found[0].parts.score() == 1.0);
    assert_eq!(*found[0].section, wanted, "every byte of a section comes back");
    assert_eq!(found[0].document.title, "题 faq.qa.csv");
    assert!(!found[1].parts.exact);
    assert_eq!((found[0].parts.same, found[1].parts.same.is_some()), (Some(1.0), true));
    let found = search(store, "如何退款", 5).await;
    let near = found.iter().find(|candidate| candidate.ordinal == 1).unwrap();
    let wanted = sameness_of("如何退款", &["怎么退款？", "钱怎么 退"]).unwrap();
    let same = near.parts.same.unwrap();
    assert!((same - wanted).abs() < 1e-4, "that of the likeliest variant: {same}, {wanted}");
}

/// The sameness of the likeliest variant.
fn sameness_of(asked: &str, variants: &[&str]) -> Option<f64> {
    let same = |stored: &&str| {
        let (asked_key, stored_key) = (question_key(asked)?, question_key(stored)?);
        let cosine = crate::knowledge::score::dot(&vector(asked), &vector(stored));
        Some(crate::knowledge::question::sameness(&asked_key, &stored_key, f64::from(cosine).max(0.0)))
    };
    variants.iter().filter_map(same).max_by(f64::total_cmp)
}

/// The documents that pass are the worst matches of more than are ever scored: a filter that came
/// after the cut would find none of them.
pub(super) async fn words_are_found_without_vectors(store: &dyn Store) {
    let texts = ["平行志愿的投档规则", "录取通知书的寄送", "体检标准与要求"];
    store.put_document(document("a.txt", &texts)).await.unwrap();
    let words = async |text: &str| {
        let search = Search {
            vector: None,
            terms: Arc::new(Terms::of(text)),
            asked: question_key(text).map(|key| Arc::new(AskedQuestion::new(&key))),
            filters: Vec::new(),
            limit: 10,
            context: false,
            visit: Arc::default(),
        };
        store.search(search).await.unwrap()
    };
    let found = words("通知书什么时候寄送").await;
    assert_eq!((found[0].ordinal, found[0].parts.dense), (1, None));
    let with_vectors = search(store, "通知书什么时候寄送", 10).await;
    let same = with_vectors.iter().find(|candidate| candidate.ordinal == 1).unwrap();
    assert!((found[0].parts.lexical - same.parts.lexical).abs() < 1e-6, "the lexical part is the same");
    assert!((found[0].parts.score() - same.parts.lexical.sqrt()).abs() < 1e-6);
    let equal = words("体检标准与要求？").await;
    assert_eq!((equal[0].ordinal, equal[0].parts.exact, equal[0].parts.same), (2, true, Some(1.0)));
    let other = words("体检标准的要求").await;
    assert!(other.iter().all(|candidate| !candidate.parts.exact && candidate.parts.same.is_none()));
    assert!(words("天").await.is_empty(), "what has no word in common is not found");
}

pub(super) async fn filters_narrow_before_the_best_are_taken(store: &dyn Store) {
    let texts: Vec<String> = (0..300).map(|i| format!("平行志愿的投档规则{i}")).collect();
    let texts: Vec<&str> = texts.iter().map(String::as_str).collect();
    store.put_document(document("many.txt", &texts)).await.unwrap();
    let described = async |id: &str, text: &str, metadata: serde_json::Value| {
        let mut document = document(id, &[text]);
        document.info.metadata = Metadata::from_json(&metadata).unwrap();
        store.put_document(document).await.unwrap();
    };
    described(
        "广东.txt",
        "志愿者招募",
        json!({"province": ["广东", "广西"], "year": 2024, "date": "2024-06-07T09:00:00+08:00", "省 份".replace(' ', ""): "粤"}),
    )
    .await;
    described("湖南.txt", "录取通知书的寄送", json!({"province": "湖南", "year": "2023.5", "code": "007"}))
        .await;

    let found = async |filters: &[serde_json::Value]| {
        let filters = filters.iter().map(|filter| serde_json::from_value(filter.clone()).unwrap()).collect();
        let mut found: Vec<_> = narrowed(store, "平行志愿的投档规则", 5, filters)
            .await
            .into_iter()
            .map(|candidate| candidate.document.id.trim_end_matches(".txt").to_owned())
            .collect();
        found.sort();
        found.dedup();
        found.join(" ")
    };
    let one = async |operator: &str, field: &str, value: serde_json::Value| {
        found(&[json!([{"operator": operator, "field": field, "value": value}])]).await
    };
    assert_eq!(one("eq", "province", json!("广东")).await, "广东");
    assert_eq!(one("eq", "province", json!("北京")).await, "");
    assert_eq!(one("eq", "省份", json!("粤")).await, "广东");
    assert_eq!(one("eq", "year", json!("2024.0")).await, "广东");
    assert_eq!(one("eq", "code", json!(7)).await, "");
    assert_eq!(one("in", "province", json!(["湖南", "广西"])).await, "广东 湖南");
    assert_eq!(one("gt", "year", json!(2023)).await, "广东 湖南");
    assert_eq!(one("gte", "year", json!(2024)).await, "广东");
    assert_eq!(one("lt", "year", json!(2024)).await, "湖南");
    assert_eq!(one("lte", "year", json!("2023.5")).await, "湖南");
    assert_eq!(one("gt", "date", json!("2024-06-07")).await, "广东");
    assert_eq!(one("gt", "date", json!("2024-06-07T01:00:00Z")).await, "");
    assert_eq!(one("exists", "code", json!(true)).await, "湖南");
    assert_eq!(one("exists", "province", json!(false)).await, "many");
    assert_eq!(one("ne", "province", json!("广东")).await, "many", "湖南 passes too, but matches worse");
    let known = json!([{"operator": "exists", "field": "year"}]);
    let not_guangdong = json!([{"operator": "nin", "field": "province", "value": ["广东", "北京"]}]);
    assert_eq!(found(&[known.clone(), not_guangdong]).await, "湖南", "every filter must hold");
    let either = json!({"condition": "or", "filters": [
        {"operator": "eq", "field": "code", "value": "007"},
        {"operator": "ne", "field": "province", "value": "湖南"},
    ]});
    assert_eq!(found(&[known, either]).await, "广东 湖南");
    assert_eq!(found(&[json!([])]).await, "many");

    let filter: Filter =
        serde_json::from_value(json!([{"operator": "eq", "field": "year", "value": 2024}])).unwrap();
    let alone = &narrowed(store, "志愿者", 1, vec![filter]).await[0];
    let among = search(store, "志愿者", 1000).await;
    let among = among.iter().find(|candidate| candidate.document.id == "广东.txt").unwrap();
    assert_eq!(alone.document.metadata.values("year"), ["2024"]);
    assert!((alone.parts.score() - among.parts.score()).abs() < 1e-6, "a filter changes no score");

    described("广东.txt", "志愿者招募", json!({"province": "北京"})).await;
    assert_eq!(one("eq", "province", json!("广东")).await, "");
    assert_eq!(one("eq", "province", json!("北京")).await, "广东", "metadata is replaced with its document");
}
