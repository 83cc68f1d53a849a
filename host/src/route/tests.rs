use super::*;

fn rule(mode: RouteMode, when: Option<When>) -> RouteRule {
    RouteRule::new(&AppPlugin { plugin: "p".into(), route: mode, when, on_failure: Default::default() })
        .unwrap()
}

fn decide(rule: RouteRule, question: &str, variables: &[(&str, &str)], forced: &[&str]) -> Decision {
    let variables = variables.iter().map(|(k, v)| (k.to_string(), v.to_string())).collect();
    let forced: Vec<String> = forced.iter().map(ToString::to_string).collect();
    route(&[rule], question, &variables, Wishes { forced: &forced, ..Wishes::default() }).remove(0)
}

#[test]
fn each_mode_has_its_verdict() {
    assert_eq!(decide(rule(RouteMode::Always, None), "x", &[], &[]).verdict, Verdict::Call);
    assert_eq!(decide(rule(RouteMode::Model, None), "x", &[], &[]).verdict, Verdict::Offer);
    assert_eq!(decide(rule(RouteMode::Forced, None), "x", &[], &[]).verdict, Verdict::Skip);
    assert_eq!(decide(rule(RouteMode::Forced, None), "x", &[], &["p"]).verdict, Verdict::Call);
    assert_eq!(decide(rule(RouteMode::Model, None), "x", &[], &["p"]).verdict, Verdict::Call);
}

#[test]
fn who_asked_is_called_whatever_its_route_and_nobody_where_none_is_wanted() {
    for mode in [RouteMode::Always, RouteMode::Model, RouteMode::Forced] {
        let resumed = Some(("p", "it asked"));
        let decide = |wishes| route(&[rule(mode, None)], "河南", &BTreeMap::new(), wishes).remove(0);
        let called = decide(Wishes { resumed, ..Wishes::default() });
        assert_eq!((called.verdict, called.reason.as_str()), (Verdict::Call, "it asked"));
        let other = decide(Wishes { resumed: Some(("q", "it asked")), ..Wishes::default() });
        assert_ne!(other.reason, "it asked");
        assert_eq!(decide(Wishes { plain: true, ..Wishes::default() }).verdict, Verdict::Skip);
    }
}

#[test]
fn when_needs_a_word_and_every_variable() {
    let when = || {
        Some(When {
            keywords: vec!["分数线".into(), "GPA".into()],
            patterns: vec![r"\d{3}分".into()],
            variables: BTreeMap::from([("province".into(), "*".into())]),
        })
    };
    let ask = |question, variables: &[_]| decide(rule(RouteMode::When, when()), question, variables, &[]);
    assert!(ask("北大分数线", &[("province", "河南")]).reason.contains("分数线"));
    assert_eq!(ask("我的gpa", &[("province", "河南")]).verdict, Verdict::Call);
    assert_eq!(ask("考了620分", &[("province", "河南")]).verdict, Verdict::Call);
    assert!(ask("北大分数线", &[]).reason.contains("province"));
    assert_eq!(ask("你好", &[("province", "河南")]).verdict, Verdict::Skip);
}
