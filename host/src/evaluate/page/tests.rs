use super::*;
use crate::evaluate::curve::ScoredOutcome;
use crate::evaluate::ranking::{FoundRanks, Ranking};
use crate::evaluate::report::{Miss, ReportPart, ShortHit};

fn report() -> Report {
    let outcomes = [(0.9, true), (0.6, true), (0.5, false)].map(|(score, right)| ScoredOutcome {
        score: Some(score),
        right,
        answerable: true,
        kept: right.then_some(score),
    });
    let curve = Curve::of(&outcomes, &[0.9], Some(0.55));
    let found = [FoundRanks(vec![Some(1)]), FoundRanks(vec![Some(1)]), FoundRanks(vec![None])];
    Report {
        file: "问题.csv".into(),
        pairs: false,
        questions: 3,
        bases: Vec::new(),
        skipped: vec!["line 4: has no question".into()],
        notes: Vec::new(),
        depth: 10,
        seconds: 0.5,
        times: None,
        overall: ReportPart {
            base: None,
            ranking: Some(Ranking::of(found.iter(), &[1, 10])),
            together: None,
            curve,
            answers: None,
            cosine: None,
        },
        parts: Vec::new(),
        missed: 1,
        misses: vec![Miss {
            place: "line 3".into(),
            question: "<script>alert(1)</script>".into(),
            right: vec!["a.md".into()],
            right_text: None,
            right_rank: None,
            right_score: None,
            came: Some(ShortHit {
                knowledge_base: "faq".into(),
                document: "b.md".into(),
                title: "乙 & 丙".into(),
                score: 0.5,
                text: "</script><img src=x>".into(),
            }),
        }],
        misjudged: Vec::new(),
    }
}

#[test]
fn the_page_needs_nothing_from_elsewhere_and_holds_the_points() {
    let page = page(&report()).unwrap();
    for outside in ["http:", "https:", "src=\"", "<link", "@import", "url("] {
        assert!(!page.contains(outside), "{outside}");
    }
    // Precision is 2/3 at threshold 0, and 1 at threshold 0.9.
    for point in [format!("{:.1},{:.1}", x(0.0), y(2.0 / 3.0)), format!("{:.1},{:.1}", x(0.9), y(1.0))] {
        assert!(page.contains(&point), "{point}");
    }
    for text in
        ["精确率", "precision", "prefers-color-scheme", "66.7 %", "line 4: has no question", "问题.csv"]
    {
        assert!(page.contains(text), "{text}");
    }
}

#[test]
fn what_a_file_says_is_text_and_never_markup() {
    let page = page(&report()).unwrap();
    assert!(!page.contains("<script>alert") && !page.contains("<img"), "{page}");
    assert!(page.contains("乙 &amp; 丙"));
    let (_, json) = page.split_once("<script type=\"application/json\" id=\"report\">").unwrap();
    let (json, _) = json.split_once("</script>").unwrap();
    assert_eq!(serde_json::from_str::<Report>(json).unwrap(), report());
}
