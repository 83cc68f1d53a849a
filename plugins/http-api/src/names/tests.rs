use super::*;

fn told(source: &str) -> Vec<String> {
    unknown(&Environment::new(), source, &TURN).into_iter().map(|wrong| wrong.message).collect()
}

#[test]
fn a_name_that_nothing_stands_behind_is_told_with_the_nearest() {
    for (source, expected) in [
        ("{{ varables.p }}", "`varables` is not defined; did you mean `variables`?"),
        (
            "{% if argument.x is defined %}x{% endif %}",
            "`argument` is not defined; did you mean `arguments`?",
        ),
        (
            "{{ year|default(1) }}",
            "`year` is not defined; write arguments.year or variables.year, or one of arguments",
        ),
        ("{{ question | upcase }}", "there is no filter `upcase`; did you mean `upper`?"),
        ("{% filter trimm %}x{% endfilter %}", "there is no filter `trimm`; did you mean `trim`?"),
        ("{{ question|b64 }}", "there is no filter `b64`; there are abs, batch"),
        ("{% if question is not emty %}x{% endif %}", "there is no test `emty`"),
        ("{% if question is empty %}x{% endif %}", "there is no test `empty`; write {% if not … %}"),
    ] {
        let told = told(source);
        assert!(told.len() == 1 && told[0].starts_with(expected), "{source}: {told:?}");
    }
}

#[test]
fn what_is_there_is_not_told() {
    for source in [
        "{{ arguments.x|default('a | upcase')|lower }}{# | upcase #}{% raw %}{{ x|upcase }}{% endraw %}",
        "{% for x in range(3) %}{{ loop.index }}{{ x }}{% endfor %}",
        "{% set a = question %}{{ a }}{% if variables.p is defined and search_text is not none %}b{% endif %}",
        "{% macro m(a) %}{{ a }}{% endmacro %}",
    ] {
        assert_eq!(told(source), Vec::<String>::new(), "{source}");
    }
}
