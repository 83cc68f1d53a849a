use super::*;

fn told(source: &str) -> Vec<(usize, String)> {
    let found = wrong(&Environment::new(), source, &["question", "items"]);
    found.into_iter().map(|wrong| (wrong.line, wrong.message)).collect()
}

#[test]
fn of_thousands_of_calls_as_many_are_looked_at_as_are_told() {
    let other_each: String = (0..20_000).map(|at| format!("{{{{ question|none{at}|upper }}}}\n")).collect();
    let told = told(&other_each);
    assert_eq!((told.len(), told[MOST - 1].0), (MOST, MOST), "{told:?}");
    assert_eq!(self::told(&"{{ question|upper|trim }}\n".repeat(20_000)), []);
}

#[test]
fn what_no_turn_can_call_is_told_wherever_it_stands() {
    for (source, expected) in [
        ("{{ question.foo() }}", "values have no methods, and `foo` is called"),
        ("{{ question.strip().upper() }}", "`strip` is called; write the filter {{ … | trim }}"),
        ("{{ question.get('x') }}", "write such as {{ arguments.year | default('') }}"),
        ("{% if question.startswith('x') %}1{% endif %}", "the test {% if … is startingwith('…') %}"),
        ("{{ question() }}", "`question` is a value and no function; write {{ question }}"),
        ("{{ upper(question) }}", "there is no function `upper`, but a filter; write {{ … | upper }}"),
        ("{{ weather(question) }}", "there is no function `weather`; there are namespace, range"),
        ("{{ (question ~ 'x')() }}", "a value is called like a function"),
        ("{{ items|map('upcase')|join }}", "there is no filter `upcase`; did you mean `upper`?"),
        ("{{ items|select('emty')|list }}", "there is no test `emty`"),
        ("{{ items|rejectattr('a', 'nul')|list }}", "there is no test `nul`"),
        ("{{ question|replace('a') }}", "the filter `replace` has 1 arguments here; it takes more"),
        ("{{ question|upper(1, 2) }}", "the filter `upper` has 2 arguments here; it takes fewer"),
        ("{% if question is divisibleby %}1{% endif %}", "the test `divisibleby` has 0 arguments here"),
        ("{{ question|tojson }}", "there is no filter `tojson`; remove it"),
        (
            "{{ question|startswith('请问') }}",
            "no filter `startswith`; write {% if … is startingwith('…') %}",
        ),
        ("{{ question|Contains('x') }}", "no filter `Contains`; write {% if '…' in question %}"),
        ("{% if question is containing('x') %}1{% endif %}", "no test `containing`; write {% if '…' in"),
        ("{% if question is empty %}1{% endif %}", "there is no test `empty`; write {% if not … %}"),
        ("{% if items is list %}1{% endif %}", "there is no test `list`; did you mean `sequence`?"),
        ("{% if items is dict %}1{% endif %}", "there is no test `dict`; did you mean `mapping`?"),
        ("{% if question is startingwith %}1{% endif %}", "it takes more, as in startingwith('请问')"),
        ("{{ items|uniq }}", "there is no filter `uniq`; did you mean `unique`?"),
        ("{% if false %}{{ question|upcase }}{% endif %}", "there is no filter `upcase`"),
    ] {
        let told = told(source);
        assert!(told.iter().any(|(_, message)| message.contains(expected)), "{source}: {told:?}");
    }
    let lines: Vec<usize> =
        told("{{ question.a() }}\n\n{{ question|b64 }}").iter().map(|(line, _)| *line).collect();
    assert_eq!(lines, [1, 3]);
}

#[test]
fn what_can_be_called_is_not_told() {
    for source in [
        "{% for x in range(3) %}{{ loop.cycle('a', 'b') }}{% if loop.changed(x) %}{{ x }}{% endif %}{% endfor %}",
        "{{ question|replace(old='a', new='b') }}{{ question|default(value='x') }}{{ items|sort(reverse=true)|list }}",
        "{{ items|map(attribute='name')|join('、') }}{{ items|selectattr('a', 'eq', 1)|list }}{{ items|map('default', 'x')|list }}",
        "{{ items|selectattr('a')|list }}{{ items|map(question)|list }}{{ items|select('gt', 3)|list }}",
        "{% set ns = namespace(n=0) %}{% for x in items recursive %}{{ loop(x) }}{% endfor %}{{ ns.n }}",
        "{% set f = range %}{{ f(3) }}{{ question|round(2) }}{{ question|int|abs }}{{ items|batch(2)|list }}",
    ] {
        assert_eq!(told(source), [], "{source}");
    }
}

#[test]
fn what_is_suggested_exists() {
    let environment = Environment::new();
    let tried = Tried { environment: &environment, values: &[], functions: Vec::new(), unknown: Vec::new() };
    for name in FILTERS {
        assert!(!tried.is_unknown(&format!("''|{name}"), ErrorKind::UnknownFilter), "{name}");
    }
    for name in TESTS {
        assert!(!tried.is_unknown(&format!("'' is {name}"), ErrorKind::UnknownTest), "{name}");
    }
    for name in FUNCTIONS {
        assert!(environment.globals().any(|(known, _)| known == name), "{name}");
    }
    for (names, example) in INSTEAD_OF_FILTERS.iter().chain(&INSTEAD_OF_TESTS) {
        let filled = example.replace("'…'", "'x'").replace('…', "items");
        let whole = match filled.split_whitespace().nth(1) {
            Some("if") => format!("{filled}1{{% endif %}}"),
            Some("for") => format!("{filled}1{{% endfor %}}"),
            _ => filled,
        };
        assert_eq!(told(&whole), [], "{names:?}");
        assert!(environment.template_from_str(&whole).is_ok(), "{whole}");
    }
}
