use std::cell::Cell;

use minijinja::Environment;

use super::*;

fn of(source: &str) -> Read {
    let environment = Environment::new();
    read(source, &|text| environment.template_from_str(text).map(drop).map_err(|error| error.to_string()))
}

#[test]
fn every_tag_that_is_wrong_is_told_with_its_line() {
    let source = "{{ }}\n{% iff a %}{{ b c }}{% endif %}\n{{ variables.省份 }}{% else if x %}\n\
                   {% for x of y %}{% endfor %}{{ “a” }}\n{% if a = 1 %}{% endif %}{{ 你好 }}\n{% foreach x in y %}{% end %}{{ open";
    let read = of(source);
    let lines: Vec<usize> = read.wrong.iter().map(|mistake| mistake.line).collect();
    assert_eq!(lines, [1, 2, 2, 3, 3, 4, 4, 5, 5, 6, 6, 6], "{read:#?}");
    for (told, expected) in read.wrong.iter().map(|mistake| &mistake.message).zip([
        "is empty",
        "there is no tag `iff`; did you mean `{% if %}`?",
        "`{{ b c }}`: unexpected",
        "is written variables[\"省份\"]",
        "write {% elif x %}",
        "a loop is written {% for x in … %}",
        "has the full-width `“`; write `\"`",
        "two values are compared with `==`",
        "text stands outside of the braces or in quotes",
        "there is no tag `foreach`; did you mean `{% for %}`?",
        "there is no tag `end`; did you mean `{% endif %}`?",
        "`{{` is not closed; write `}}` behind it",
    ]) {
        assert!(told.contains(expected), "{expected}: {told}");
    }
}

#[test]
fn what_is_right_stays_as_it_is() {
    for source in [
        "{{ a ~ '}}' }}{# {{ # #}{% raw %}{{ x y }}{% endraw %}{{ b }}",
        "{%- if a == 1 -%}x{%- elif b %}y{% else %}z{% endif %}{{- c -}}",
        "{% for k, v in a|items if v %}{{ k }}{% endfor %}{% set x %}a{% endset %}{{ \"“引号”\" }}",
        "无标签的文字 { } % #",
    ] {
        assert_eq!(of(source), Read { source: source.to_owned(), wrong: Vec::new() }, "{source}");
    }
}

#[test]
fn what_follows_a_tag_that_is_not_closed_is_read() {
    let read = of("{% if a }\n{{ b c }}{% endif %}\n{{ d }\n{{ e }}{% for x in y %");
    let told: Vec<(usize, &str)> =
        read.wrong.iter().map(|mistake| (mistake.line, mistake.message.as_str())).collect();
    for (line, expected) in
        [(1, "`{%` is not closed"), (2, "`{{ b c }}`"), (3, "`{{` is not closed"), (4, "`{%` is not closed")]
    {
        let found = told.iter().filter(|(at, message)| *at == line && message.contains(expected));
        assert_eq!(found.count(), 1, "{line} {expected}: {told:#?}");
    }
    assert_eq!(told.len(), 4, "{told:#?}");
    assert_eq!(read.source, "{% if a  %}\n{% endif %}\n{{ d  }}\n{{ e }}{% for x in y  %}");
}

#[test]
fn thousands_that_are_not_closed_are_read_once_each() {
    let parsed = Cell::new(0);
    let parse = |_: &str| {
        parsed.set(parsed.get() + 1);
        Ok(())
    };
    let read = super::read(&"{{ a\n".repeat(20_000), &parse);
    assert_eq!((read.wrong.len(), read.wrong[MOST - 1].line), (MOST, MOST));
    assert!(parsed.get() < MOST, "{}", parsed.get());
}

#[test]
fn what_was_meant_parses() {
    let read = of("{% for a in b %}{% end for %}");
    assert_eq!(read.source, "{% for a in b %}{% endfor %}");
    assert!(read.wrong[0].message.contains("did you mean `{% endfor %}`?"), "{read:?}");
    let read = of("{% iff a %}{{ b c }}{% endiff %}{% elsee %}");
    assert_eq!(read.source, "{% if a %}{% endif %}{% else %}");
}
