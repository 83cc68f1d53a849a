use super::*;

fn template(source: &str) -> Template {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), source).unwrap();
    Template::load(Some(file.path())).unwrap()
}

fn input<'a>(failures: &'a [FailedSource], variables: &'a BTreeMap<String, String>) -> TemplateInput<'a> {
    TemplateInput {
        app: "招生顾问",
        client_system: "",
        documents: &[],
        passages: Vec::new(),
        outcomes: &[],
        failures,
        plain: false,
        has_sources: true,
        variables,
        question: "问题",
    }
}

#[test]
fn what_a_template_shows_is_what_its_message_holds() {
    // The names alone show nothing.
    let habit = template("{# passages outcomes documents #}{% if passages %}资料：{% endif %}{{ question }}");
    let none = Shows {
        client_system: false,
        documents: Showing::Not,
        passages: Showing::Not,
        outcomes: Showing::Not,
    };
    assert_eq!(habit.shows(), none);
    let built_in = Template::load(None).unwrap();
    let all = Shows {
        client_system: true,
        documents: Showing::Whole,
        passages: Showing::Whole,
        outcomes: Showing::Whole,
    };
    assert_eq!(built_in.shows(), all);
    let titles = template("{% for p in passages %}{{ p.title }}{% endfor %}{{ outcomes | length }}");
    assert_eq!(titles.shows(), none);
    let instead =
        template("{% if client_system %}{{ client_system }}{% else %}{{ passages[0].text }}{% endif %}");
    assert!(instead.shows().client_system && instead.shows().passages == Showing::Whole);
}

#[test]
fn a_list_that_is_shown_in_some_turns_alone_is_named() {
    let passages = "{% for p in passages %}{{ p.text }}{% endfor %}";
    let outcomes = "{% for o in outcomes %}{{ o.text }}{% endfor %}";
    let sides = |text: String| template(&text).one_sided().to_vec();
    let with = format!("{{% if client_system %}}{passages}{{% else %}}你是客服。{{% endif %}}{outcomes}");
    assert_eq!(sides(with), [("passages", Side::WithClientSystem)]);
    let without = format!("{{% if client_system %}}{passages}{{% else %}}{passages}{outcomes}{{% endif %}}");
    assert_eq!(sides(without), [("outcomes", Side::WithoutClientSystem)]);
    assert_eq!(sides(format!("{passages}{outcomes}")), []);
    assert_eq!(sides("{{ question }}".into()), []);
    assert_eq!(Template::load(None).unwrap().one_sided(), []);
    // What is cut in one of them is cut.
    let cut = template(
        "{% for p in passages %}{% if client_system %}{{ p.text[:9] }}{% else %}{{ p.text }}{% endif %}{% endfor %}",
    );
    assert_eq!(cut.shows().passages, Showing::Part { missing: 0 });
}

#[test]
fn documents_that_are_shown_by_how_many_there_are_have_their_place() {
    let sections = "{% for d in documents %}{% for s in d.sections %}{{ s.text }}{% endfor %}{% endfor %}";
    for when in [
        "documents | length == 1",
        "documents | length < 3",
        "documents and documents[0].sections | length == 1",
    ] {
        let template = Template::of(&format!("{{% if {when} %}}{sections}{{% endif %}}")).unwrap();
        assert_eq!(template.shows().documents, Showing::Whole, "{when}");
    }
    assert_eq!(Template::of("{{ documents | length }}").unwrap().shows().documents, Showing::Not);
}

#[test]
fn a_list_of_which_only_some_is_shown_is_named() {
    for (text, cut) in [
        ("{% if passages %}{{ passages[0].text }}{% endif %}", &["passages"][..]),
        ("{% for p in passages %}{% if loop.first %}{{ p.text }}{% endif %}{% endfor %}", &["passages"][..]),
        ("{% for o in outcomes[:1] %}{{ o.text }}{% endfor %}", &["outcomes"][..]),
        ("{{ (passages | last).text[:9] }}{{ (outcomes | first).text }}", &["passages", "outcomes"][..]),
        ("{% for p in passages[:5] %}{{ p.text }}{% endfor %}", &[][..]),
        (
            "{% for d in documents[:1] %}{% for s in d.sections %}{{ s.text }}{% endfor %}{% endfor %}",
            &["documents"][..],
        ),
        (
            "{% for d in documents[:5] %}{% for s in d.sections %}{{ s.text }}{% endfor %}{% endfor %}",
            &["documents"][..],
        ),
        (
            "{% for d in documents %}{% for s in d.sections[:1] %}{{ s.text }}{% endfor %}{% endfor %}",
            &["documents"][..],
        ),
        (
            "{% for d in documents | reverse %}{% for s in d.sections %}{{ s.text }}{% endfor %}{% endfor %}",
            &[][..],
        ),
        (
            "{% for d in documents %}{{ d.title }}{{ d.sections | map(attribute='text') | join }}{% endfor %}",
            &[][..],
        ),
        ("{{ passages | map(attribute='text') | join }}", &[][..]),
        ("{{ question }}", &[][..]),
    ] {
        assert_eq!(template(text).lists_cut(), cut, "{text}");
    }
    assert_eq!(Template::load(None).unwrap().lists_cut(), [""; 0]);
}

#[test]
fn what_a_template_cuts_or_changes_is_seen() {
    let each = |text: &str| {
        template(&format!("{{% for p in passages %}}{{{{ {text} }}}}{{% endfor %}}")).shows().passages
    };
    for changed in [
        "p.text[:200]",
        "p.text[7:]",
        "p.text | escape",
        r#"p.text | replace("\n", "<br>")"#,
        "p.text | upper",
        "p.text | first",
        "p",
    ] {
        assert_eq!(each(changed), Showing::Part { missing: 0 }, "{changed}");
    }
    assert_eq!(template("材料：{{ passages }}").shows().passages, Showing::Part { missing: 0 });
    for whole in ["p.text", "p.text | trim", "p.text | indent(4)"] {
        assert_eq!(each(whole), Showing::Whole, "{whole}");
    }
    assert_eq!(each("p.text | length"), Showing::Not);
}

#[test]
fn failures_are_told_by_every_template() {
    let failures =
        [FailedSource { plugin: "kb".into(), text: "暂时没有响应，这次没有查成".into() }];
    let variables = BTreeMap::new();
    for template in
        [Template::load(None).unwrap(), template("你是顾问。"), template("{% include \"failures\" %}")]
    {
        let told = template.render(&input(&failures, &variables)).unwrap();
        assert_eq!(told.matches("kb：暂时没有响应，这次没有查成").count(), 1, "{told}");
        assert!(told.contains("没有查成不等于没有"), "{told}");
        assert!(!template.render(&input(&[], &variables)).unwrap().contains("没有查成"));
    }
    let own = template("{% for f in failures %}<{{ f.plugin }} {{ f.text }}>{% endfor %}");
    assert_eq!(own.render(&input(&failures, &variables)).unwrap(), "<kb 暂时没有响应，这次没有查成>");
    // A template that tells of them beside a client's system message alone.
    let sided = template("{% if client_system %}{% for f in failures %}{{ f.text }}{% endfor %}{% endif %}");
    for client_system in ["", "用英文回答。"] {
        let told = sided.render(&TemplateInput { client_system, ..input(&failures, &variables) }).unwrap();
        assert_eq!(told.matches("暂时没有响应").count(), 1, "{told}");
    }
}

#[test]
fn the_built_in_template_always_says_who_speaks_and_what_is_not_made_up() {
    let (built_in, variables) = (Template::load(None).unwrap(), BTreeMap::new());
    let bare = built_in.render(&input(&[], &variables)).unwrap();
    assert!(
        bare.contains("你是“招生顾问”的助手。") && bare.contains("请直接说明没有找到，不要编造"),
        "{bare}"
    );
    let plain = built_in.render(&TemplateInput { plain: true, ..input(&[], &variables) }).unwrap();
    assert_eq!(plain.trim(), "你是“招生顾问”的助手。");
    let client = TemplateInput { client_system: "用英文回答。", ..input(&[], &variables) };
    let client = built_in.render(&client).unwrap();
    assert!(client.starts_with("用英文回答。") && client.contains("不要编造"), "{client}");
    let chat =
        TemplateInput { client_system: "用英文回答。", has_sources: false, ..input(&[], &variables) };
    assert_eq!(built_in.render(&chat).unwrap().trim(), "用英文回答。", "there is nothing to rest on");
}

#[test]
fn what_is_wrong_is_told_with_line_and_column() {
    let broken = |source: &str| Template::of(source).err().unwrap();
    let misspelt = broken("你是顾问。\n资料：{{ pasages }}\n");
    assert_eq!((misspelt.line, misspelt.column), (Some(2), Some(7)), "{misspelt}");
    let open = broken("{% for p in passages %}\n{{ p.text }}");
    assert!(open.line == Some(2) && open.column.is_some(), "{open}");
}

#[test]
fn a_name_that_nothing_stands_behind_is_told_with_the_one_that_was_meant() {
    for (source, expected) in [
        ("{{ questoin }}", "`questoin` is not defined; did you mean `question`?"),
        (
            "{% if plain %}{{ context }}{% endif %}{{ query }}",
            "`context`, `query` are not defined; did you mean `passages`, `question`?",
        ),
        ("{{ weather }}", "`weather` is not defined; there are: app, client_system"),
        ("{{ variables.省份 }}", "is written variables[\"省份\"]"),
        (
            "{{ variables[\"省份\"] }}",
            "`variables[\"省份\"]` is not in every request; write {{ variables[\"省份\"] | default('') }}",
        ),
        (
            "{% if query is defined %}{% endif %}{% for p in passages %}{{ p.txt }}{% endfor %}",
            "`query` is not defined; did you mean `question`?",
        ),
        ("{% for p in passages %}{{ p.txt }}{% endfor %}", "`p.txt` is not defined; did you mean `text`?"),
        (
            "{{ variables.province | upper }}",
            "`variables.province` is not in every request; write {{ variables.province | default('') }}",
        ),
        ("{{ question | upcase }}", "there is no filter `upcase`; did you mean `upper`?"),
        (
            "{% include \"other.j2\" %}",
            "`other.j2` cannot be taken in: a prompt is one file; write here what stands there",
        ),
        ("{% extends 'base.j2' %}", "`base.j2` cannot be taken in"),
        ("{% for p in passages %}", "; each {% for … %} ends with {% endfor %}"),
    ] {
        let told = Template::of(source).err().unwrap().message;
        assert!(told.contains(expected), "{source}: {told}");
    }
    // What is looked for before it is used does no harm, and is a warning.
    let guarded = template("{% if context is defined %}{{ context }}{% endif %}{{ range(3) }}{{ question }}");
    assert_eq!(
        guarded.unknown_names().as_deref(),
        Some("`context` is not defined; did you mean `passages`?")
    );
    assert_eq!(Template::load(None).unwrap().unknown_names(), None);
}

#[test]
fn every_mistake_of_a_template_is_told_at_once() {
    let source = "你是{{ role }}，回答{{ questoin }}。\n{% iff passages %}\n{% for p in passages %}{{ p.txt }}{{ p.text | truncat(9) }}\n\
                  {{ p.titel }}{{ p.text.strip() }}{% endfor %}\n{% endif %}{{ 你好 }}\n{% if plain %}{{ question | upcase }}{{ tojson(question) }}{% endif %}";
    let first = Template::of(source).err().unwrap();
    let told: Vec<(usize, &str)> = std::iter::once(&first)
        .chain(&first.others)
        .map(|one| (one.line.unwrap(), one.message.as_str()))
        .collect();
    for (line, expected) in [
        (1, "`questoin`, `role` are not defined; did you mean `question`?"),
        (2, "there is no tag `iff`; did you mean `{% if %}`?"),
        (3, "`p.txt` is not defined; did you mean `text`?"),
        (3, "there is no filter `truncat`"),
        (4, "`p.titel` is not defined; did you mean `title`?"),
        (4, "`strip` is called; write the filter {{ … | trim }}"),
        (5, "text stands outside of the braces or in quotes"),
        (6, "there is no filter `upcase`; did you mean `upper`?"),
        (6, "there is no function `tojson`"),
    ] {
        let found = told.iter().filter(|(at, message)| *at == line && message.contains(expected)).count();
        assert_eq!(found, 1, "{line} {expected}: {told:#?}");
    }
    assert_eq!(told.len(), 9, "{told:#?}");
    // Each name in its own line, whatever is met first, and single braces beside tags that are wrong.
    let apart = "{% for p in passages %}{{ p.content }}{% endfor %}\n问题：{{ query }}，{question}\n{{ history }} {{ variables[\"query\"]|default('') }}";
    let first = Template::of(apart).err().unwrap();
    let told: Vec<(usize, &str)> = std::iter::once(&first)
        .chain(&first.others)
        .map(|one| (one.line.unwrap(), one.message.as_str()))
        .collect();
    for (place, (line, expected)) in [
        (1, "`p.content` is not defined; did you mean `text`?"),
        (2, "`{question}` in the template stands in single braces"),
        (2, "`query` is not defined; did you mean `question`?"),
        (3, "`history` is not defined"),
    ]
    .into_iter()
    .enumerate()
    {
        assert!(told[place].0 == line && told[place].1.starts_with(expected), "{place}: {told:#?}");
    }
    assert_eq!(told.len(), 4, "{told:#?}");
    let unclosed = Template::of("你是{role}。\n{% if passages %}").err().unwrap();
    assert!(unclosed.message.starts_with("`{role}`") && unclosed.others.len() == 1, "{unclosed:#?}");
    // Not reached when it is tried out, and all the same in no turn.
    let unreached = Template::of("{% if plain %}{{ question | upcase }}{% endif %}").err().unwrap();
    assert!(
        unreached.others.is_empty() && unreached.message.contains("did you mean `upper`?"),
        "{unreached}"
    );
    let with_macro = "{% macro m(a) %}{{ a }}{{ caller() }}{% endmacro %}{% call m(question) %}x{% endcall %}{{ loop is defined }}";
    assert!(Template::of(with_macro).is_ok());
}

#[test]
fn the_names_that_are_suggested_are_those_that_templates_see() {
    let variables = BTreeMap::new();
    let seen = serde_json::to_value(input(&[], &variables)).unwrap();
    let mut seen: Vec<_> = seen.as_object().unwrap().keys().map(String::as_str).collect();
    seen.sort_unstable();
    assert_eq!(seen, names::INPUT);
}

#[test]
fn a_template_that_would_go_on_without_end_is_refused() {
    let endless = "{% for a in range(90000) %}{% for b in range(90000) %}{% endfor %}{% endfor %}";
    assert!(Template::of(endless).err().unwrap().message.contains("fuel"));
    let long = "{% for a in range(90000) %}".to_owned() + &"长".repeat(1000) + "{% endfor %}";
    assert!(Template::of(&long).err().unwrap().message.contains("64 MiB"));
}

#[test]
fn the_variables_it_uses_are_known() {
    let template = template(
        "{% if variables.province is defined %}{{ variables.province }}{% endif %}{{ variables.year | default(1) }}{{ variables[\"省 份\"] | default('') }}",
    );
    assert_eq!(template.variables().into_iter().collect::<Vec<_>>(), ["province", "year", "省 份"]);
}
